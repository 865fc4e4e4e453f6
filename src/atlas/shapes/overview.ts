import { Schema } from "effect"
import { CrawlRow } from "./crawl.ts"

/** A figure with what makes it checkable. `low` and `high` null: counted, not estimated. */
export const Figure = Schema.Struct({
  value: Schema.NullOr(Schema.Number),
  low: Schema.NullOr(Schema.Number),
  high: Schema.NullOr(Schema.Number),
  /** advertisement, endpoint, server, operator. */
  level: Schema.String,
  caveat: Schema.String,
  /** The named query that gives it; null where none does alone. */
  query: Schema.NullOr(Schema.String)
})
export type Figure = typeof Figure.Type

const Counted = Schema.Array(Schema.Struct({ value: Schema.String, servers: Schema.Int }))

/** What the first screen answers. */
export const Overview = Schema.Struct({
  crawl: CrawlRow,
  /** Sentences of the first screen, figures filled in, caveats kept. */
  headline: Schema.Array(Schema.String),
  serversAnswered: Figure,
  /** Share of the reachable network this crawl probably saw. */
  coverage: Figure,
  /** How many operators run the servers that answered, as interval over the posterior. */
  operators: Figure,
  /** Probability of a wallet start whose main server is of the five largest owners; model output. */
  topFiveMain: Figure,
  /** What a public output leaves out of this crawl, in a sentence; absent where nothing is. */
  withheld: Schema.optionalKey(Schema.String),
  expectedFalseGroups: Schema.NullOr(Schema.Number),
  /** Largest probable operators first; level: operator. */
  operatorsByShare: Schema.Array(Schema.Struct({ label: Schema.String, clusterId: Schema.NullOr(Schema.Int), servers: Schema.Int, share: Schema.Number, posterior: Schema.NullOr(Schema.Number) })),
  software: Counted,
  implementations: Counted,
  protocols: Counted,
  countries: Counted,
  asns: Counted,
  outcomes: Counted,
  networkClasses: Counted
})
export type Overview = typeof Overview.Type
