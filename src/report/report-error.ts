import { Schema } from "effect"

/** Why a report could not be made. */
export const ReportReason = Schema.Literals([
  /** The file of `--labels` cannot be read, or is none. */
  "bad labels",
  "cannot write"
])
export type ReportReason = typeof ReportReason.Type

/** The one error of `report/`. */
export class ReportError extends Schema.TaggedError<ReportError>()("ReportError", {
  reason: ReportReason,
  /** A sentence for a person. */
  message: Schema.String
}) {}
