import { Schema } from "effect"

/** One comparison of two servers, as a bar of the waterfall. */
export const EvidenceRow = Schema.Struct({
  comparison: Schema.String,
  /** What it compares, for people. */
  definition: Schema.String,
  level: Schema.String,
  /** What it speaks to; only "same operator" (or absent) is a part of the operator's sum. */
  question: Schema.optionalKey(Schema.String),
  /** The value both share, where they share one. */
  value: Schema.NullOr(Schema.String),
  bits: Schema.Number,
  /** False: known, but in the sum another comparison stands for it. */
  counted: Schema.Boolean,
  reduction: Schema.NullOr(Schema.String),
  forgeability: Schema.NullOr(Schema.String),
  innocent: Schema.Array(Schema.String),
  /** The raw rows it was made of. */
  detail: Schema.Json
})
export type EvidenceRow = typeof EvidenceRow.Type

/** What is said of two servers: four questions, each its own probability; null was not asked. */
export const PairDetail = Schema.Struct({
  crawlId: Schema.Int,
  a: Schema.Struct({ serverId: Schema.Int, host: Schema.String }),
  b: Schema.Struct({ serverId: Schema.Int, host: Schema.String }),
  /** False: nothing rare is common to both, or one is taken to copy it, so no sum was kept; that is no proof of two operators. */
  compared: Schema.Boolean,
  sameServer: Schema.NullOr(Schema.Number),
  sameMachine: Schema.NullOr(Schema.Number),
  sharedInfrastructure: Schema.NullOr(Schema.Number),
  sameOperator: Schema.NullOr(Schema.Number),
  priorBits: Schema.NullOr(Schema.Number),
  operatorBits: Schema.NullOr(Schema.Number),
  hypothesis: Schema.NullOr(Schema.String),
  /** Why it does not rise further though the bits would allow it. */
  heldBy: Schema.NullOr(Schema.String),
  copierId: Schema.NullOr(Schema.Int),
  evidence: Schema.Array(EvidenceRow),
  strongestFor: Schema.NullOr(Schema.String),
  strongestAgainst: Schema.NullOr(Schema.String)
})
export type PairDetail = typeof PairDetail.Type
