import { Cache, Context, Duration, Effect, Exit, Layer } from "effect"
import type { AnalysisError } from "../analysis/analysis-error.ts"
import { readOperatorClusters } from "../analysis/exposure/cluster-input.ts"
import { readRun } from "../analysis/verdict-reader.ts"
import { Database } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import { AtlasError, atlasError } from "./atlas-error.ts"
import { graphHeadOf } from "./graph-head.ts"
import { methodology } from "./methodology.ts"
import { overviewOf } from "./overview.ts"
import { publicAtlas, publicCrawl } from "./public-atlas.ts"
import { hiddenHosts } from "./public-rows.ts"
import { readClusterDetail } from "./read-cluster-detail.ts"
import { readClusters } from "./read-clusters.ts"
import { latestOf, readCrawls } from "./read-crawls.ts"
import { readDictionary } from "./read-dictionary.ts"
import { readAnnouncements } from "./read-edges.ts"
import { readExposure } from "./read-exposure.ts"
import { readFields } from "./read-fields.ts"
import { readLayout } from "./read-layout.ts"
import { analysedCrawl, readPairDetail } from "./read-pair.ts"
import { readExpectedFalse, readMainOfOneStart, readStatedCoverage } from "./read-run.ts"
import { readServerDetail } from "./read-server-detail.ts"
import { readServers } from "./read-servers.ts"
import { readSuspicion } from "./read-suspicion.ts"
import { readWithholding } from "./read-withholding.ts"
import type { ClusterDetail, ClusterRow } from "./shapes/cluster.ts"
import type { CrawlRow } from "./shapes/crawl.ts"
import type { DictionaryTable } from "./shapes/dictionary.ts"
import type { PairDetail } from "./shapes/evidence.ts"
import type { ExposurePage } from "./shapes/exposure.ts"
import type { GraphEdges } from "./shapes/graph-bytes.ts"
import type { GraphHead } from "./shapes/graph.ts"
import type { Overview } from "./shapes/overview.ts"
import type { ServerDetail } from "./shapes/server-detail.ts"
import type { ServerRow } from "./shapes/server-row.ts"
import type { SuspicionPage } from "./shapes/suspicion.ts"
import type { Texts } from "./shapes/text.ts"
import type { HappenedPage, LatenessPage, WatchedPage, WatchedServer } from "./shapes/watched.ts"
import { type WatchedWindow, watchedWindows } from "./shapes/watched-words.ts"
import { type TextInput, threatModel } from "./threat-model.ts"
import { readHappenedPage, readLatenessPage, readWatchedPage, readWatchedServer } from "./watched/read-watched.ts"
import type { HasOptedOut } from "./withholding.ts"

/** Which crawl: its number, or `latest`: the newest finished one, and before any has finished the newest. */
export type CrawlRef = number | "latest"

/** An answer, or why there is none; of a crawl that is not there `no such crawl`. */
type Answer<A> = Effect.Effect<A, AtlasError>

/** All that is shown of one database, in the shapes of `shapes/`. */
export interface AtlasService {
  /** Newest first. */
  readonly crawls: Answer<ReadonlyArray<CrawlRow>>
  readonly crawl: (ref: CrawlRef) => Answer<CrawlRow>
  readonly overview: (crawlId: number) => Answer<Overview>
  /** All servers of a crawl; `matcher` of `shapes/server-filter.ts` narrows them. */
  readonly servers: (crawlId: number) => Answer<ReadonlyArray<ServerRow>>
  readonly server: (crawlId: number, serverId: number) => Answer<ServerDetail>
  readonly pair: (crawlId: number, a: number, b: number) => Answer<PairDetail>
  readonly clusters: (crawlId: number) => Answer<ReadonlyArray<ClusterRow>>
  readonly cluster: (crawlId: number, clusterId: number) => Answer<ClusterDetail>
  readonly suspicion: (crawlId: number) => Answer<SuspicionPage>
  readonly exposure: (crawlId: number) => Answer<ExposurePage>
  readonly graphHead: (crawlId: number) => Answer<GraphHead>
  /** Nodes are numbered as in `graphHead`. */
  readonly graphEdges: (crawlId: number) => Answer<GraphEdges>
  readonly texts: (crawlId: number) => Answer<Texts>
  /** When watched servers were up; of a network that nobody watched without rows, as the next three. */
  readonly watched: (crawlId: number, window: WatchedWindow) => Answer<WatchedPage>
  readonly happened: (crawlId: number, window: WatchedWindow) => Answer<HappenedPage>
  readonly lateness: (crawlId: number, window: WatchedWindow) => Answer<LatenessPage>
  readonly watchedServer: (crawlId: number, serverId: number, window: WatchedWindow) => Answer<WatchedServer>
  readonly dictionary: Answer<ReadonlyArray<DictionaryTable>>
}

