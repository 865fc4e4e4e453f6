import { Schema } from "effect"

/** One part of a server's score. Points null: it could not be tested, and why. */
export const IndicatorRow = Schema.Struct({
  name: Schema.String,
  definition: Schema.String,
  value: Schema.NullOr(Schema.Number),
  weight: Schema.Number,
  points: Schema.NullOr(Schema.Number),
  baseRate: Schema.NullOr(Schema.Number),
  untested: Schema.NullOr(Schema.String),
  innocent: Schema.Array(Schema.String),
  detail: Schema.Json
})
export type IndicatorRow = typeof IndicatorRow.Type

/** The table of indicators over a crawl. Level: server. */
export const SuspicionPage = Schema.Struct({
  crawlId: Schema.Int,
  threshold: Schema.Number,
  servers: Schema.Int,
  flagged: Schema.Int,
  /** Of the servers that answered and are of this chain, which the overview counts: how those judged stand. The last four add up to `judged`. */
  answered: Schema.Struct({
    judged: Schema.Int,
    /** At the threshold by one indicator that is a violation of the protocol by itself. */
    violating: Schema.Int,
    /** At the threshold by a sum of weaker indicators. */
    severalWeak: Schema.Int,
    /** Some points, below the threshold. */
    weaker: Schema.Int,
    clean: Schema.Int
  }),
  /** Judged as well, but of another chain or only met outside the crawl's visits; in no figure of `answered`. */
  judgedAside: Schema.Int,
  indicators: Schema.Array(Schema.Struct({
    name: Schema.String,
    definition: Schema.String,
    weight: Schema.Number,
    innocent: Schema.Array(Schema.String),
    tested: Schema.Int,
    untested: Schema.Int,
    shown: Schema.Int,
    baseRate: Schema.NullOr(Schema.Number)
  })),
  /** Servers per band of ten points: [0,10), [10,20) … [90,100]. */
  histogram: Schema.Array(Schema.Int),
  ranking: Schema.Array(Schema.Struct({ serverId: Schema.Int, host: Schema.String, score: Schema.NullOr(Schema.Number), testedWeight: Schema.Number, explanation: Schema.String }))
})
export type SuspicionPage = typeof SuspicionPage.Type
