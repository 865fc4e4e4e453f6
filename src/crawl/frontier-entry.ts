import type { Endpoint } from "../domain/endpoint.ts"
import type { NotVisitedReason } from "../domain/reason.ts"
import type { EndpointFact, EndpointState } from "../store/facts.ts"

export interface FrontierRules {
  /** Endpoints accepted per crawl; more are known as `policy: budget`. */
  readonly maxEndpoints: number
  readonly portsPerHost: number
  /** Visit every endpoint of a host, not only the first that answers. */
  readonly allEndpoints: boolean
  /** Preferred among several ports of one host. */
  readonly defaultPorts: { readonly tcp: number; readonly tls: number }
}

/** One known endpoint. `state` is what the tables say; being in flight is known only here. */
export interface FrontierEntry {
  readonly key: string
  readonly endpoint: Endpoint
  sources: number
  state: EndpointState
  inFlight: boolean
  lastBatch: number
  /** It was taken and given back: whatever the cause was, others come first. */
  isLast: boolean
}

/** What the frontier keeps of one host. */
export interface HostEntry {
  entries: Array<FrontierEntry>
  /** Canonical, each once, 16 at the most. */
  addresses: ReadonlyArray<string>
  accepted: number
  tlsAnswered: boolean
  tcpAnswered: boolean
}

export const parkedEntry = (endpoint: Endpoint, key: string): FrontierEntry => ({
  key,
  endpoint,
  sources: 1,
  state: "parked",
  inFlight: false,
  lastBatch: 0,
  isLast: false
})

export const newHost = (): HostEntry => ({
  entries: [],
  addresses: [],
  accepted: 0,
  tlsAnswered: false,
  tcpAnswered: false
})

/** Another endpoint of a host. Most have one or two, and an array that grew by itself has room for 17. */
export const addEntry = (host: HostEntry, entry: FrontierEntry): void => {
  if (host.entries.length < 3) host.entries = host.entries.concat(entry)
  else host.entries.push(entry)
}

/** An address that a source gave for a host. */
export const locate = (host: HostEntry, address: string): void => {
  if (host.addresses.length < 16 && !host.addresses.includes(address)) host.addresses = host.addresses.concat(address)
}

/** What a visit means for the frontier. */
export interface VisitResult {
  /**
   * It answered `server.version` on the chain of the crawl, as far as it
   * showed: the host's other endpoints need no visit. A box may have servers of
   * several chains, at different ports.
   */
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

/** Which transport is being discovered. */
export type Wave = "tls" | "tcp"

export const isTls = (entry: FrontierEntry): boolean => entry.endpoint.transport === "tls"

/** Which of two endpoints of one host and transport is tried first: the standard port, then the lower one. */
export const prefers = (a: FrontierEntry, b: FrontierEntry, standardPorts: FrontierRules["defaultPorts"]): boolean => {
  const standard = isTls(a) ? standardPorts.tls : standardPorts.tcp
  if (a.endpoint.port === standard || b.endpoint.port === standard) return a.endpoint.port === standard
  return a.endpoint.port < b.endpoint.port
}

/**
 * The wave that an unfinished crawl was in, from the entries of each host: a
 * due TCP endpoint, or a TLS endpoint parked for no other TLS endpoint's sake,
 * tells of a TCP wave.
 */
export const waveOf = (hosts: ReadonlyArray<ReadonlyArray<FrontierEntry>>): Wave =>
  hosts.some((entries) =>
      entries.some((e) => !isTls(e) && e.state === "due") ||
      (entries.some((e) => isTls(e) && e.state === "parked") && !entries.some((e) => isTls(e) && e.state === "due"))
    )
    ? "tcp"
    : "tls"

/** The stored form of an entry's state. */
export const fact = (
  entry: FrontierEntry,
  reason: NotVisitedReason | null,
  detail: string | null,
  at: number
): EndpointFact => ({ _tag: "endpoint", endpoint: entry.endpoint, state: entry.state, reason, detail, at })
