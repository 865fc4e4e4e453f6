import { Clock, Context, Effect, Fiber, Layer } from "effect"
import { AnalysisStore, Database, type TableRows } from "../store/database.ts"
import type { CrawlId } from "../store/facts.ts"
import type { StoreError } from "../store/store-error.ts"
import { version } from "../version.ts"
import type { AnalysisError } from "./analysis-error.ts"
import {
  type AnalysedCrawl,
  type AnalysisTarget,
  findCrawl,
  maxAnnouncements,
  readAnnouncements,
  readEarlierGroups,
  readPresentedKeys
} from "./analysis-input.ts"
import { readBehaviourVectors } from "./behaviour/behaviour-input.ts"
import { behaviourRows } from "./behaviour/behaviour-rows.ts"
import { exposureWork, memberships } from "./exposure/analyse-exposure.ts"
import { exposureApart } from "./exposure/exposure-in-worker.ts"
import { readExposureInput, type WalletList } from "./exposure/exposure-input.ts"
import { announcedServers, type Announcement, orderedAnnouncements, reciprocity } from "./graph/announcement-graph.ts"
import { type Communities, type CommunityOptions, communityOptionsFor } from "./graph/communities.ts"
import { communitiesApart } from "./graph/communities-in-worker.ts"
import { readListers, readNamedBySources, readNamedKinds } from "./graph/graph-input.ts"
import { layoutApart } from "./graph/layout-in-worker.ts"
import { layoutRows, readLayoutInput } from "./graph/layout-input.ts"
import { placeRows, places } from "./graph/places.ts"
import { isJudgedApart, judgeApart } from "./judge-in-worker.ts"
import { operatorRows } from "./operator-rows.ts"
import type { JudgedOperators, OperatorOptions } from "./operators.ts"
import { type SharedKeyGroup, sharedKeyGroups } from "./shared-keys.ts"
import { spareHeapNow } from "./spare-heap.ts"
import { type IndicatorTable, shippedIndicators } from "./suspicion/indicator-table.ts"
import { readEvidence } from "./suspicion/read-evidence.ts"
import { relationsOf } from "./suspicion/relations.ts"
import type { Suspicion } from "./suspicion/score.ts"
import { suspicionOf } from "./suspicion/suspicion.ts"
import type { SuffixRule } from "./traits/registrable-domain.ts"
import { readServerTraits } from "./traits/read-server-traits.ts"
import type { ServerTraits } from "./traits/server-traits.ts"

/** What an analysis may be told: how communities are looked for, under which suffixes strangers have names, which servers wallets know. */
export interface AnalysisOptions extends CommunityOptions {
  /** Beside those of the Public Suffix List and of hosters that we know. */
  readonly publicSuffixes: ReadonlyArray<SuffixRule>
  /** Takes the place of the shipped table of indicators. */
  readonly indicators: IndicatorTable
  /** The list that a wallet of a network ships with; null where there is none. */
  readonly walletListOf: (network: string) => WalletList | null
}

/** What an analysis found; its tables hold the same, see README. */
export interface AnalysisResult {
  readonly crawlId: CrawlId
  readonly network: string
  readonly simulated: boolean
  /** Servers of the crawl, confirmed or not. */
  readonly servers: number
  /** Servers that announce or are announced: the nodes of the graph. */
  readonly announcedServers: number
  /** Ordered pairs of servers of which the first announces the second. */
  readonly announcements: number
  /** Share of announcements returned, among servers that name anybody; null when there are none. */
  readonly reciprocity: number | null
  /** One for each resolution; empty when there are too many announcements. */
  readonly communities: ReadonlyArray<Communities>
  /** Servers compared, pairs weighed, groups of each kind. */
  readonly operators: JudgedOperators
  /** Numbers of the operator clusters, in their order. */
  readonly clusterIds: ReadonlyArray<number>
  /** Groups of servers that share a key, the largest first: seen, not inferred. */
  readonly sharedKeys: ReadonlyArray<SharedKeyGroup>
  /** Scores of the servers that are judged, by number; independent of who runs them. */
  readonly suspicions: ReadonlyArray<Suspicion>
  /** The table they follow. */
  readonly indicators: IndicatorTable
  /** Sentences about what was not done. */
  readonly notes: ReadonlyArray<string>
}

