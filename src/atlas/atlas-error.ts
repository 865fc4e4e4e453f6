import { Schema } from "effect"

/** Why the atlas has no answer. */
export const AtlasReason = Schema.Literals([
  "no such crawl",
  "no such server",
  "no such cluster",
  /** The crawl is there, but `observatory analyze` has not judged it. */
  "not analysed",
  /** The database could not be read, or its rows are not as expected. */
  "cannot read"
])
export type AtlasReason = typeof AtlasReason.Type

/** The one error of `atlas/`. */
export class AtlasError extends Schema.TaggedError<AtlasError>()("AtlasError", {
  reason: AtlasReason,
  /** A sentence for a person. */
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}
