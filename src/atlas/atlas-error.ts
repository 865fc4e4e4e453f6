import { Schema } from "effect"
import type { AnalysisError } from "../analysis/analysis-error.ts"
import type { StoreError } from "../store/store-error.ts"

/** Why something cannot be shown. */
export const AtlasReason = Schema.Literals([
  "no such crawl",
  "no such server",
  "no such cluster",
  /** It needs `analyze` to have been run on the crawl. */
  "not analysed",
  /** Two crawls of different networks, or a crawl and itself. */
  "not comparable",
  /** The database could not be read, or holds what no version of this program writes. */
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

/** What reading throws, in the words of the atlas. */
export const atlasError = (error: AtlasError | AnalysisError | StoreError): AtlasError =>
  error._tag === "AtlasError"
    ? error
    : new AtlasError({
      reason: error._tag === "AnalysisError" && error.reason === "not analysed" ? "not analysed" : "cannot read",
      message: error.message,
      cause: error
    })