/** Crawls of which what was read is kept. */
const keptCrawls = 4

/** Servers of a crawl whose metadata are read one by one; from there on reading all of them is quicker. */
const fewServers = 3

/** Servers of a crawl whose metadata are kept in memory at the most: some 5 kB each. */
const manyServers = 3_000

/** Keeps what was read of a crawl; what failed is read again. */
const kept = <A>(read: (crawlId: number) => Effect.Effect<A, AnalysisError | AtlasError | StoreError, Database>) =>
  Effect.map(
    Cache.makeWith((crawlId: number) => Effect.mapError(read(crawlId), atlasError), {
      capacity: keptCrawls,
      timeToLive: (exit) => Exit.isSuccess(exit) ? Duration.infinity : Duration.zero
    }),
    (cache) => (crawlId: number) => Cache.get(cache, crawlId)
  )

/** Keeps what was read of a crawl and a window of its watched time. */
const keptWindows = <A>(read: (crawlId: number, window: WatchedWindow) => Effect.Effect<A, AnalysisError | AtlasError | StoreError, Database>) =>
  Effect.map(
    Effect.forEach(watchedWindows, (window) => Effect.map(kept((crawlId) => read(crawlId, window)), (ask) => [window, ask] as const)),
    (asks) => {
      const byWindow = new Map(asks)
      return (crawlId: number, window: WatchedWindow) => byWindow.get(window)!(crawlId)
    }
  )

