import { canonicalAddress } from "../domain/address.ts"
import type { Failure } from "./network-behaviour.ts"
import type { SimServer } from "./sim-server.ts"

/** What stands behind one port of a simulated address. */
export interface Service {
  readonly server: SimServer
  readonly transport: "tcp" | "tls"
}

/** One simulated host: its open ports, or how it fails. */
export interface Route {
  readonly failure: Failure | null
  readonly ports: ReadonlyMap<number, Service>
  /** Milliseconds until an attempt is answered, whatever the answer. */
  readonly roundTripMs: number
}

/** What there is at each name and address of the simulated internet. */
export class RouteTable {
  readonly #routes = new Map<
    string,
    { failure: Failure | null; readonly ports: Map<number, Service>; roundTripMs: number }
  >()

  /** Add a host's service; services of several servers on one address come together. */
  add(
    host: string,
    failure: Failure | null,
    roundTripMs: number,
    services: ReadonlyArray<readonly [number, Service]>
  ): void {
    const key = routeKey(host)
    const route = this.#routes.get(key) ?? { failure, ports: new Map<number, Service>(), roundTripMs }
    if (failure === null) route.failure = null
    for (const [port, service] of services) route.ports.set(port, service)
    this.#routes.set(key, route)
  }

  find(host: string): Route | undefined {
    return this.#routes.get(routeKey(host))
  }
}

/** One spelling per host: canonical addresses, lower-case names without a final dot. */
const routeKey = (host: string): string => canonicalAddress(host) ?? host.toLowerCase().replace(/\.$/, "")
