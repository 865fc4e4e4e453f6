import { createServer, type Server } from "node:net"
import { Effect, FileSystem, type Scope } from "effect"
import { createDnsResponder } from "./dns-responder.ts"
import { checkFileDescriptors } from "./file-descriptors.ts"
import { bindUdp, listenTcp } from "./listen.ts"
import { NameBook } from "./name-book.ts"
import { makeSimServer, tlsIdentities } from "./make-server.ts"
import type { Plan, PlannedServer } from "./plan.ts"
import { planScenario } from "./plan-scenario.ts"
import { seededRandom } from "./random.ts"
import { RouteTable } from "./route-table.ts"
import { loadScenario } from "./scenario-loader.ts"
import type { SimServer } from "./sim-server.ts"
import { SimnetError } from "./simnet-error.ts"
import { createSocksFront } from "./socks-front.ts"
import { truthText } from "./truth.ts"
import { worldClock } from "./world.ts"

export { listScenarios } from "./scenario-loader.ts"
export { SimnetError, SimnetReason } from "./simnet-error.ts"
export { traits } from "./traits/traits.ts"
export { startServer, type RunningServer, type StartServerOptions } from "./start-server.ts"

export interface SimnetOptions {
  /** A shipped name, or the path of a JSON file. */
  readonly scenario: string
  /** On 127.0.0.1; 0 = any free port. */
  readonly socksPort: number
  /** UDP and TCP on 127.0.0.1; 0 = any free port. */
  readonly dnsPort: number
  /** Where the truth goes as JSON lines; the file is replaced. */
  readonly truthFile: string | null
  readonly randomSeed: number
  /** Simulated milliseconds per real one, for blocks, restarts and outages; 1 by default. */
  readonly timeScale?: number
}

export interface RunningSimnet {
  readonly scenario: string
  /** Name of the simulated chain, e.g. `mainnet-sim`. */
  readonly chain: string
  readonly socksPort: number
  readonly dnsPort: number
  /** `host:port:s` or `host:port:t`. */
  readonly seeds: ReadonlyArray<string>
  /** Servers of the scenario, running or not. */
  readonly servers: number
  /** Their endpoints. */
  readonly endpoints: number
  /** Loopback port of each running endpoint by `host:port:s`, for clients that cannot use a proxy. */
  readonly listeners: ReadonlyMap<string, number>
}

const endpointsOf = (
  server: PlannedServer
): ReadonlyArray<{ readonly host: string; readonly port: number; readonly transport: "tcp" | "tls" }> =>
  server.names.flatMap((name) => [
    ...(name.tls === null ? [] : [{ host: name.host, port: name.tls, transport: "tls" as const }]),
    ...(name.tcp === null ? [] : [{ host: name.host, port: name.tcp, transport: "tcp" as const }])
  ])

const addRoutes = (routes: RouteTable, book: NameBook, planned: PlannedServer, server: SimServer): void => {
  for (const name of planned.names) {
    const services =
      planned.failure !== null
        ? []
        : endpointsOf(planned)
            .filter((endpoint) => endpoint.host === name.host)
            .map(({ port, transport }) => [port, { server, transport }] as const)
    for (const host of [name.host, ...name.addresses]) routes.add(host, planned.failure, planned.roundTripMs, services)
    if (planned.failure !== "no name") book.add(name.host, name.addresses)
  }
}

/** Descriptors for listeners, for the sessions of a busy crawl, and for the rest of the process. */
const descriptorNeed = (plan: Plan): number => plan.servers.flatMap(endpointsOf).length + 1024 + 64

const listenAll = Effect.fnUntraced(function*(
  plan: Plan,
  servers: ReadonlyMap<PlannedServer, SimServer>,
  seed: number
) {
  const endpoints = plan.servers
    .filter((server) => server.failure === null)
    .flatMap((planned) => endpointsOf(planned).map((endpoint) => ({ endpoint, server: servers.get(planned)! })))
  // Ports are given out in order: the order must say nothing about the scenario.
  const shuffled = seededRandom(seed).fork("listen order").shuffled(endpoints)
  const open: Array<Server> = []
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const listener of open) listener.close()
    })
  )
  const ports = new Map<string, number>()
  yield* Effect.forEach(
    shuffled,
    Effect.fnUntraced(function*({ endpoint, server }) {
      const listener = createServer({ allowHalfOpen: true }, (socket) =>
        server.accept(socket, endpoint.transport, null)
      )
      open.push(listener)
      const port = yield* listenTcp(listener, 0, `simulated server ${endpoint.host}`)
      const host = endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host
      ports.set(`${host}:${endpoint.port}:${endpoint.transport === "tls" ? "s" : "t"}`, port)
    }),
    { concurrency: 64, discard: true }
  )
  return ports as ReadonlyMap<string, number>
})

const startDns = Effect.fnUntraced(function*(book: NameBook, port: number) {
  const attempt = Effect.gen(function*() {
    const { udp, tcp, stop } = createDnsResponder(book)
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
    const plan = planScenario(
      yield* loadScenario(options.scenario),
      options.randomSeed,
      worldClock(options.timeScale)
    )
    yield* checkFileDescriptors(descriptorNeed(plan))
    if (options.truthFile !== null) {
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(options.truthFile, truthText(plan)).pipe(
        Effect.mapError(
          (error) =>
            new SimnetError({
              reason: "cannot write truth",
              message: `cannot write ${options.truthFile}: ${error.message}`
            })
        )
      )
    }
    const random = seededRandom(options.randomSeed)
    const identities = tlsIdentities(random)
    const servers = new Map(plan.servers.map((planned) => [planned, makeSimServer(planned, identities, random)]))
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const server of servers.values()) server.stop()
      })
    )
    const routes = new RouteTable()
    const book = new NameBook()
    for (const [planned, server] of servers) addRoutes(routes, book, planned, server)
    const listeners = yield* listenAll(plan, servers, options.randomSeed)
    const front = createSocksFront(routes)
    yield* Effect.addFinalizer(() => Effect.sync(front.stop))
    const socksPort = yield* listenTcp(front.server, options.socksPort, "SOCKS5 proxy")
    const dnsPort = yield* startDns(book, options.dnsPort)
    plan.world.clock.start()
    yield* Effect.addFinalizer(() => Effect.sync(() => plan.world.clock.stop()))
    return {
      scenario: plan.scenario.name,
      chain: plan.scenario.chain,
      socksPort,
      dnsPort,
      seeds: plan.scenario.seeds,
      servers: plan.servers.length,
      endpoints: plan.servers.flatMap(endpointsOf).length,
      listeners
    }
  }
)
