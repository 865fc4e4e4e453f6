import { Schema } from "effect"
import { stripLetters, watchedWindows } from "./watched-words.ts"

/** A stretch of time that a watch tells one thing about. Times are ISO 8601, UTC. */
export const Stretch = Schema.Struct({
  state: Schema.Literals(stripLetters),
  from: Schema.String,
  to: Schema.String,
  /** The outage of many that it is a part of; null for none. */
  cause: Schema.NullOr(Schema.String)
})
export type Stretch = typeof Stretch.Type

/** How reliably it answered by one decay, worked out when the watch last did. */
export const Reliability = Schema.Struct({
  /** After so long a look counts 1/e of what it did. */
  window: Schema.String,
  share: Schema.NullOr(Schema.Finite),
  /** Hours of observed time behind it, decayed alike. */
  evidenceHours: Schema.Finite
})

/** One watched endpoint; it stands for its server. Level: server. */
export const WatchedRow = Schema.Struct({
  serverId: Schema.Int,
  endpointId: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.String,
  /** One letter a step, see `stripLetters`. */
  strip: Schema.String,
  /** Of the observed time, 0 to 1; null without any. */
  upShare: Schema.NullOr(Schema.Finite),
  observedHours: Schema.Finite,
  /** Of the window: nobody looked, the failure may be ours, or our line was down. */
  unknownHours: Schema.Finite,
  /** By a connection that was held, some of the time: only then do restarts show. */
  held: Schema.Boolean,
  fellSilent: Schema.Int,
  /** Those of `fellSilent` that an outage of many explains. */
  explained: Schema.Int,
  restarted: Schema.Int,
  reliability: Schema.Array(Reliability)
})
export type WatchedRow = typeof WatchedRow.Type

/** Many servers fell silent at one time. Level: group of servers. */
export const OutageRow = Schema.Struct({
  kind: Schema.Literals(["vantage outage", "network outage"]),
  /** `AS 64620`, `country DE`; null: our own line. */
  where: Schema.NullOr(Schema.String),
  from: Schema.String,
  to: Schema.String,
  over: Schema.NullOr(Schema.Boolean),
  /** Servers that fell silent, of those that had been up. */
  silent: Schema.NullOr(Schema.Int),
  up: Schema.NullOr(Schema.Int)
})
export type OutageRow = typeof OutageRow.Type

const within = {
  crawlId: Schema.Int,
  simulated: Schema.Boolean,
  /** Where the watch looked from; null: nobody watched this network. */
  vantage: Schema.NullOr(Schema.String),
  window: Schema.Literals(watchedWindows),
  /** Null where nobody watched. */
  from: Schema.NullOr(Schema.String),
  until: Schema.NullOr(Schema.String),
  /** What a public output leaves out of this answer; absent where nothing is. */
  withheld: Schema.optionalKey(Schema.String)
} as const

/** The watched time of all servers of a crawl, a letter a step. */
export const WatchedPage = Schema.Struct({
  ...within,
  /** Milliseconds that one letter of a strip stands for. */
  stepMs: Schema.Finite,
  steps: Schema.Int,
  /** Confirmed servers of the crawl that no look was at within the window. */
  unwatched: Schema.Int,
  rows: Schema.Array(WatchedRow),
  outages: Schema.Array(OutageRow)
})
export type WatchedPage = typeof WatchedPage.Type

/** Something that happened to a watched server, between two looks. Level: server and time. */
export const HappenedRow = Schema.Struct({
  serverId: Schema.Int,
  endpointId: Schema.Int,
  host: Schema.String,
  kind: Schema.String,
  earliest: Schema.String,
  latest: Schema.String,
  before: Schema.NullOr(Schema.String),
  after: Schema.NullOr(Schema.String),
  /** The outage of many that explains it, which says nothing about this server; null for none. */
  cause: Schema.NullOr(Schema.String)
})
export type HappenedRow = typeof HappenedRow.Type

/** The same happened to several servers within a minute, and no outage of many explains it. */
export const JointRow = Schema.Struct({
  /** Kind of event; of upgrades with the new software. */
  kind: Schema.String,
  at: Schema.String,
  /** At most 50 of them. */
  servers: Schema.Array(Schema.Struct({ serverId: Schema.Int, host: Schema.String })),
  /** Servers that are not in `servers`. */
  leftOut: Schema.Int,
  /** All of them are in one autonomous system: a silence or restart there is no evidence of one operator. */
  oneSystem: Schema.Boolean,
  /** How probably the like happens to another server within a minute: the highest of these. */
  baseRate: Schema.Finite
})
export type JointRow = typeof JointRow.Type

/** What happened to watched servers within a window. */
export const HappenedPage = Schema.Struct({
  ...within,
  outages: Schema.Array(OutageRow),
  /** Newest first. */
  joint: Schema.Array(JointRow),
  /** Older ones that are not in `joint`. */
  jointLeftOut: Schema.Int,
  /** Newest first. */
  events: Schema.Array(HappenedRow),
  /** Older ones that are not in `events`. */
  leftOut: Schema.Int
})
export type HappenedPage = typeof HappenedPage.Type

/** How late new tips came from one server, against the median of the servers of its implementation. Level: server. */
export const LatenessRow = Schema.Struct({
  serverId: Schema.Int,
  endpointId: Schema.Int,
  host: Schema.String,
  implementation: Schema.String,
  /** Blocks that it is compared over. */
  blocks: Schema.Int,
  /** Milliseconds later than the median; negative: earlier. */
  p10: Schema.Finite,
  p25: Schema.Finite,
  median: Schema.Finite,
  p75: Schema.Finite,
  p90: Schema.Finite,
  /** Blocks by lateness, from `-limitMs` to `limitMs` in equal steps; what is beyond is in the first and last. */
  bins: Schema.Array(Schema.Int)
})
export type LatenessRow = typeof LatenessRow.Type

export const LatenessPage = Schema.Struct({
  ...within,
  limitMs: Schema.Finite,
  /** Servers with held connections that are compared with nobody: their implementation is not known, or fewer than three show it. */
  alone: Schema.Int,
  rows: Schema.Array(LatenessRow)
})
export type LatenessPage = typeof LatenessPage.Type

/** All that a watch knows of one server within a window. */
export const WatchedServer = Schema.Struct({
  ...within,
  serverId: Schema.Int,
  stepMs: Schema.Finite,
  endpoints: Schema.Array(Schema.Struct({
    ...WatchedRow.fields,
    /** In order of time; the newest where there are too many. */
    stretches: Schema.Array(Stretch),
    stretchesLeftOut: Schema.Int
  })),
  lateness: Schema.Struct({ limitMs: Schema.Finite, rows: Schema.Array(LatenessRow) }),
  events: Schema.Array(HappenedRow),
  leftOut: Schema.Int
})
export type WatchedServer = typeof WatchedServer.Type
