import { Effect, Schema } from "effect"

const Natural = Schema.Natural
const Positive = Schema.Int.check(Schema.isGreaterThan(0))

/**
 * How connections were made, as stored: a resumed crawl must not suddenly go
 * without the proxy it was started with. Never credentials.
 */
export const StoredConnection = Schema.Struct({
  proxy: Schema.NullOr(Schema.String),
  /** The proxy asked for a password, which is not stored. */
  proxyCredentials: Schema.Boolean,
  tor: Schema.String,
  torCredentials: Schema.Boolean,
  resolver: Schema.NullOr(Schema.String),
  connectTimeoutMs: Schema.NullOr(Positive),
  replyTimeoutMs: Schema.NullOr(Positive)
})
export type StoredConnection = typeof StoredConnection.Type

/**
 * The settings of a crawl as stored with it. `--resume` goes on with these;
 * only where to connect through (proxy, Tor, resolver) may be given anew.
 */
export const CrawlSettings = Schema.Struct({
  network: Schema.NonEmptyString,
  /** Endpoints accepted per crawl. */
  maxEndpoints: Positive,
  /** Advertisements followed per source and visit. */
  acceptedPerSource: Positive,
  portsPerHost: Positive,
  /** Visits; null for no limit. */
  limit: Schema.NullOr(Positive),
  /** Milliseconds from the start (or resumption) until nothing new is dialled; null for no limit. */
  maxTimeMs: Schema.NullOr(Positive),
  concurrency: Positive,
  /** New connections per second, 0 for no limit. */
  rate: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  /** Connections at a time per target /24 or /48. */
  perBlock: Positive,
  peerRounds: Schema.Union([Positive, Schema.Literal("auto")]),
  allEndpoints: Schema.Boolean,
  /** How much a visit asks. Crawls stored before there was a choice asked all. */
  visit: Schema.Literals(["regular", "topology"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("regular" as const))),
  /**
   * Deep visits: `now` right after discovery (simulated networks), `due` half an
   * hour later, by whatever runs then, `off` never. Crawls stored before there
   * were any have none.
   */
  fingerprint: Schema.Literals(["now", "due", "off"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("off" as const))),
  /** Follow announcements of private addresses. */
  allowPrivate: Schema.Boolean,
  connection: StoredConnection,
  /** Name of the place the crawl looks from. */
  vantage: Schema.NonEmptyString,
  /** What we call ourselves in `server.version`. */
  clientName: Schema.NonEmptyString,
  /** Opt-out lists (files or URLs), read anew when the crawl starts or resumes. */
  exclude: Schema.Array(Schema.NonEmptyString),
  /** Milliseconds given to visits in flight when the crawl is interrupted. */
  drainMs: Natural,
  /** Name of the crawl that several runners share, when it began (milliseconds since 1970), and this runner's name; missing for a crawl of one. */
  sharedCrawl: Schema.optionalKey(Schema.NonEmptyString),
  sharedBeganAt: Schema.optionalKey(Schema.Finite),
  runner: Schema.optionalKey(Schema.NonEmptyString)
})
export type CrawlSettings = typeof CrawlSettings.Type

/** Polite by default: see README, "Politeness". */
export const defaultCrawlSettings: Omit<CrawlSettings, "network" | "clientName" | "connection" | "vantage"> = {
  maxEndpoints: 20_000,
  acceptedPerSource: 2_000,
  portsPerHost: 8,
  limit: null,
  maxTimeMs: null,
  concurrency: 64,
  rate: 10,
  perBlock: 4,
  peerRounds: "auto",
  allEndpoints: false,
  visit: "regular",
  fingerprint: "due",
  allowPrivate: false,
  exclude: [],
  drainMs: 5_000
}
