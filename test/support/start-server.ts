import { createServer } from "node:net"
import { Effect, Schema, type Scope } from "effect"
import type { SimulatedChainName } from "../../src/simnet/chain/chain-definitions.ts"
import { seededRandom } from "../../src/simnet/draw/random.ts"
import { TlsIdentities } from "../../src/simnet/identity/tls-identities.ts"
import { makeSimServer } from "../../src/simnet/life/make-server.ts"
import type { Client } from "../../src/simnet/model/client.ts"
import { listenTcp } from "../../src/simnet/network/listen.ts"
import { Uplink } from "../../src/simnet/network/uplink.ts"
import { planListed } from "../../src/simnet/plan/plan.ts"
import { worldCourse } from "../../src/simnet/plan/world-course.ts"
import { Scenario } from "../../src/simnet/scenario/scenario.ts"
import type { ServerSpec } from "../../src/simnet/scenario/server-spec.ts"
import { badScenario, type SimnetError } from "../../src/simnet/simnet-error.ts"
import type { Backend } from "../../src/simnet/world/backend.ts"
import type { WorldClock } from "../../src/simnet/world/world-clock.ts"
import { World, worldClock } from "../../src/simnet/world/world.ts"

/** What one server is like; what is left out is as usual. */
interface StartServerOptions {
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
  /** The node it asks, instead of the one of its scenario. */
  readonly backend?: Backend
  /** The world's time, started or moved by whoever gives it, instead of one that passes like the machine's. */
  readonly clock?: WorldClock
  /** Who all connections come from, for limits per client; without, nobody is limited. */
  readonly client?: Client
}

/** Its ports on 127.0.0.1, and what runs there. */
export interface RunningServer {
  readonly software: string
  readonly tcpPort: number
  readonly tlsPort: number
}

/** One simulated server on free loopback ports, without proxy or scenario file. */
export const startServer: (options: StartServerOptions) => Effect.Effect<RunningServer, SimnetError, Scope.Scope> =
  Effect.fn("startServer")(function*(options: StartServerOptions) {
    const scenario = yield* Schema.decodeUnknownEffect(Scenario)({
      name: "single",
      title: "one server",
      chain: options.chain ?? "mainnet-sim",
      seeds: ["server.test:50002:s"],
      round_trip_ms: [0, 0],
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
    const random = seededRandom(1)
    const clock = options.clock ?? worldClock()
    const world = new World(random, clock, worldCourse(scenario))
    const listed = planListed(scenario, random, world)[0]!
    const planned =
      options.backend === undefined ? listed : { ...listed, model: { ...listed.model, backend: options.backend } }
    const server = makeSimServer(planned, {
      world,
      random,
      uplink: new Uplink(undefined, random),
      identities: new TlsIdentities(random, Date.now()),
      log: null
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => server.stop()))
    const listen = Effect.fnUntraced(function*(transport: "tcp" | "tls") {
      const listener = createServer({ allowHalfOpen: true }, (socket) =>
        server.accept(socket, transport, options.client ?? null)
      )
      yield* Effect.addFinalizer(() => Effect.sync(() => listener.close()))
      return yield* listenTcp(listener, 0, `simulated ${options.software}`)
    })
    if (options.clock === undefined) clock.start()
    yield* Effect.addFinalizer(() => Effect.sync(() => clock.stop()))
    return { software: options.software, tcpPort: yield* listen("tcp"), tlsPort: yield* listen("tls") } as const
  })