/** The atlas of a database, and what its public view is made of. */
const makeAtlas = Effect.gen(function*() {
  const database = yield* Database
  const given = <A>(read: Effect.Effect<A, AnalysisError | AtlasError | StoreError, Database>): Answer<A> =>
    Effect.provideService(Effect.mapError(read, atlasError), Database, database)
  const crawlRows = yield* Effect.map(kept(() => readCrawls()), (read) => read(0))
  const crawlOf = Effect.fnUntraced(function*(ref: CrawlRef) {
    const crawls = yield* crawlRows
    const crawl = ref === "latest" ? latestOf(crawls) : crawls.find(({ crawlId }) => crawlId === ref)
    return crawl ?? (yield* new AtlasError({
      reason: "no such crawl",
      message: ref === "latest" ? "The database has no crawl yet." : `There is no crawl ${ref} in the database.`
    }))
  })
  /** The crawl, if it was analysed. */
  const analysed = Effect.fnUntraced(function*(crawlId: number) {
    const crawl = yield* crawlOf(crawlId)
    if (crawl.analysedAt !== null) return crawl
    return yield* new AtlasError({ reason: "not analysed", message: `Crawl ${crawlId} has not been analysed: run \`observatory analyze\`.` })
  })
  const announcements = yield* kept(readAnnouncements)
  const servers = yield* kept(Effect.fnUntraced(function*(crawlId: number) {
    return yield* readServers(crawlId, yield* announcements(crawlId))
  }))
  const serversById = yield* kept((crawlId: number) =>
    Effect.map(servers(crawlId), (rows) => new Map(rows.map((row) => [row.serverId, row]))))
  const serverOf = Effect.fnUntraced(function*({ crawlId }: CrawlRow, serverId: number) {
    const server = (yield* serversById(crawlId)).get(serverId)
    if (server !== undefined) return server
    return yield* new AtlasError({ reason: "no such server", message: `Crawl ${crawlId} has no server ${serverId}.` })
  })
  const allFields = yield* kept((crawlId) => readFields(crawlId, null))
  const lookedAt = new Map<number, number>()
  /** Of one server while few are looked at, else of all at once, where they fit into memory. */
  const fieldsFor = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
    const times = (lookedAt.get(crawlId) ?? 0) + 1
    lookedAt.set(crawlId, times)
    if (times <= fewServers || (yield* servers(crawlId)).length > manyServers) return yield* readFields(crawlId, serverId)
    return yield* allFields(crawlId).pipe(Effect.catch(() => {
      lookedAt.set(crawlId, Number.NEGATIVE_INFINITY)
      return readFields(crawlId, serverId)
    }))
  })
  const clusters = yield* kept(Effect.fnUntraced(function*(crawlId: number) {
    return yield* readClusters(crawlId, yield* serversById(crawlId))
  }))
  const overview = yield* kept(Effect.fnUntraced(function*(crawlId: number) {
    return overviewOf({
      crawl: yield* crawlOf(crawlId),
      servers: yield* servers(crawlId),
      clusters: yield* clusters(crawlId),
      memberships: yield* readOperatorClusters(crawlId),
      expectedFalseGroups: yield* readExpectedFalse(crawlId),
      mainOfOneStart: yield* readMainOfOneStart(crawlId),
      statedCoverage: yield* readStatedCoverage(crawlId)
    })
  }))
  const graphHead = yield* kept(Effect.fnUntraced(function*(crawlId: number) {
    const found = yield* announcements(crawlId)
    const communities = new Map((yield* servers(crawlId)).map(({ communityId, serverId }) => [serverId, communityId]))
    return graphHeadOf(yield* crawlOf(crawlId), found, found.servers.map((server) => communities.get(server) ?? null), yield* readLayout(crawlId, found.servers))
  }))
  const suspicion = yield* kept(Effect.fnUntraced(function*(crawlId: number) {
    return yield* readSuspicion(yield* analysed(crawlId), yield* serversById(crawlId))
  }))
  const exposure = yield* kept((crawlId: number) => Effect.andThen(analysed(crawlId), readExposure(crawlId)))
  const texts = yield* kept(Effect.fnUntraced(function*(crawlId: number) {
    const crawl = yield* crawlOf(crawlId)
    const isAnalysed = crawl.analysedAt !== null
    const input: TextInput = {
      crawl,
      overview: yield* overview(crawlId),
      servers: yield* servers(crawlId),
      clusters: (yield* clusters(crawlId)).map(({ row }) => row),
      suspicion: isAnalysed ? yield* suspicion(crawlId) : null,
      exposure: isAnalysed ? yield* exposure(crawlId) : null,
      run: isAnalysed ? yield* readRun(analysedCrawl(crawl)) : null
    }
    const answer: Texts = { crawlId, threatModel: threatModel(input), methodology: methodology(input) }
    return answer
  }))
  const watched = yield* keptWindows(Effect.fnUntraced(function*(crawlId, window) {
    return yield* readWatchedPage(yield* crawlOf(crawlId), yield* servers(crawlId), window)
  }))
  const happened = yield* keptWindows(Effect.fnUntraced(function*(crawlId, window) {
    return yield* readHappenedPage(yield* crawlOf(crawlId), yield* serversById(crawlId), window)
  }))
  const lateness = yield* keptWindows(Effect.fnUntraced(function*(crawlId, window) {
    return yield* readLatenessPage(yield* crawlOf(crawlId), yield* servers(crawlId), window)
  }))
  const dictionary = yield* kept(() => readDictionary)
  /** A method of one crawl, with the database given. */
  const of = <A>(name: string, read: (crawl: CrawlRow) => Effect.Effect<A, AtlasError, Database>) =>
    Effect.fn(`Atlas.${name}`)((crawlId: number) => given(Effect.flatMap(crawlOf(crawlId), read)))
  const atlas: AtlasService = {
    server: Effect.fn("Atlas.server")((crawlId: number, serverId: number) => given(Effect.gen(function*() {
      const crawl = yield* crawlOf(crawlId)
      return yield* readServerDetail(crawlId, yield* serverOf(crawl, serverId), yield* serversById(crawlId), yield* fieldsFor(crawlId, serverId))
    }))),
    pair: Effect.fn("Atlas.pair")((crawlId: number, a: number, b: number) => given(Effect.gen(function*() {
      const crawl = yield* crawlOf(crawlId)
      return yield* readPairDetail(crawl, yield* serverOf(crawl, a), yield* serverOf(crawl, b))
    }))),
    cluster: Effect.fn("Atlas.cluster")((crawlId: number, clusterId: number) => given(Effect.gen(function*() {
      const crawl = yield* analysed(crawlId)
      const cluster = (yield* clusters(crawlId)).find(({ row }) => row.clusterId === clusterId)
      if (cluster === undefined) {
        return yield* new AtlasError({ reason: "no such cluster", message: `Crawl ${crawlId} has no group ${clusterId}.` })
      }
      return yield* readClusterDetail(crawl, cluster)
    }))),
    watched: Effect.fn("Atlas.watched")((crawlId: number, window: WatchedWindow) => given(Effect.andThen(crawlOf(crawlId), watched(crawlId, window)))),
    happened: Effect.fn("Atlas.happened")((crawlId: number, window: WatchedWindow) => given(Effect.andThen(crawlOf(crawlId), happened(crawlId, window)))),
    lateness: Effect.fn("Atlas.lateness")((crawlId: number, window: WatchedWindow) => given(Effect.andThen(crawlOf(crawlId), lateness(crawlId, window)))),
    watchedServer: Effect.fn("Atlas.watchedServer")((crawlId: number, serverId: number, window: WatchedWindow) => given(Effect.gen(function*() {
      const crawl = yield* crawlOf(crawlId)
      yield* serverOf(crawl, serverId)
      return yield* readWatchedServer(crawl, serverId, window, yield* lateness(crawlId, window))
    }))),
    suspicion: of("suspicion", ({ crawlId }) => suspicion(crawlId)),
    exposure: of("exposure", ({ crawlId }) => exposure(crawlId)),
    texts: of("texts", ({ crawlId }) => texts(crawlId)),
    dictionary: given(Effect.suspend(() => dictionary(0))),
    crawls: given(crawlRows),
    crawl: Effect.fn("Atlas.crawl")((ref: CrawlRef) => given(crawlOf(ref))),
    overview: of("overview", ({ crawlId }) => overview(crawlId)),
    servers: of("servers", ({ crawlId }) => servers(crawlId)),
    clusters: of("clusters", ({ crawlId }) => Effect.map(clusters(crawlId), (known) => known.map(({ row }) => row))),
    graphHead: of("graphHead", ({ crawlId }) => graphHead(crawlId)),
    graphEdges: of("graphEdges", ({ crawlId }) => Effect.map(announcements(crawlId), ({ edges }) => edges))
  }
  const shownOf = (hasOptedOut: HasOptedOut) =>
    Effect.map(
      kept(Effect.fnUntraced(function*(crawlId: number) {
        const { simulated } = yield* crawlOf(crawlId)
        const withholding = yield* readWithholding(crawlId, simulated, hasOptedOut)
        const all = yield* servers(crawlId)
        const hidden = hiddenHosts(all, withholding)
        // What the hidden hosts of a server showed is nowhere in what is said of it.
        const rows = hidden.length === 0 ? all : yield* readServers(crawlId, yield* announcements(crawlId), hidden)
        return publicCrawl(rows, yield* clusters(crawlId), withholding)
      })),
      (read) => (crawlId: number) => given(Effect.andThen(crawlOf(crawlId), read(crawlId)))
    )
  return { atlas, shownOf }
})

