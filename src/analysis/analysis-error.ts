import { Schema } from "effect"

/** Why a crawl could not be analysed. */
export const AnalysisReason = Schema.Literals([
  /** The database has no crawl of that network, or none of that number. */
  "no crawl",
  /** It has no analysis of this version, so nothing can be explained. */
  "not analysed",
  /** Its servers are joined when a crawl ends, and it has not. */
  "crawl not ended",
  /** What was asked for needs `analyze` to have been run. */
  "not analysed",
  /** A truth file is none, or has nothing about the crawl. */
  "bad truth",
  /** The file of `--indicators` is no table of indicators. */
  "bad indicators"
])
export type AnalysisReason = typeof AnalysisReason.Type

/** The one error of `analysis/`. */
export class AnalysisError extends Schema.TaggedError<AnalysisError>()("AnalysisError", {
  reason: AnalysisReason,
  /** A sentence for a person. */
  message: Schema.String
}) {}
