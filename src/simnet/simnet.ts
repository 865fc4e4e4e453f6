import { Effect, type FileSystem, type Scope } from "effect"
import { seededRandom } from "./draw/random.ts"
import { TlsIdentities } from "./identity/tls-identities.ts"
import { type Happening, Happenings } from "./life/happenings.ts"
import { makeSimServer, renewedIdentity, runOf } from "./life/make-server.ts"
import type { Strain } from "./implementations/implementation.ts"
import { beginSchedule } from "./life/schedule.ts"
import { ServerLife } from "./life/server-life.ts"
import { requestLogFile } from "./log-file.ts"
import { createDnsResponder, type DnsFacts } from "./network/dns-responder.ts"
import { checkFileDescriptors } from "./network/file-descriptors.ts"
import { bindUdp, listenTcp } from "./network/listen.ts"
import { listenAll } from "./network/listeners.ts"
import { NameBook } from "./network/name-book.ts"
import { registryAnswers } from "./network/registry-answers.ts"
import { RouteTable } from "./network/route-table.ts"
import { createSocksFront } from "./network/socks-front.ts"
import { Uplink } from "./network/uplink.ts"
import { planScenario } from "./plan/plan-scenario.ts"
import type { Plan, PlannedServer } from "./plan/plan.ts"
import { endpointsOf, servicesAt } from "./plan/planned-endpoints.ts"
import { loadScenario } from "./scenario/load-scenario.ts"
import { resizeScenario } from "./scenario/resize-scenario.ts"
import type { SimServer } from "./server/sim-server.ts"
import type { SimnetError } from "./simnet-error.ts"
import { type WorldFiles, writeWorldFiles } from "./truth/world-files.ts"
import type { WorldClock } from "./world/world-clock.ts"
import { worldClock } from "./world/world.ts"

export { scenarioJsonSchema } from "./scenario/json-schema.ts"
export { listScenarios } from "./scenario/load-scenario.ts"
export { SimnetError, SimnetReason } from "./simnet-error.ts"
export { traits } from "./traits/traits.ts"

/** What to simulate, and where. */
export interface SimnetOptions extends WorldFiles {
  /** A shipped name, or the path of a JSON file. */
  readonly scenario: string
  /** On 127.0.0.1; 0 = any free port. */
  readonly socksPort: number
  /** UDP and TCP on 127.0.0.1; 0 = any free port. */
  readonly dnsPort: number
  readonly randomSeed: number
  /** Fleets grow or shrink until there are so many servers; as the scenario has them by default. */
  readonly servers?: number | null
  /** Write what servers are asked to this file, as JSON lines; null: nothing is written down. */
  readonly logFile?: string | null
  /** Simulated milliseconds per real one, for blocks, restarts and outages; 1 by default. */
  readonly timeScale?: number
}

/** A network that runs until its scope closes. */
export interface RunningSimnet {
  readonly scenario: string
  /** Name of the simulated chain, e.g. `mainnet-sim`. */
  readonly chain: string
  readonly socksPort: number
  readonly dnsPort: number
  /** `host:port:s` or `host:port:t`. */
  readonly seeds: ReadonlyArray<string>
  /** SOCKS user names that look from elsewhere. */
  readonly vantages: ReadonlyArray<string>
  /** Servers of the scenario, running or not. */
  readonly servers: number
  /** Their endpoints. */
  readonly endpoints: number
  /** Loopback port of each running endpoint by `host:port:s`, for clients that cannot use a proxy. */
  readonly listeners: ReadonlyMap<string, number>
  /** The time of the simulated world; tests move it. */
  readonly clock: WorldClock
  /** What changed since the beginning, oldest first. */
  readonly happenings: () => ReadonlyArray<Happening>
  /** The worst that clients did to each server since it started, by its id. */
  readonly strains: () => ReadonlyMap<string, ReadonlyArray<Strain>>
}

const addRoutes = (routes: RouteTable, book: NameBook, planned: PlannedServer, server: SimServer): void => {
  for (const name of planned.names) {
    const services = servicesAt(planned, name.host)
    const answering = name.addresses.filter((address) => !name.dead.includes(address))
    for (const host of [name.host, ...answering]) routes.add(host, server, services)
    if (planned.failure !== "no name") book.add(name.host, name.addresses)
  }
}

