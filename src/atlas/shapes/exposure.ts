import { Schema } from "effect"

const Interval = { value: Schema.NullOr(Schema.Number), low: Schema.NullOr(Schema.Number), high: Schema.NullOr(Schema.Number) }

/** What a wallet would show to whom: model output, and labelled so. */
export const ExposurePage = Schema.Struct({
  crawlId: Schema.Int,
  basis: Schema.String,
  rows: Schema.Array(Schema.Struct({
    wallet: Schema.String,
    route: Schema.String,
    savedServer: Schema.Boolean,
    starts: Schema.Int,
    owner: Schema.String,
    clusterId: Schema.NullOr(Schema.Int),
    serverId: Schema.NullOr(Schema.Int),
    servers: Schema.Int,
    posterior: Schema.NullOr(Schema.Number),
    /** Sees all addresses. */
    main: Schema.Struct(Interval),
    /** Among the ten: sees IP address and timing. */
    connected: Schema.Struct(Interval),
    recommendation: Schema.NullOr(Schema.String)
  })),
  policies: Schema.Array(Schema.Struct({
    policy: Schema.String,
    title: Schema.String,
    route: Schema.String,
    starts: Schema.Int,
    showsIp: Schema.Boolean,
    allScripts: Schema.Struct(Interval),
    shareOfScripts: Schema.Struct(Interval),
    connected: Schema.Struct(Interval),
    recommendation: Schema.NullOr(Schema.String)
  })),
  concentration: Schema.Array(Schema.Struct({
    level: Schema.String,
    dimension: Schema.String,
    counted: Schema.Int,
    unknown: Schema.Int,
    groups: Schema.Int,
    largest: Schema.NullOr(Schema.String),
    largestShare: Schema.NullOr(Schema.Number),
    hhi: Schema.Struct(Interval),
    nakamoto: Schema.Struct(Interval),
    recommendation: Schema.NullOr(Schema.String)
  }))
})
export type ExposurePage = typeof ExposurePage.Type
