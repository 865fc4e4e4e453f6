import { Schema } from "effect"

/** What is counted, at the levels of the field; null where the crawl was not analysed. */
const LevelCounts = Schema.Struct({
  /** One source saying that a server exists: the same entry from two sources is two. */
  advertisements: Schema.Int,
  endpoints: Schema.Int,
  endpointsReachable: Schema.Int,
  servers: Schema.Int,
  /** Answered, and of the crawl's chain; rows of other chains may be reachable too. */
  serversReachable: Schema.Int,
  /** Groups of more than one server that are probably one operator's. */
  operatorGroups: Schema.NullOr(Schema.Int)
})

/** One crawl, as lists of crawls and every page's head show it. Times are ISO 8601, UTC. */
export const CrawlRow = Schema.Struct({
  crawlId: Schema.Int,
  kind: Schema.String,
  network: Schema.String,
  chainTitle: Schema.String,
  /** Invented behaviour: every page and every file says so. */
  simulated: Schema.Boolean,
  state: Schema.String,
  startedAt: Schema.String,
  endedAt: Schema.NullOr(Schema.String),
  analysedAt: Schema.NullOr(Schema.String),
  vantage: Schema.String,
  /** Ways the vantage had: ipv4, ipv6, tor, proxy. */
  ways: Schema.Array(Schema.String),
  codeVersion: Schema.String,
  counts: LevelCounts
})
export type CrawlRow = typeof CrawlRow.Type