/** Descriptors for listeners, for the sessions of a busy crawl, and for the rest of the process. */
const descriptorNeed = (plan: Plan): number => plan.servers.flatMap(endpointsOf).length + 1024 + 64

const startDns = Effect.fnUntraced(function*(facts: DnsFacts, uplink: Uplink, port: number) {
  const attempt = Effect.gen(function*() {
    const { udp, tcp, stop } = createDnsResponder(facts, uplink)
    yield* Effect.addFinalizer(() => Effect.sync(stop))
    const chosen = yield* bindUdp(udp, port, "DNS over UDP")
    yield* listenTcp(tcp, chosen, "DNS over TCP")
    return chosen
  })
  // A free UDP port may be taken for TCP.
  return yield* port === 0 ? attempt.pipe(Effect.retry({ times: 8 })) : attempt
})

/**
 * Start a simulated network: a server on loopback for each running endpoint of
 * the scenario, a SOCKS5 proxy that knows them by their own names, addresses
 * and ports, and a DNS responder. Closing the scope stops everything at once.
 */
export const startSimnet: (
  options: SimnetOptions
) => Effect.Effect<RunningSimnet, SimnetError, Scope.Scope | FileSystem.FileSystem> = Effect.fn("startSimnet")(
  function*(options: SimnetOptions) {
    const loaded = yield* loadScenario(options.scenario)
    const scenario =
      options.servers == null ? loaded : yield* Effect.fromResult(resizeScenario(loaded, options.servers))
    const plan = planScenario(scenario, options.randomSeed, worldClock(options.timeScale))
    yield* checkFileDescriptors(descriptorNeed(plan))
    const random = seededRandom(options.randomSeed)
    const identities = new TlsIdentities(random, Date.now())
    yield* writeWorldFiles(options, plan, identities, (options.timeScale ?? 1) === 1 ? Date.now() : null)
    const log = options.logFile == null ? null : yield* requestLogFile(options.logFile)
    const uplink = new Uplink(plan.scenario.network, random)
    const surroundings = { world: plan.world, random, uplink, identities, log }
    const servers = new Map(plan.servers.map((planned) => [planned, makeSimServer(planned, surroundings)]))
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const server of servers.values()) server.stop()
      })
    )
    const routes = new RouteTable(random)
    const book = new NameBook()
    for (const [planned, server] of servers) addRoutes(routes, book, planned, server)
    const listeners = yield* listenAll(servers, routes, random)
    const front = createSocksFront(routes, uplink)
    yield* Effect.addFinalizer(() => Effect.sync(front.stop))
    const socksPort = yield* listenTcp(front.server, options.socksPort, "SOCKS5 proxy")
    const dnsPort = yield* startDns({ book, registry: registryAnswers(plan) }, uplink, options.dnsPort)
    const happenings = new Happenings()
    const happened = (happening: Happening): void => happenings.add(happening)
    const { clock } = plan.world
    const life = {
      clock,
      routes,
      book,
      random,
      run: (planned: PlannedServer) => runOf(planned, plan.world, random),
      renewed: (planned: PlannedServer, key: "same" | "new", renewals: number) =>
        renewedIdentity(planned, key, renewals, identities),
      happened
    }
    beginSchedule({
      scenario: plan.scenario,
      clock,
      lives: [...servers].map(([planned, server]) => new ServerLife(planned, server, life)),
      uplink,
      cut: front.cut,
      happened
    })
    clock.start()
    yield* Effect.addFinalizer(() => Effect.sync(() => clock.stop()))
    return {
      scenario: plan.scenario.name,
      chain: plan.scenario.chain,
      socksPort,
      dnsPort,
      seeds: plan.scenario.seeds,
      vantages: (plan.scenario.network?.vantages ?? []).slice(1).map(({ name }) => name),
      servers: plan.servers.length,
      endpoints: plan.servers.flatMap(endpointsOf).length,
      listeners,
      clock,
      happenings: () => happenings.all(),
      strains: () => new Map([...servers].map(([planned, server]) => [planned.id, server.strain]))
    }
  }
)
