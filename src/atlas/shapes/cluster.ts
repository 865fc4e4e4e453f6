import { Schema } from "effect"

/** A group: `operator` = probably one operator; `infrastructure` = shared backend, proxy or host, which proves less. */
export const ClusterRow = Schema.Struct({
  clusterId: Schema.Int,
  kind: Schema.String,
  /** "probably one operator (p 0.97)" or "shared infrastructure": never a name the servers don't state. */
  statement: Schema.String,
  servers: Schema.Int,
  serversReachable: Schema.Int,
  posterior: Schema.NullOr(Schema.Number),
  weakestLink: Schema.NullOr(Schema.Number),
  evidence: Schema.NullOr(Schema.String),
  hosts: Schema.Array(Schema.String),
  countries: Schema.Array(Schema.String),
  asns: Schema.Array(Schema.Int),
  implementations: Schema.Array(Schema.String),
  /** Probability to be the main server's owner after 100 starts of the stock wallet, clearnet; null: not computed. */
  mainProbability: Schema.NullOr(Schema.Number)
})
export type ClusterRow = typeof ClusterRow.Type

/** Why a group is one, why not, and what would change it. */
export const ClusterDetail = Schema.Struct({
  crawlId: Schema.Int,
  cluster: ClusterRow,
  members: Schema.Array(Schema.Struct({
    serverId: Schema.Int,
    host: Schema.String,
    posterior: Schema.NullOr(Schema.Number),
    evidence: Schema.String
  })),
  links: Schema.Array(Schema.Struct({ a: Schema.Int, b: Schema.Int, sameOperator: Schema.NullOr(Schema.Number), bits: Schema.NullOr(Schema.Number) })),
  evidence: Schema.Array(Schema.Struct({
    comparison: Schema.String,
    definition: Schema.String,
    links: Schema.Int,
    of: Schema.Int,
    bits: Schema.Number,
    values: Schema.Array(Schema.String),
    innocent: Schema.Array(Schema.String),
    rows: Schema.Array(Schema.Json)
  })),
  against: Schema.Array(Schema.Struct({ a: Schema.Int, b: Schema.Int, comparison: Schema.String, level: Schema.String, bits: Schema.Number, detail: Schema.Json })),
  wouldChange: Schema.Array(Schema.String),
  /** The same group in earlier crawls, by its stable number. */
  history: Schema.Array(Schema.Struct({ crawlId: Schema.Int, startedAt: Schema.String, servers: Schema.Int, posterior: Schema.NullOr(Schema.Number) }))
})
export type ClusterDetail = typeof ClusterDetail.Type
