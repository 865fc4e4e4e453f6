import { Context, Effect, FileSystem, Layer, type Option } from "effect"
import type { Chain } from "../domain/chain.ts"
import type { Endpoint } from "../domain/endpoint.ts"
import type { OptOutList } from "../domain/exclusions.ts"
import type { NotVisitedReason } from "../domain/reason.ts"
import type { FeaturesFacts, Visit } from "../domain/visit.ts"
import { archiveWith, type ArchivedCrawl, type ArchiveRequest } from "./archive/archive.ts"
import { type CoverageRecords, makeCoverageRecords } from "./coverage-records.ts"
import { closeKilled, makeCrawlRecords } from "./crawl-records.ts"
import { readJoinRows, readLedger, readResumable } from "./crawl-rows.ts"
import { tooLittleRoom } from "./disk-room.ts"
import { connect, inMemory, openForWriting } from "./duckdb.ts"
import { beginWithShipped } from "./empty-database.ts"
import { type EnrichmentRecords, makeEnrichmentRecords } from "./enrichment-records.ts"
import type { CrawlId, EndpointState, Fact, LedgerFact } from "./facts.ts"
import { Identities } from "./identities.ts"
import { type HostCost, type JoinedVisit, readHostCosts, readJoinedVisits } from "./joined-visits.ts"
import { requireFile } from "./open-database.ts"
import { readOptOutLists, saveOptOuts } from "./opt-outs.ts"
import { bringUpToDate } from "./schema.ts"
import { makeDueRecords, type DueRecords, type ProbesOf } from "./due-records.ts"
import { analysisPath, makePublisher, publishIfPossible, publishRegularly, removeLeftovers, unfinishedCopy } from "./snapshot.ts"
import { makeProbingRecords, type ProbingRecords } from "./probing-records.ts"
import { makeRandomHostRecords, type RandomHostRecords } from "./random-host-records.ts"
import { StoreError } from "./store-error.ts"
import { takeAnalysis } from "./take-analysis.ts"
import { makeWatchRecords, type WatchRecords } from "./watch-records.ts"
import { defaultWriterOptions, makeWriter, type WriterOptions } from "./writer.ts"

/** From where a crawl looks: unreached because of us is not offline. */
export interface Vantage {
  /** Free name, e.g. `home`; `--vantage`. Part of the ledger's key. */
  readonly name: string
  readonly ipv4: boolean
  readonly ipv6: boolean
  readonly tor: boolean
  readonly proxy: boolean
}

export interface CrawlStart {
  readonly kind: "crawl" | "visit" | "probe"
  readonly chain: Chain
  readonly vantage: Vantage
  /** The settings of the run, stored as JSON and returned by `resumable`. */
  readonly settings: Record<string, unknown>
  readonly codeVersion: string
  readonly startedAt: number
}

/** How a crawl ended. `running` is what a killed process leaves behind. */
export type CrawlState = "running" | "finished" | "limited" | "interrupted" | "failed" | "abandoned"

/** One endpoint as the tables of an unfinished crawl know it. */
export interface KnownEndpoint {
  readonly endpoint: Endpoint
  readonly state: EndpointState
  readonly reason: NotVisitedReason | null
  readonly detail: string | null
  /** Distinct sources that named it in this crawl. */
  readonly sources: number
  readonly namedBySeed: boolean
  /** Canonical addresses sources gave for its host. */
  readonly announcedAddresses: ReadonlyArray<string>
  /** Outcome of its visit, null before. */
  readonly outcome: Visit["outcome"] | null
  readonly visitReason: Visit["reason"]
  /** It answered `server.version`, on whatever chain. */
  readonly reachable: boolean
}

export interface ResumableCrawl {
  readonly crawlId: CrawlId
  readonly network: string
  readonly startedAt: number
  readonly settings: Record<string, unknown>
  /** In the order they became known. */
  readonly endpoints: ReadonlyArray<KnownEndpoint>
}

/** What server joining needs of each visited endpoint of a crawl. */
export interface JoinRow {
  readonly endpoint: Endpoint
  /** Null for endpoints without a visit. */
  readonly visitStartedAt: number | null
  readonly reachable: boolean
  readonly chain: string | null
  readonly address: string | null
  readonly certificateSha256: string | null
  /** Hash of the normalised features reply; null when there was none. */
  readonly featuresKey: string | null
  /** Hosts claimed in features, as written, with their ports. */
  readonly claimedHosts: FeaturesFacts["hosts"]
}

