import { Schema } from "effect"

/**
 * Why a visit brought no answer from a server of our chain. Closed: unknown
 * texts go to `detail`, and a new reason is a migration.
 */
export const VisitReason = Schema.Literals([
  /** The name did not resolve (detail: the resolver's code). */
  "dns",
  /** The peer, or the proxy on its behalf, refused the connection. */
  "refused",
  /** No route to the peer. */
  "unreachable",
  "connect timeout",
  /** The proxy itself failed; says nothing about the peer. */
  "proxy",
  "tls",
  "tls timeout",
  /** Connected, but `server.version` was never answered. */
  "handshake timeout",
  /** The peer closed (end of stream) before answering `server.version`. */
  "closed",
  /** The peer reset the connection. */
  "reset",
  /** It answered, but not as the protocol says, or refused every version we speak. */
  "protocol",
  /** A line or a reply exceeded its bound. */
  "too large",
  /** -101, -102 or the like: we, or others from our network, asked too much. */
  "throttled",
  /** A server of another chain. */
  "other network",
  /** Our own rules forbid it (detail says which: excluded, private address, budget, back-off …). */
  "policy",
  /** Our vantage cannot (no IPv6, no Tor, out of file descriptors, interrupted). Not the server's fault. */
  "us"
])
export type VisitReason = typeof VisitReason.Type

/** How far a visit came. A failed visit failed in this phase. */
export const VisitPhase = Schema.Literals(["policy", "resolve", "connect", "tls", "handshake", "session"])
export type VisitPhase = typeof VisitPhase.Type

/** Why a known endpoint has no visit in a crawl. Its reachability is unknown, not false. */
export const NotVisitedReason = Schema.Literals([
  /** The same host's TLS endpoint answered. */
  "tls answered",
  /** No TLS endpoint of the host answered, another TCP endpoint did. */
  "tcp answered",
  /** Our own rules: budget, excluded, back-off, unusual port, unsupported transport … */
  "policy",
  /** Our vantage cannot reach its network class. */
  "us",
  /** `--limit` or `--max-time` ended the crawl first. */
  "limit",
  /** The crawl was interrupted. */
  "interrupted"
])
export type NotVisitedReason = typeof NotVisitedReason.Type

/** Outcome of one probe inside a visit. */
export const ProbeOutcome = Schema.Literals([
  "ok",
  /** The server answered with a JSON-RPC error. */
  "error",
  "timeout",
  "too large",
  /** A reply came, but it is not what the method returns. */
  "malformed",
  /** The connection ended before the reply came. */
  "closed",
  "throttled",
  "not asked"
])
export type ProbeOutcome = typeof ProbeOutcome.Type
