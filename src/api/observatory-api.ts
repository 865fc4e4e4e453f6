import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ClusterDetail, ClusterRow } from "../atlas/shapes/cluster.ts"
import { CrawlRow } from "../atlas/shapes/crawl.ts"
import { DictionaryTable } from "../atlas/shapes/dictionary.ts"
import { LiveEvent } from "../atlas/shapes/event.ts"
import { PairDetail } from "../atlas/shapes/evidence.ts"
import { ExposurePage } from "../atlas/shapes/exposure.ts"
import { GraphHead } from "../atlas/shapes/graph.ts"
import { NoteRow } from "../atlas/shapes/note.ts"
import { Overview } from "../atlas/shapes/overview.ts"
import { QueryAnswer, QueryRow, SqlRefusal } from "../atlas/shapes/query.ts"
import { ServerDetail } from "../atlas/shapes/server-detail.ts"
import { ServerPage } from "../atlas/shapes/server-row.ts"
import { SuspicionPage } from "../atlas/shapes/suspicion.ts"
import { Texts } from "../atlas/shapes/text.ts"
import { HappenedPage, LatenessPage, WatchedPage, WatchedServer } from "../atlas/shapes/watched.ts"
import { version } from "../version.ts"
import { Crawl, Id, serverQuery, windowQuery } from "./parameters.ts"
import { withParameterTexts } from "./parameter-texts.ts"
import { BadRequest, Busy, Conflict, Forbidden, Internal, NotAnalysed, NotFound } from "./problem.ts"

const about = OpenApi.annotations
const ofCrawl = { params: { crawl: Crawl }, error: [BadRequest, NotFound, NotAnalysed, Internal] } as const
const ofServer = { params: { crawl: Crawl, server: Id }, error: [BadRequest, NotFound, NotAnalysed, Internal] } as const

/** What this server is and allows. */
export const About = Schema.Struct({
  version: Schema.String,
  /** Only what may be published is shown. */
  public: Schema.Boolean,
  /** SQL of one's own may be run; named queries may always. */
  sql: Schema.Boolean,
  /** What a query may use up. */
  sqlLimits: Schema.Struct({
    textChars: Schema.Int,
    maxRows: Schema.Int,
    /** Characters of the answer as JSON. */
    answerChars: Schema.Int,
    timeoutMs: Schema.Int,
    memory: Schema.String
  }),
  /** Notes may be written. */
  notes: Schema.Boolean,
  /** Changes with the data. */
  edition: Schema.String
})
export type About = typeof About.Type

const CrawlGroup = HttpApiGroup.make("crawls").add(
  HttpApiEndpoint.get("about", "/about", { success: About }).annotateMerge(about({
    summary: "What this server is and allows"
  })),
  HttpApiEndpoint.get("crawls", "/crawls", { success: Schema.Array(CrawlRow), error: Internal }).annotateMerge(about({
    summary: "All crawls, newest first"
  })),
  HttpApiEndpoint.get("crawl", "/crawls/:crawl", { ...ofCrawl, success: CrawlRow }).annotateMerge(about({
    summary: "One crawl; `latest` is the newest finished one"
  })),
  HttpApiEndpoint.get("overview", "/crawls/:crawl/overview", { ...ofCrawl, success: Overview }).annotateMerge(about({
    summary: "What the first page shows: how many, how sure, who, where"
  })),
  HttpApiEndpoint.get("clusters", "/crawls/:crawl/clusters", { ...ofCrawl, success: Schema.Array(ClusterRow) }).annotateMerge(about({
    summary: "Groups of servers: probably one operator, or shared infrastructure"
  })),
  HttpApiEndpoint.get("cluster", "/crawls/:crawl/clusters/:cluster", {
    ...ofCrawl, params: { crawl: Crawl, cluster: Id }, success: ClusterDetail
  }).annotateMerge(about({ summary: "One group: why, why not, what would change it" })),
  HttpApiEndpoint.get("suspicion", "/crawls/:crawl/suspicion", { ...ofCrawl, success: SuspicionPage }).annotateMerge(about({
    summary: "Indicators of suspicion, their base rates, the ranking"
  })),
  HttpApiEndpoint.get("exposure", "/crawls/:crawl/exposure", { ...ofCrawl, success: ExposurePage }).annotateMerge(about({
    summary: "What a wallet would show to whom: a model"
  })),
  HttpApiEndpoint.get("texts", "/crawls/:crawl/texts", { ...ofCrawl, success: Texts }).annotateMerge(about({
    summary: "Threat model and methodology with the figures of this crawl"
  })),
  HttpApiEndpoint.get("graph", "/crawls/:crawl/graph", { ...ofCrawl, success: GraphHead }).annotateMerge(about({
    summary: "Nodes and groups of the announcement graph with their places"
  })),
  HttpApiEndpoint.get("graphBytes", "/crawls/:crawl/graph.bin", {
    ...ofCrawl, success: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array())
  }).annotateMerge(about({
    summary: "Announcements as bytes",
    description: "Little endian: u32 magic \"EOG1\", u32 n servers, u32 m announcements, u32 offsets[n + 1], u32 targets[m], "
      + "u8 shares[m] (times seen of times asked, 0..255), u8 mutual[m]. Node i is servers[i] of `graph`."
  }))
)

