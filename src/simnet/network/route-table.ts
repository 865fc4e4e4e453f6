import { canonicalAddress } from "../../domain/address.ts"
import type { SeededRandom } from "../draw/random.ts"
import type { Failure } from "../model/failure.ts"
import type { SimServer } from "../server/sim-server.ts"

/** What stands behind one port of a simulated address. */
export interface Service {
  readonly server: SimServer
  readonly transport: "tcp" | "tls"
}

/** What one connection attempt comes to: a service, or how it fails. */
export type Reached = Service | Failure

interface Route {
  /** Of several servers at one port each connection reaches one. */
  readonly ports: Map<number, ReadonlyArray<Service>>
  /** Everybody at this host. */
  readonly servers: Set<SimServer>
}

/** What there is at each name and address of the simulated internet. */
export class RouteTable {
  readonly #routes = new Map<string, Route>()
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random.fork("balancers")
  }

  /** Add a server's services at a host; those of several servers come together, also behind one port. */
  add(host: string, server: SimServer, services: ReadonlyArray<readonly [number, Service["transport"]]>): void {
    const key = routeKey(host)
    const route: Route = this.#routes.get(key) ?? { ports: new Map(), servers: new Set() }
    for (const [port, transport] of services) {
      route.ports.set(port, [...(route.ports.get(port) ?? []), { server, transport }])
    }
    route.servers.add(server)
    this.#routes.set(key, route)
  }

  /** A server left this host; without any other nothing is there. */
  remove(host: string, server: SimServer): void {
    const route = this.#routes.get(routeKey(host))
    if (route === undefined) return
    for (const [port, services] of route.ports) {
      const left = services.filter((service) => service.server !== server)
      if (left.length === 0) route.ports.delete(port)
      else route.ports.set(port, left)
    }
    route.servers.delete(server)
    if (route.servers.size === 0) this.#routes.delete(routeKey(host))
  }

  /** Any server at a host, for how far away it is; undefined where nothing is. */
  serverAt(host: string): SimServer | undefined {
    return this.#routes.get(routeKey(host))?.servers.values().next().value
  }

  /** Connect: balanced names lead to one of those who answer, drawn anew each time. */
  reach(host: string, port: number): Reached | undefined {
    const route = this.#routes.get(routeKey(host))
    if (route === undefined) return undefined
    const services = route.ports.get(port) ?? []
    const open = services.filter((service) => service.server.refusal === null)
    if (open.length > 0) return open.length === 1 ? open[0]! : this.#random.pick(open)
    if (services.length > 0) return services[0]!.server.refusal!
    // A port that nobody has: the machine answers for it, if it is there.
    const failures = [...route.servers].map((server) => server.failure)
    return failures.includes(null) ? "refused" : failures[0]!
  }
}

/** One spelling per host: canonical addresses, lower-case names without a final dot. */
const routeKey = (host: string): string => canonicalAddress(host) ?? host.toLowerCase().replace(/\.$/, "")
