import { Schema } from "effect"

/** How a server answered what was asked. Closed; what it looked like in detail stands beside it. */
export const BehaviourResponse = Schema.Literals([
  /** As the protocol says, and nothing known speaks against it. */
  "ok",
  /** A JSON-RPC error that names no rule of its own. */
  "error",
  /** It says that it does not answer this: a limit, a method it does not offer, too much asked. */
  "refused",
  /** Nothing where something is known to be. */
  "empty",
  /** A part of what is known to be; the rest is right. */
  "truncated",
  /** No reply: the connection ended, or nothing came in time. */
  "closed",
  /** Something else than what is known, or nothing that the method returns. */
  "differs",
  "not asked"
])
export type BehaviourResponse = typeof BehaviourResponse.Type

/** From what says most about a server to what says least. */
const bySignificance: ReadonlyArray<BehaviourResponse> = [
  "differs",
  "truncated",
  "empty",
  "closed",
  "error",
  "refused",
  "ok",
  "not asked"
]

/** The one response that stands for several: the most significant; null when none was judged. */
export const jointResponse = (all: Iterable<BehaviourResponse | null>): BehaviourResponse | null => {
  const seen = new Set(all)
  return bySignificance.find((response) => seen.has(response)) ?? null
}
