import { Schema } from "effect"

/** Why nothing was handed out. */
export const ExportReason = Schema.Literals([
  /** The file or folder cannot be written. */
  "cannot write",
  /** What a claim is about is not in the crawl, or is withheld from public outputs. */
  "no such claim",
  /** A list of servers that cannot be read as one. */
  "bad list",
  /** An evidence bundle that is none. */
  "bad bundle"
])
export type ExportReason = typeof ExportReason.Type

/** The one error of `export/`. */
export class ExportError extends Schema.TaggedError<ExportError>()("ExportError", {
  reason: ExportReason,
  /** A sentence for a person. */
  message: Schema.String
}) {}