/** A part of the work under a name of its own: traces tell how long each took. */
const stage = <A, E, R>(name: string, work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => Effect.withSpan(work, `Analysis: ${name}`)

/** Between parts: see there. Threads import no more than the function, so that they need not load all of Effect. */
const spareHeap = Effect.sync(spareHeapNow)

/** Who announces whom, until nobody needs it any more: a million announcements take 80 MB, which others need then. */
interface HeldGraph {
  announcements: ReadonlyArray<Announcement>
  /** There are so many that none was read. */
  readonly isTooLarge: boolean
}

const graphOf = (read: ReadonlyArray<Announcement> | undefined): HeldGraph =>
  ({ announcements: orderedAnnouncements(read ?? []), isTooLarge: read === undefined })

const countsOf = (announcements: ReadonlyArray<Announcement>): Pick<AnalysisResult, "announcedServers" | "announcements" | "reciprocity"> => ({
  announcedServers: announcedServers(announcements).length,
  announcements: announcements.length,
  reciprocity: reciprocity(announcements)
})

const communityTables = (
  crawl: AnalysedCrawl,
  communities: ReadonlyArray<Communities>
): ReadonlyArray<TableRows> => [
  {
    table: "community",
    crawlId: crawl.crawl_id,
    columns: ["resolution", "server_id", "community", "stability", "modularity"],
    rows: communities.flatMap(({ members, modularity, resolution }) =>
      members.map(({ community, serverId, stability }) => [resolution, serverId, community, stability, modularity])
    )
  }
]

/** Reads a crawl, finds communities and groups, and replaces what an earlier analysis of it wrote. */
export class Analysis extends Context.Service<Analysis, {
  /**
   * Analyse one crawl. Fails with `AnalysisError` when there is none to
   * analyse, with `StoreError` when the file cannot be read or written.
   */
  readonly analyze: (
    target: AnalysisTarget,
    options?: Partial<AnalysisOptions>
  ) => Effect.Effect<AnalysisResult, AnalysisError | StoreError>
}>()("electrum-observatory/Analysis") {
  static readonly layer = Layer.effect(
    Analysis,
    Effect.gen(function*() {
      const database = yield* Database
      const store = yield* AnalysisStore
      const analyze = Effect.fn("Analysis.analyze")(
        function*(target: AnalysisTarget, options?: Partial<AnalysisOptions>) {
          const crawl = yield* findCrawl(target)
          const [graph, presentedKeys] = yield* Effect.all([
            stage("read announcements", Effect.map(readAnnouncements(crawl.crawl_id), graphOf)),
            readPresentedKeys(crawl)
          ], { concurrency: 2 })
          const operatorOptions: OperatorOptions = {
            randomSeed: options?.randomSeed ?? 1,
            publicSuffixes: options?.publicSuffixes ?? [],
            simulated: crawl.simulated
          }
          const sharedKeys = sharedKeyGroups(presentedKeys)
          const drawing = Effect.gen(function*() {
            const { announcements } = graph
            const communities = graph.isTooLarge
              ? []
              : yield* stage("communities", communitiesApart(announcements, { ...communityOptionsFor(announcements.length), ...options }))
            const { input, servers } = yield* readLayoutInput(crawl, announcements, communities)
            const positions = yield* stage("layout", layoutApart(input))
            return { communities, layout: layoutRows(crawl.crawl_id, servers, positions) }
          })
          const walletList = options?.walletListOf?.(crawl.network) ?? null
          // All that needs no verdict, for the time in which another thread judges.
          const meanwhile = Effect.gen(function*() {
            // By now that thread has its copy of the traits, and after a turn nobody on the stack holds them either.
            yield* Effect.yieldNow
            yield* spareHeap
            const behaviour = yield* stage("behaviour", Effect.map(readBehaviourVectors(crawl.crawl_id), (vectors) => behaviourRows(crawl.crawl_id, vectors)))
            yield* spareHeap
            const { counts, placed } = yield* stage("places", Effect.gen(function*() {
              const { announcements } = graph
              const placed = placeRows(crawl.crawl_id, places(announcements, {
                listers: yield* readListers(crawl.crawl_id),
                kindOf: yield* readNamedKinds(crawl.crawl_id, new Set(announcements.map(({ to }) => to))),
                namedBySources: yield* readNamedBySources(crawl.crawl_id)
              }))
              return { counts: countsOf(announcements), placed }
            }))
            // Who draws has them since it began; nobody else asks for them any more.
            graph.announcements = []
            yield* spareHeap
            const exposed = yield* stage("read exposure", readExposureInput(crawl, walletList))
            const evidence = yield* stage("read evidence", readEvidence(crawl.crawl_id))
            yield* spareHeap
            return { behaviour, counts, placed, exposed, evidence }
          })
          // Traits have no name here: a large crawl's take as much memory as all else, and only the thread that judges needs them.
          const traits = stage("read traits", Effect.suspend(() => readServerTraits(crawl, graph.announcements)))
          const isApart = isJudgedApart(crawl.servers)
          const judged = (servers: ReadonlyArray<ServerTraits>) => stage("judge", judgeApart({ crawlId: crawl.crawl_id, servers, options: operatorOptions }, isApart))
          const judging = isApart
            ? Effect.flatMap(traits, (servers) => Effect.all([judged(servers), meanwhile], { concurrency: 2 }))
            // Where this thread judges itself, all is read at a time: while it does, nothing else can be begun.
            : Effect.all([Effect.flatMap(traits, judged), meanwhile], { concurrency: 2 })
          // Reading begins before communities, for which this thread may be busy for a while.
          const [[{ findings, tables: pairTables }, { behaviour, counts, evidence, exposed, placed }], { communities, layout }] = yield* Effect.all([judging, drawing], { concurrency: 2 })
          const operators = operatorRows(
            { crawlId: crawl.crawl_id, analysedAt: yield* Clock.currentTimeMillis, codeVersion: version, options: operatorOptions },
            findings,
            sharedKeys,
            yield* readEarlierGroups(crawl)
          )
          yield* spareHeap
          const indicators = options?.indicators ?? shippedIndicators
          const relations = relationsOf(findings.clusters, operators.clusterIds, findings.groups)
          const clusters = memberships(findings.clusters, operators.clusterIds)
          const simulating = stage("exposure", exposureApart(exposureWork(crawl.crawl_id, { ...exposed, clusters }, operatorOptions.randomSeed)))
          // Of a large crawl once the thread that judges has made its last table and is gone: both together take more than two gigabytes.
          const exposing = isApart ? simulating : Fiber.join(yield* Effect.forkChild(simulating, { startImmediately: true }))
          const suspicion = yield* stage("suspicion", Effect.sync(() => suspicionOf(crawl.crawl_id, evidence, relations, indicators)))
          yield* stage("write", store.replaceRows([
            ...communityTables(crawl, communities),
            ...operators.tables,
            placed,
            layout,
            behaviour,
            ...suspicion.tables
          ], [...pairTables, exposing]))
          const result: AnalysisResult = {
            crawlId: crawl.crawl_id,
            network: crawl.network,
            simulated: crawl.simulated,
            servers: crawl.servers,
            ...counts,
            communities,
            operators: findings,
            clusterIds: operators.clusterIds,
            sharedKeys,
            suspicions: suspicion.suspicions,
            indicators,
            notes: graph.isTooLarge
              ? [`More than ${maxAnnouncements.toLocaleString("en")} announcements: communities were not computed.`]
              : []
          }
          return result
        },
        Effect.provideService(Database, database),
        Effect.scoped
      )
      return Analysis.of({ analyze })
    })
  )
}
