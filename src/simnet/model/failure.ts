import { Schema } from "effect"

/** How an address that has no server behind it behaves; `no name`: the name does not resolve. */
export const Failure = Schema.Literals([
  "refused",
  "unreachable",
  "ttl expired",
  "general failure",
  "black hole",
  "no name"
])
export type Failure = typeof Failure.Type
