import { Schema } from "effect"

/** Why a file about addresses cannot be used. */
export const EnrichReason = Schema.Literals([
  "not found",
  "cannot read",
  "too large",
  /** It was read, but it has none of the shapes we know. */
  "bad format"
])
export type EnrichReason = typeof EnrichReason.Type

/** The one error of `enrich/`. A lookup that brings nothing is no error: it is a fact with a reason. */
export class EnrichError extends Schema.TaggedError<EnrichError>()("EnrichError", {
  reason: EnrichReason,
  file: Schema.String,
  /** A sentence for a person. */
  message: Schema.String
}) {}