const ServerGroup = HttpApiGroup.make("servers").add(
  HttpApiEndpoint.get("servers", "/crawls/:crawl/servers", { ...ofCrawl, query: serverQuery, success: ServerPage }).annotateMerge(about({
    summary: "Servers, filtered, sorted, by pages",
    description: "Lists are comma-separated. What is not known passes no filter on it, and comes last in either direction."
  })),
  HttpApiEndpoint.get("server", "/crawls/:crawl/servers/:server", { ...ofServer, success: ServerDetail }).annotateMerge(about({
    summary: "One server with its evidence and history"
  })),
  HttpApiEndpoint.get("pair", "/crawls/:crawl/pairs/:a/:b", {
    ...ofCrawl, params: { crawl: Crawl, a: Id, b: Id }, success: PairDetail
  }).annotateMerge(about({ summary: "Two servers compared, in bits" }))
)

const bounds = "A window ends with the last look of the crawl's time. Of a network that nobody watched there are no rows, and `vantage` is null."

const WatchedGroup = HttpApiGroup.make("watched").add(
  HttpApiEndpoint.get("watched", "/crawls/:crawl/watched", { ...ofCrawl, query: windowQuery, success: WatchedPage }).annotateMerge(about({
    summary: "When watched servers answered: a strip of at most 180 letters each",
    description: `Letters: u answered, d did not, m both, n did not as most of its network did not, o our own line was down, - not known. ${bounds}`
  })),
  HttpApiEndpoint.get("happened", "/crawls/:crawl/watched/events", { ...ofCrawl, query: windowQuery, success: HappenedPage }).annotateMerge(about({
    summary: "What happened to watched servers, to several of them at once, and outages of many",
    description: `The newest 2,000 events and 300 joint ones; how many are left out is said. ${bounds}`
  })),
  HttpApiEndpoint.get("lateness", "/crawls/:crawl/watched/lateness", { ...ofCrawl, query: windowQuery, success: LatenessPage }).annotateMerge(about({
    summary: "How late new tips came, against the median of the servers of one implementation",
    description: `From one vantage, over connections that were held: the way to the server is in it. ${bounds}`
  })),
  HttpApiEndpoint.get("watchedServer", "/crawls/:crawl/servers/:server/watched", { ...ofServer, query: windowQuery, success: WatchedServer }).annotateMerge(about({
    summary: "One watched server: stretches of time, reliability, tips, events",
    description: `The newest 2,000 stretches and events. ${bounds}`
  }))
)

