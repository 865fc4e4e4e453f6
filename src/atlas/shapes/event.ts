import { Schema } from "effect"
import { CrawlRow } from "./crawl.ts"

/** What the live stream says: the data changed (a new snapshot), or only that the line is alive. */
export const LiveEvent = Schema.Struct({
  kind: Schema.Literals(["snapshot", "alive"]),
  /** Changes with every snapshot; ETags are made of it. */
  edition: Schema.String,
  at: Schema.String,
  crawl: Schema.NullOr(CrawlRow)
})
export type LiveEvent = typeof LiveEvent.Type
