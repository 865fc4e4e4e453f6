import type { Endpoint } from "../domain/endpoint.ts"
import type { EndpointState } from "../store/facts.ts"

export interface FrontierRules {
  /** Endpoints accepted per crawl; more are known as `policy: budget`. */
  readonly maxEndpoints: number
  readonly portsPerHost: number
  /** Visit every endpoint of a host, not only the first that answers. */
  readonly allEndpoints: boolean
  /** Preferred among several ports of one host. */
  readonly defaultPorts: { readonly tcp: number; readonly tls: number }
}

/**
 * SSH, mail submission and DNS: dialled only when a seed names them. The field
 * does use 110, 143, 443, 993 and 995 for Electrum, so these are not here.
 */
export const sensitivePorts: ReadonlySet<number> = new Set([22, 25, 53, 465, 587, 853, 2222, 2525, 5353])

/** One known endpoint. `state` is what the tables say; being in flight is known only here. */
export interface FrontierEntry {
  readonly key: string
  readonly endpoint: Endpoint
  sources: number
  namedBySeed: boolean
  state: EndpointState
  inFlight: boolean
  lastBatch: number
}

/** What the frontier keeps of one host. */
export interface HostEntry {
  readonly entries: Array<FrontierEntry>
  readonly addresses: Set<string>
  accepted: number
  tlsAnswered: boolean
  tcpAnswered: boolean
}

/** What a visit means for the frontier. */
export interface VisitResult {
  /** It answered `server.version`, on whatever chain. */
  readonly reachable: boolean
}

/** How many endpoints stand where; all at the level of endpoints. */
export interface FrontierCounts {
  readonly known: number
  readonly parked: number
  readonly due: number
  readonly inFlight: number
  readonly visited: number
  readonly notVisited: number
}