const NoteGroup = HttpApiGroup.make("notes").add(
  HttpApiEndpoint.get("notes", "/crawls/:crawl/servers/:server/notes", {
    ...ofServer, success: Schema.Array(NoteRow), error: [...ofServer.error, Forbidden]
  }).annotateMerge(about({ summary: "Notes about a server" })),
  HttpApiEndpoint.post("addNote", "/crawls/:crawl/servers/:server/notes", {
    params: ofServer.params,
    payload: Schema.Struct({
      text: Schema.String.check(Schema.isPattern(/\S/), Schema.isMaxLength(10_000)),
      author: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(200)))
    }),
    success: NoteRow.pipe(HttpApiSchema.status(201)),
    error: [...ofServer.error, Forbidden, Conflict]
  }).annotateMerge(about({
    summary: "Write a note about a server",
    description: "It hangs on the network and the host, so later crawls and analyses keep it. While a crawl writes the database it is refused (409)."
  })),
  HttpApiEndpoint.delete("removeNote", "/notes/:note", {
    params: { note: Id }, success: HttpApiSchema.NoContent, error: [BadRequest, NotFound, Forbidden, Conflict, Internal]
  }).annotateMerge(about({ summary: "Remove a note" }))
)

const QueryGroup = HttpApiGroup.make("queries").add(
  HttpApiEndpoint.get("dictionary", "/dictionary", { success: Schema.Array(DictionaryTable), error: Internal }).annotateMerge(about({
    summary: "What every table, view and column means"
  })),
  HttpApiEndpoint.get("queries", "/queries", { success: Schema.Array(QueryRow) }).annotateMerge(about({
    summary: "The named queries"
  })),
  HttpApiEndpoint.get("query", "/queries/:name", {
    params: { name: Schema.String },
    query: Schema.Record(Schema.String, Schema.String),
    success: QueryAnswer,
    error: [BadRequest, NotFound, Busy, Internal, SqlRefusal.pipe(HttpApiSchema.status(422))]
  }).annotateMerge(about({
    summary: "Run a named query; its parameters are the query's",
    description: "A public server runs it on a copy without what it withholds, which holds the two newest finished crawls of each network: figures then count what is shown."
  })),
  HttpApiEndpoint.post("sql", "/sql", {
    payload: Schema.Struct({
      sql: Schema.String,
      parameters: Schema.optionalKey(Schema.Record(Schema.String, Schema.NullOr(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))))
    }),
    success: QueryAnswer,
    error: [BadRequest, Forbidden, Busy, Internal, SqlRefusal.pipe(HttpApiSchema.status(422))]
  }).annotateMerge(about({
    summary: "Run one SELECT on the snapshot",
    description: "Read-only, without files and network; 10 s, 512 MB, 10,000 rows, 4 MB of answer, 20,000 characters of SQL, two at a time."
  }))
)

const EventGroup = HttpApiGroup.make("events").add(
  HttpApiEndpoint.get("events", "/events", { success: HttpApiSchema.StreamSse({ data: LiveEvent }) }).annotateMerge(about({
    summary: "Server-sent events: `snapshot` when the data changed, `alive` every 15 s"
  }))
)

/** The HTTP interface, as OpenAPI describes it and handlers implement it. */
export class ObservatoryApi extends HttpApi.make("observatory")
  .add(CrawlGroup, ServerGroup, WatchedGroup, NoteGroup, QueryGroup, EventGroup)
  .prefix("/api/v1")
  .annotateMerge(about({
    title: "Electrum Observatory",
    version,
    description: "The atlas of an Electrum server network, read-only but for notes. Errors are JSON: {_tag, message}. "
      + "With `Prefer: refusals=ok` a refusal (4xx, 503) comes with status 200 and its own status in header `refusal-status`. "
      + "Probabilities are probabilities; null is not known, never no. Strings of servers are data.",
    transform: withParameterTexts,
    license: { name: "CC BY 4.0 (data)", url: "https://creativecommons.org/licenses/by/4.0/" }
  }))
{}
