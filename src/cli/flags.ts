import { Schema } from "effect"
import { Flag } from "effect/cli"
import { defaultCrawlSettings } from "../crawl/settings.ts"
import { mostPeerRounds } from "../probe/request-limit.ts"
import { defaultDatabase } from "./default-database.ts"
import { choice, integer, nullable, number, repeated, text, toggle } from "./option.ts"
import { parseDuration } from "./parse-duration.ts"

const positive = <A extends number>(flag: Flag.Flag<A>) =>
  Flag.filter(flag, (value) => value > 0, (value) => `a number above 0, not ${value}`)

/** A flag for a number that is not below 0. */
export const notNegative = <A extends number>(flag: Flag.Flag<A>) =>
  Flag.filter(flag, (value) => value >= 0, (value) => `0 or more, not ${value}`)

/** A flag for a whole number above 0. */
export const positiveInteger = (name: string, description: string) => positive(integer(name, description))

/** A flag for a time, in milliseconds; `least`: no shorter one, in the same words, and why. */
export const duration = (name: string, description: string, least?: { readonly time: string; readonly because: string }) =>
  text(name, `${description} (e.g. 90s, 10m, 2h).`).pipe(
    Flag.withMetavar("TIME"),
    Flag.filter((value) => parseDuration(value) !== undefined, () => "a duration such as 90s, 10m or 2h"),
    Flag.filter((value) => least === undefined || parseDuration(value)! >= parseDuration(least.time)!, () => `${least!.time} or more: ${least!.because}`),
    Flag.map((value) => parseDuration(value)!)
  )

/** The database file: `--db FILE`. */
export const db = text("db", "Database file (default observatory.duckdb).").pipe(Flag.withMetavar("FILE"), Flag.withDefault(defaultDatabase))

/** Which chain: `--network NAME`, `--chain FILE`. */
export const networkFlags = {
  network: nullable(text("network", "Network to crawl or to show, e.g. mainnet, testnet4, mainnet-sim (default mainnet).").pipe(Flag.withMetavar("NAME"))),
  chainFile: nullable(text("chain", "Adds a chain from a JSON file (README, Chains).").pipe(Flag.withMetavar("FILE")))
}

/** Which crawl, where not the default one: `--crawl N`. */
export const crawlNumberFlag = nullable(integer("crawl", "Number of the crawl (default: the latest finished one of the network)."))

/** Where old crawls are as Parquet files: `--archive DIR`. */
export const archiveFlag = nullable(text("archive", "Folder of an archive of crawls, as `observatory archive` writes it.").pipe(Flag.withMetavar("DIR")))

/** How connections are made. */
export const connectionFlags = {
  proxy: nullable(text("proxy", "Connect through a SOCKS5 proxy, which also resolves names.").pipe(Flag.withMetavar("socks5://[USER:PASSWORD@]HOST:PORT"))),
  tor: text("tor", "Proxy for onions: auto finds a local Tor, off leaves onions alone, or socks5://HOST:PORT.").pipe(
    Flag.withMetavar("auto|off|URL"),
    Flag.withDefault("auto")
  ),
  resolver: nullable(text("resolver", "DNS server instead of the system's.").pipe(Flag.withMetavar("HOST:PORT"))),
  allowPrivate: toggle("allow-private", "Also dial private, loopback and other non-public addresses.", false),
  connectTimeout: nullable(duration("connect-timeout", "Time for a TCP connection or a TLS handshake; longer for proxies and onions")),
  replyTimeout: nullable(duration("reply-timeout", "Time for the answers to one packet of requests; longer for proxies and onions"))
}

/** Who we are and from where we look. */
export const identityFlags = {
  contact: nullable(text("contact", "URL or address that server operators find in our client name.").pipe(Flag.withMetavar("URL"))),
  vantage: text("vantage", "Name of the place this crawl looks from; part of the cost ledger's key.").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDefault("default")
  )
}

const usual = defaultCrawlSettings

/** Which simulated network: `--scenario NAME|FILE`, `--random-seed N`. */
export const scenarioFlags = {
  scenario: text("scenario", "Shipped scenario or JSON file (default mainnet-2025-12).").pipe(
    Flag.withMetavar("NAME|FILE"),
    Flag.withDefault("mainnet-2025-12")
  ),
  randomSeed: integer("random-seed", "Everything drawn is drawn from this number (default 1).").pipe(Flag.withDefault(1))
}