/** What may be shown of the two newest finished crawls of each network, or of its newest where none is finished. */
export const readPublicCrawls = Effect.fnUntraced(function*(hasOptedOut: HasOptedOut) {
  const { atlas, shownOf } = yield* makeAtlas
  const shown = yield* shownOf(hasOptedOut)
  const byNetwork = Map.groupBy(yield* atlas.crawls, ({ network }) => network)
  const wanted = [...byNetwork.values()].flatMap((crawls) => {
    const finished = crawls.filter(({ state }) => state === "finished" || state === "limited")
    return finished.length === 0 ? crawls.slice(0, 1) : finished.slice(0, 2)
  })
  return yield* Effect.forEach(wanted, ({ crawlId }) => Effect.map(shown(crawlId), (shown) => ({ crawlId, shown })))
})

/**
 * One database as it is shown: read by API, report and exports. A database
 * that is opened to be read does not change, so what was read of a crawl is kept;
 * who wants to see newer rows opens it anew.
 */
export class Atlas extends Context.Service<Atlas, AtlasService>()("electrum-observatory/Atlas") {
  /** Everything, for the owner of the database. */
  static readonly layer: Layer.Layer<Atlas, never, Database> = Layer.effect(Atlas, Effect.map(makeAtlas, ({ atlas }) => atlas))

  /**
   * What may be published, see `withholding.ts`. Opt-out lists that runs of the
   * network stored are honoured; callers say who opted out beyond them.
   */
  static readonly publicLayerFor = (hasOptedOut: HasOptedOut): Layer.Layer<Atlas, never, Database> =>
    Layer.effect(Atlas, Effect.gen(function*() {
      const { atlas, shownOf } = yield* makeAtlas
      return publicAtlas(atlas, yield* shownOf(hasOptedOut))
    }))

  /** What may be published where nobody opted out since the lists were read. */
  static readonly publicLayer: Layer.Layer<Atlas, never, Database> = Atlas.publicLayerFor(() => false)
}
