import { Schema } from "effect"

/** Why a crawl could not run, or ran into nothing at all. */
export class CrawlError extends Schema.TaggedError<CrawlError>()("CrawlError", {
  reason: Schema.Literals(["no seeds", "nothing to resume", "stored settings unreadable", "no network", "no proxy", "no servers", "cannot listen", "too early", "shared frontier"]),
  message: Schema.String
}) {}