/** What a crawl does; names follow `CrawlSettings`. */
export const crawlFlags = {
  limit: nullable(positiveInteger("limit", "End after this many visits.")),
  maxTime: nullable(duration("max-time", "End after this time")),
  maxEndpoints: positiveInteger("max-endpoints", `Endpoints followed per crawl (default ${usual.maxEndpoints}).`).pipe(
    Flag.withDefault(usual.maxEndpoints)
  ),
  concurrency: positiveInteger("concurrency", `Endpoints worked on at a time (default ${usual.concurrency}).`).pipe(
    Flag.withDefault(usual.concurrency)
  ),
  rate: notNegative(number("rate", `New connections per second, 0 for no limit (default ${usual.rate}).`)).pipe(Flag.withDefault(usual.rate)),
  peerRounds: text("peer-rounds", `How often to ask a server for peers: a number up to ${mostPeerRounds}, or auto until little is unseen (default auto).`).pipe(
    Flag.withMetavar("N|auto"),
    Flag.withSchema(Schema.Union([
      Schema.Literal("auto"),
      Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: mostPeerRounds }))
    ])),
    Flag.withDefault("auto" as const)
  ),
  allEndpoints: toggle("all-endpoints", "Visit every endpoint of a host, not only the first that answers.", false),
  exclude: repeated("exclude", "Opt-out list: hosts, *.domain, CIDR blocks, onions; neither dialled nor shown.").pipe(Flag.withMetavar("FILE|URL"))
}

/** A crawl that several runner processes share. */
export const sharedFlags = {
  sharedFrontier: nullable(text("shared-frontier", "Share the crawl with other runners through this Postgres database: each endpoint is visited by one of them.").pipe(
    Flag.withMetavar("postgres://USER:PASSWORD@HOST:PORT/NAME")
  )),
  sharedCrawl: nullable(text("shared-crawl", "Name of the crawl that is shared (default: the network's); one that is complete is over, a new one needs another name.").pipe(Flag.withMetavar("NAME"))),
  runner: nullable(text("runner", "Name of this runner (default: machine and process).").pipe(Flag.withMetavar("NAME"))),
  lease: duration("lease", "Time after which an endpoint is another runner's if its own is not heard of (default 30s)").pipe(Flag.withDefault(30_000)),
  sharedWait: duration("shared-wait", "How long a runner waits for a Postgres that does not answer before it stops (default 5m)").pipe(Flag.withDefault(300_000))
}

/** How much a visit asks. */
export const visitFlag = choice(
  "visit",
  ["regular", "topology"],
  "How much a visit asks: topology only who is there, on which chain and whom it lists, in some ten requests and without deep visits, regular all (default)."
).pipe(Flag.withDefault("regular" as const))

/** When deep visits are made. */
export const fingerprintFlag = nullable(choice(
  "fingerprint",
  ["now", "due", "off"],
  "Deep visits (malformed envelopes, dialects): now right after discovery (default on simulated networks), due half an hour later by whatever runs then (default elsewhere), off (default with --visit topology)."
))

/** What is looked up about addresses, and where. */
export const lookupFlags = {
  asn: choice("asn", ["cymru", "off"], "Ask Team Cymru's DNS interface whose addresses are (default cymru).").pipe(
    Flag.withDefault("cymru" as const)
  ),
  ptr: toggle("ptr", "Ask for the reverse names of addresses.", true),
  geoip: repeated("geoip", "Geo file: MaxMind MMDB, MaxMind GeoLite2 CSV, ip-location-db CSV, or that of simnet --geo; the first is believed first.").pipe(
    Flag.withMetavar("FILE.mmdb|FILE.csv")
  ),
  cloudRanges: repeated("cloud-ranges", "Blocks that a cloud publishes: JSON of Amazon, Google, Azure, Oracle, or {provider, ranges}.").pipe(
    Flag.withMetavar("FILE.json")
  ),
  lookupRate: nullable(notNegative(number("lookup-rate", "Questions to name servers per second, 0 for no limit (default 20, simulated 0).")))
}

/** How progress is shown: `--progress MODE`. */
export const progressFlag = choice(
  "progress",
  ["auto", "plain", "json", "off"],
  "Progress display: auto (a live line on a terminal, else lines), plain, json (JSON lines on stdout), off."
).pipe(Flag.withDefault("auto" as const))
