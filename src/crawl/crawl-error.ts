import { Schema } from "effect"

/** Why a crawl could not run; a crawl that ran ends with a summary instead. */
export class CrawlError extends Schema.TaggedError<CrawlError>()("CrawlError", {
  reason: Schema.Literals(["no seeds", "nothing to resume", "stored settings unreadable"]),
  message: Schema.String
}) {}