/**
 * The one writer of a database file. Facts are committed in batches in the
 * order given; the facts of one `record` call are committed together or not at
 * all. `record` suspends while too much is waiting.
 */
export class Store extends Context.Service<Store, {
  /** Begins a crawl; unfinished crawls of the same network and kind become `abandoned`. */
  readonly startCrawl: (start: CrawlStart) => Effect.Effect<CrawlId, StoreError>
  /** The newest unfinished crawl of a network with all that is needed to go on. */
  readonly resumable: (network: string) => Effect.Effect<Option.Option<ResumableCrawl>, StoreError>
  readonly record: (crawlId: CrawlId, facts: ReadonlyArray<Fact>) => Effect.Effect<void, StoreError>
  /** Returns when all that was recorded before is on disk. */
  readonly flush: Effect.Effect<void, StoreError>
  /**
   * Removes what was announced of hosts that turned out to be on the opt-out
   * list after they were stored, e.g. by the address they resolve to. They have
   * no visits; ask for `flush` before.
   */
  readonly forget: (crawlId: CrawlId, hosts: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
  /** Keeps the opt-out lists that a run read, so that public outputs honour them from then on. */
  readonly saveOptOuts: (crawlId: CrawlId, lists: ReadonlyArray<OptOutList>, at: number) => Effect.Effect<void, StoreError>
  /** The opt-out lists of a network, each as the run that read it last found it. */
  readonly optOutLists: (network: string) => Effect.Effect<ReadonlyArray<OptOutList>, StoreError>
  readonly endCrawl: (crawlId: CrawlId, state: CrawlState, at: number) => Effect.Effect<void, StoreError>
  /** The newest ledger entry of each target for a vantage. */
  readonly ledger: (vantage: string) => Effect.Effect<ReadonlyArray<Omit<LedgerFact, "_tag">>, StoreError>
  /** What visits from a vantage cost within the hour before `now`. */
  readonly hostCosts: (of: ProbesOf, now: number) => Effect.Effect<ReadonlyArray<HostCost>, StoreError>
  /** Visits of servers with several hosts, not too long before `now` (milliseconds since 1970). */
  readonly joinedVisits: (network: string, now: number) => Effect.Effect<ReadonlyArray<JoinedVisit>, StoreError>
  readonly joinRows: (crawlId: CrawlId) => Effect.Effect<ReadonlyArray<JoinRow>, StoreError>
  /** What is known about addresses from elsewhere. */
  readonly enrichment: EnrichmentRecords
  /** Random hosts to compare servers with. */
  readonly randomHosts: RandomHostRecords
  /** What lists and sources have of the servers that answered, and what is estimated from that. */
  readonly coverage: CoverageRecords
  /** Whom probes beyond a crawl ask. */
  readonly probing: ProbingRecords
  /** What is due beside regular visits. */
  readonly dueProbes: DueRecords
  /** What a watch reads, and what follows from it. */
  readonly watch: WatchRecords
  /**
   * Writes a complete, immutable copy beside the database for readers and moves it into place. All is
   * on disk then in any case; a copy that cannot be written, or for which there is no room, is logged.
   */
  readonly publishSnapshot: Effect.Effect<void, StoreError>
  /** Writes crawls that have ended to an archive and drops old ones, see `archiveWith`; what is recorded meanwhile waits. */
  readonly archive: (request: ArchiveRequest) => Effect.Effect<ReadonlyArray<ArchivedCrawl>, StoreError>
  /**
   * Has a crawl analysed on a copy of the database, which is removed afterwards, and
   * takes what was found. What is recorded meanwhile waits only while that is taken.
   */
  readonly analysedApart: <E, R>(crawlId: CrawlId, analyse: (copy: string) => Effect.Effect<void, E, R>) => Effect.Effect<void, StoreError | E, R>
}>()("electrum-observatory/Store") {
  /**
   * Opens a database file for writing, creates or migrates it, and holds it
   * until the scope ends: other processes then read its snapshots, which are
   * published every `snapshotMs` while a crawl runs. Fails with reason `locked`
   * when another process holds the file. `:memory:` is a database without file
   * and snapshots.
   */
  static readonly layer = (
    path: string,
    options?: Partial<StoreOptions>
  ): Layer.Layer<Store, StoreError, FileSystem.FileSystem> => Layer.effect(Store, makeStore(path, options))

  /** As `layer`, for a file that has to be there: fails with `not found`. */
  static readonly layerExisting = (path: string): Layer.Layer<Store, StoreError, FileSystem.FileSystem> =>
    Layer.effect(Store, Effect.andThen(requireFile(path), makeStore(path)))
}

export interface StoreOptions extends WriterOptions {
  /** Milliseconds between two snapshots of a running crawl, at least. */
  readonly snapshotMs: number
}

const makeStore = Effect.fnUntraced(function*(path: string, options?: Partial<StoreOptions>) {
  const { snapshotMs, ...writerOptions } = { ...defaultWriterOptions, snapshotMs: 10_000, ...options }
  const fs = yield* FileSystem.FileSystem
  yield* beginWithShipped(path)
  const instance = yield* openForWriting(path)
  const connection = yield* connect(instance)
  yield* bringUpToDate(connection, path)
  yield* closeKilled(connection)
  const identities = yield* Identities.load(connection)
  const writer = yield* makeWriter(connection, identities, { ...writerOptions, spare: path === inMemory ? undefined : yield* connect(instance) })
  const crawls = makeCrawlRecords(writer, identities)
  const publisher = path === inMemory ? undefined : yield* makePublisher(instance, path, writer)
  const publish = publisher === undefined ? Effect.void : Effect.andThen(writer.readyToCopy, publisher.publish)
  const noRoom = publisher === undefined ? Effect.succeed(null) : tooLittleRoom(path)
  const copied = unfinishedCopy(fs, analysisPath(path))
  if (publisher !== undefined) yield* Effect.forEach([path, analysisPath(path)], (target) => Effect.ignore(removeLeftovers(fs, target)))
  yield* Effect.forkScoped(
    publishRegularly(publish, {
      everyMs: snapshotMs,
      isDue: () => crawls.running.size > 0,
      revision: writer.revision,
      noRoom
    })
  )
  return Store.of({
    startCrawl: crawls.start,
    resumable: Effect.fn("Store.resumable")((network) => writer.exclusively((c) => readResumable(c, network))),
    record: crawls.record,
    flush: writer.flush,
    forget: crawls.forget,
    saveOptOuts: saveOptOuts(writer),
    optOutLists: Effect.fn("Store.optOutLists")((network) => writer.exclusively((c) => readOptOutLists(c, network))),
    endCrawl: crawls.end,
    ledger: Effect.fn("Store.ledger")((vantage) => writer.exclusively((c) => readLedger(c, vantage))),
    hostCosts: Effect.fn("Store.hostCosts")((of, now) => writer.exclusively((c) => readHostCosts(c, of, now))),
    joinedVisits: Effect.fn("Store.joinedVisits")((network, now) =>
      writer.exclusively((c) => readJoinedVisits(c, network, now))),
    joinRows: Effect.fn("Store.joinRows")((crawlId) => writer.reading((c) => readJoinRows(c, crawlId))),
    enrichment: makeEnrichmentRecords(writer),
    randomHosts: makeRandomHostRecords(writer),
    coverage: makeCoverageRecords(writer),
    probing: makeProbingRecords(writer),
    dueProbes: makeDueRecords(writer),
    watch: makeWatchRecords(writer),
    publishSnapshot: publishIfPossible(writer.flush, publish, noRoom),
    archive: Effect.fn("Store.archive")((request) =>
      writer.exclusively((c) => Effect.provideService(archiveWith(c, request), FileSystem.FileSystem, fs))),
    analysedApart: Effect.fn("Store.analysedApart")(function*(crawlId, analyse) {
      if (publisher === undefined) return yield* new StoreError({ reason: "cannot open", message: "A database in memory cannot be analysed by another process." })
      yield* Effect.gen(function*() {
        yield* Effect.ignore(copied.remove)
        yield* writer.readyToCopy
        yield* publisher.copyTo(copied.path)
        yield* analyse(copied.path)
        yield* writer.exclusively((c) => takeAnalysis(c, copied.path, crawlId))
      }).pipe(Effect.ensuring(Effect.ignore(copied.remove)))
    })
  })
})
