import { createServer, type Server } from "node:net"
import { Effect, type Scope } from "effect"
import type { SeededRandom } from "../draw/random.ts"
import { clientAt } from "../model/client.ts"
import type { PlannedServer } from "../plan/plan.ts"
import { endpointKey, endpointsOf, type PlannedEndpoint } from "../plan/planned-endpoints.ts"
import type { SimServer } from "../server/sim-server.ts"
import type { SimnetError } from "../simnet-error.ts"
import { listenTcp } from "./listen.ts"
import type { RouteTable } from "./route-table.ts"

/** Who connects here is a client like others: the real servers' exemptions for loopback must not leak in. */
const directClient = clientAt("127.0.0.1")

/** Below those that systems give out by themselves, above those of well-known services. */
const [firstPort, lastPort] = [10_240, 32_767]

/** With more, Linux takes long to find free ones itself: 16,000 took it 46 seconds, instead of one. */
const many = 2000

/** Ports to try, each once; 0, any free one, where there are few listeners or no ports left. */
const portsFor = (listeners: number, random: SeededRandom): (() => number) => {
  const count = lastPort - firstPort + 1
  const start = random.fork("first port").integer(0, count - 1)
  let tried = 0
  return () => (listeners <= many || tried >= count ? 0 : firstPort + ((start + tried++) % count))
}

/** A listener that is there as long as anybody answers at its endpoint. */
const followChanges = (
  listener: Server,
  port: number,
  endpoint: PlannedEndpoint,
  routes: RouteTable,
  servers: ReadonlyArray<SimServer>
): void => {
  const follow = (): void => {
    const open = typeof routes.reach(endpoint.host, endpoint.port) === "object"
    if (open && !listener.listening) listener.listen({ host: "127.0.0.1", port, backlog: 1024 })
    else if (!open && listener.listening) listener.close()
  }
  for (const server of servers) server.onChange(follow)
}

/**
 * A loopback listener on a free port for each endpoint of servers that run at
 * the start, by endpoint key, for clients that cannot use a proxy. Ports of the
 * scenario below 1024 need no privileges that way, nor addresses beside 127.0.0.1.
 */
export const listenAll: (
  servers: ReadonlyMap<PlannedServer, SimServer>,
  routes: RouteTable,
  random: SeededRandom
) => Effect.Effect<ReadonlyMap<string, number>, SimnetError, Scope.Scope> = Effect.fn("listenAll")(function*(
  servers: ReadonlyMap<PlannedServer, SimServer>,
  routes: RouteTable,
  random: SeededRandom
) {
  const endpoints = new Map<string, { readonly endpoint: PlannedEndpoint; readonly servers: Array<SimServer> }>()
  for (const [planned, server] of servers) {
    if (planned.failure !== null) continue
    for (const endpoint of endpointsOf(planned)) {
      const known = endpoints.get(endpointKey(endpoint))
      if (known === undefined) endpoints.set(endpointKey(endpoint), { endpoint, servers: [server] })
      else known.servers.push(server)
    }
  }
  const open: Array<Server> = []
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const listener of open) listener.close()
    })
  )
  const ports = new Map<string, number>()
  const nextPort = portsFor(endpoints.size, random)
  // Ports are given out in order: the order must say nothing about the scenario.
  const sorted = [...endpoints].toSorted(([a], [b]) => (a < b ? -1 : 1))
  yield* Effect.forEach(
    random.fork("listen order").shuffled(sorted),
    Effect.fnUntraced(function*([key, { endpoint, servers }]) {
      const listener = createServer({ allowHalfOpen: true }, (socket) => {
        const reached = routes.reach(endpoint.host, endpoint.port)
        if (typeof reached !== "object") return void socket.resetAndDestroy()
        reached.server.accept(socket, endpoint.transport, directClient)
      })
      open.push(listener)
      const port = yield* Effect.suspend(() => listenTcp(listener, nextPort(), `simulated server ${endpoint.host}`)).pipe(
        Effect.retry({ while: (error) => error.reason === "port in use" })
      )
      followChanges(listener, port, endpoint, routes, servers)
      ports.set(key, port)
    }),
    { concurrency: 64, discard: true }
  )
  return ports
})
