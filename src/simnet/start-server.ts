import { createServer } from "node:net"
import { Effect, Schema, type Scope } from "effect"
import type { SimulatedChainName } from "./chain/chain-definitions.ts"
import { seededRandom } from "./draw/random.ts"
import { TlsIdentities } from "./identity/tls-identities.ts"
import { makeSimServer } from "./life/make-server.ts"
import { type Client, clientAt } from "./model/client.ts"
import { listenTcp } from "./network/listen.ts"
import { Uplink } from "./network/uplink.ts"
import { planListed } from "./plan/plan.ts"
import { worldCourse } from "./plan/world-course.ts"
import type { PaymentSpec } from "./scenario/payment-spec.ts"
import { Scenario } from "./scenario/scenario.ts"
import type { ServerSpec } from "./scenario/server-spec.ts"
import { badScenario, type SimnetError } from "./simnet-error.ts"
import type { Backend } from "./world/backend.ts"
import type { WorldClock } from "./world/world-clock.ts"
import { World, worldClock } from "./world/world.ts"

export interface StartServerOptions {
  /** As reported, e.g. `ElectrumX 1.18.0`, `Fulcrum 2.1.0`, `electrs/0.10.9`, `electrs-esplora 0.4.1`. */
  readonly software: string
  /** Names of `traits`. */
  readonly traits?: ReadonlyArray<string>
  /** Other fields of a server in a scenario file. */
  readonly spec?: Partial<ServerSpec>
  /** Further servers that exist for its peer list only. */
  readonly others?: ReadonlyArray<ServerSpec>
  /** Its chain, `mainnet-sim` by default. */
  readonly chain?: SimulatedChainName
  /** What the chain has besides what it always has. */
  readonly payments?: ReadonlyArray<PaymentSpec>
  readonly roundTripMs?: number
  /** The node it asks, instead of the one of its scenario. */
  readonly backend?: Backend
  /** The world's time, started or moved by whoever gives it, instead of one that passes like the machine's. */
  readonly clock?: WorldClock
  /** All connections count as one client for limits per client, from which loopback is exempt otherwise. */
  readonly limitClient?: boolean
  /** Who all connections come from. */
  readonly client?: Client
  readonly randomSeed?: number
}

export interface RunningServer {
  readonly host: "127.0.0.1"
  readonly tcpPort: number
  readonly tlsPort: number
}

/** One simulated server on free loopback ports, without proxy or scenario file, for tests. */
export const startServer: (options: StartServerOptions) => Effect.Effect<RunningServer, SimnetError, Scope.Scope> =
  Effect.fn("startServer")(function*(options: StartServerOptions) {
    const scenario = yield* Schema.decodeUnknownEffect(Scenario)({
      name: "single",
      title: "one server",
      chain: options.chain ?? "mainnet-sim",
      payments: options.payments ?? [],
      seeds: ["server.test:50002:s"],
      round_trip_ms: [options.roundTripMs ?? 0, options.roundTripMs ?? 0],
      jitter_ms: 0,
      servers: [
        {
          id: "server",
          operator: "operator",
          names: [{ host: "server.test", addresses: ["240.0.0.1"], tcp: 50001, tls: 50002 }],
          ...options.spec,
          software: options.software,
          traits: options.traits ?? []
        },
        ...(options.others ?? [])
      ]
    }).pipe(Effect.mapError((error) => badScenario(error.message)))
    const random = seededRandom(options.randomSeed ?? 1)
    const clock = options.clock ?? worldClock()
    const world = new World(random, clock, worldCourse(scenario))
    const listed = planListed(scenario, random, world)[0]!
    const planned =
      options.backend === undefined ? listed : { ...listed, model: { ...listed.model, backend: options.backend } }
    const server = makeSimServer(planned, {
      world,
      random,
      uplink: new Uplink(undefined, random),
      identities: new TlsIdentities(random, Date.now())
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => server.stop()))
    const listen = Effect.fnUntraced(function*(transport: "tcp" | "tls") {
      const listener = createServer({ allowHalfOpen: true }, (socket) =>
        server.accept(socket, transport, options.client ?? (options.limitClient === true ? clientAt("127.0.0.1") : null))
      )
      yield* Effect.addFinalizer(() => Effect.sync(() => listener.close()))
      return yield* listenTcp(listener, 0, `simulated ${options.software}`)
    })
    if (options.clock === undefined) clock.start()
    yield* Effect.addFinalizer(() => Effect.sync(() => clock.stop()))
    return { host: "127.0.0.1", tcpPort: yield* listen("tcp"), tlsPort: yield* listen("tls") } as const
  })
