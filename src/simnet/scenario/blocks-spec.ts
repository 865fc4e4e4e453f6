import { Schema } from "effect"
import { optional, Probability } from "./fields.ts"

/** How blocks go on in a scenario. */
export const BlocksSpec = Schema.Struct({
  gap_s: optional(
    Schema.Finite.check(Schema.isBetween({ minimum: 10, maximum: 86_400 })),
    "Mean seconds of the world's time between blocks; the chain's own by default, mostly 600."
  ),
  fork_share: optional(Probability, "Share of heights at which two blocks compete for a while; 0.02 by default."),
  demand: optional(
    Schema.Literals(["busy", "quiet"]),
    "busy, the default: blocks are full. quiet: mempools and fees of all nodes are at the floor."
  )
})

export type BlocksSpec = typeof BlocksSpec.Type

/** The field of a scenario about its blocks. */
export const blockFields = { blocks: Schema.optionalKey(BlocksSpec) }
