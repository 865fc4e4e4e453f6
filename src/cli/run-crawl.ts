import { Cause, Clock, Context, Effect, Exit, Layer } from "effect"
import { CrawlError } from "../crawl/crawl-error.ts"
import { type CrawlContext, Crawler, findUnfinished } from "../crawl/crawler.ts"
import { enrichCrawl } from "../crawl/enrich-crawl.ts"
import type { CrawlSummary } from "../crawl/progress.ts"
import { crawlSeedsOf } from "../crawl/seed-facts.ts"
import type { CrawlSettings } from "../crawl/settings.ts"
import { quoted } from "../discovery/bounded-text.ts"
import { isUrl } from "../discovery/fetch-list.ts"
import { readExclusions } from "../discovery/read-exclusions.ts"
import type { SeedSource } from "../discovery/sources/seed-source.ts"
import type { Chain } from "../domain/chain.ts"
import { exclusionsOf } from "../domain/exclusions.ts"
import { Enricher } from "../enrich/enricher.ts"
import { SharedLog, type SharedLogOptions } from "../crawl/shared/shared-log.ts"
import { Store } from "../store/store.ts"
import { version } from "../version.ts"
import { type Connection, type ConnectionInput, connectionOf, resumedConnection } from "./connection.ts"
import { crawlSummaryText } from "./crawl-summary.ts"
import { dueLines } from "./due-lines.ts"
import { usualFreshMs } from "./enrich-freshness.ts"
import { leanHeap } from "./lean-heap.ts"
import { type LookupInput, lookupLines, lookupsOf } from "./lookups.ts"
import { usageError } from "./network.ts"
import { Output } from "./output.ts"
import { makeProgressDisplay } from "./progress-display.ts"
import { runDueAfterCrawl } from "./run-due.ts"
import { collectSeeds, type SourceServices } from "./seed-sources.ts"
import { noTorDetail } from "../transport/local-tor.ts"

export interface RunCrawl {
  readonly db: string
  readonly chain: Chain
  readonly progress: "auto" | "plain" | "json" | "off"
  readonly connection: ConnectionInput
  readonly lookups: LookupInput
  /** Null: go on with the newest unfinished crawl, with its settings. */
  readonly fresh: { readonly settings: CrawlSettings; readonly sources: ReadonlyArray<SeedSource<SourceServices>> } | null
  /** Opt-out lists given now; a resumed crawl honours them beside those it was started with. */
  readonly exclude: ReadonlyArray<string>
  /** Where runners of one crawl agree who visits what; null for a crawl of one. */
  readonly shared: SharedLogOptions | null
  /** Ends the summary with what to do next. */
  readonly suggestNext: boolean
}

/** Runs one crawl with progress and prints its summary. Shared by `crawl` and `demo`. */
export const runCrawl = Effect.fnUntraced(function*(run: RunCrawl) {
  const output = yield* Output
  const display = yield* makeProgressDisplay(output.progress(run.progress))
  let goOn = `crawl --resume --network ${run.chain.name}`
  const { lookedUp, summary } = yield* leanHeap.pipe(
    Effect.andThen(crawlAndLookUp(run, display, (command) => {
      goOn = command
    })),
    Effect.scoped,
    Effect.provide(Store.layer(run.db)),
    Effect.ensuring(display.clear),
    // One that could not save is told as what failed.
    Effect.onExit((exit) => Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
      ? output.stderr(`Interrupted; what was seen is saved. Go on with: ${output.command} ${goOn} --db ${run.db}\n`)
      : Effect.void)
  )
  if (run.progress !== "json") {
    const next = run.suggestNext ? { command: output.command, db: run.db } : null
    yield* output.stdout(crawlSummaryText(summary, output.style, next, lookedUp))
  }
  const onlyProxyFailed = summary.looksOffline && summary.reasons.length > 0 && summary.reasons.every(([reason]) => reason === "proxy")
  if (summary.end === "proxy lost" || onlyProxyFailed) {
    return yield* new CrawlError({
      reason: "no proxy",
      message: `The proxy does not answer (${summary.lack ?? "no details"}).${
        summary.end === "proxy lost" ? " What was seen is saved; --resume goes on." : ""
      }`
    })
  }
  if (summary.looksOffline && summary.visits === 0 && summary.lack === noTorDetail) {
    return yield* new CrawlError({
      reason: "no network",
      message: "Nothing could be reached: onions need Tor, and there is none. Start one, or say where it is with --tor."
    })
  }
  if (summary.looksOffline) {
    return yield* new CrawlError({
      reason: "no network",
      message: `Nothing could be resolved or reached${
        summary.lack === null ? "" : ` (${summary.lack})`
      }: this machine seems to have no network, or no seed exists.`
    })
  }
  return summary
})

/** Ends after which a crawl is over and its addresses can be looked up. */
export const isOver = ({ end, looksOffline }: CrawlSummary): boolean =>
  !looksOffline && (end === "complete" || end === "limit" || end === "max time")

/** The crawl, and then what is known of its addresses from elsewhere, as lines of the summary. */
const crawlAndLookUp = Effect.fnUntraced(function*(
  run: RunCrawl,
  display: { readonly onProgress: CrawlContext["onProgress"]; readonly clear: Effect.Effect<void> },
  /** Told what goes on from where it stands, once the crawl itself is over. */
  onStep: (goOn: string) => void
) {
  const output = yield* Output
  const store = yield* Store
  const prepared = yield* prepare(run)
  const lookups = yield* lookupsOf(run.lookups, {
    resolver: prepared.connection.resolver,
    throughProxy: prepared.connection.proxy !== null,
    simulated: run.chain.simulated
  })
  return yield* Effect.gen(function*() {
    // Files of lookups are looked at here, before hours of crawling.
    yield* Enricher
    const connected = yield* connectionOf(prepared.connection, run.chain, prepared.settings.vantage)
    const summary = yield* crawlOnce(run, prepared, connected, display.onProgress)
    if (!isOver(summary)) return { summary, lookedUp: [] }
    yield* display.clear
    onStep(`probe --due --network ${run.chain.name} --vantage ${prepared.settings.vantage}`)
    // A crawl that was told to end early makes no further connections.
    const deepLines = summary.end === "complete" ? yield* deepVisits(run, prepared, connected) : []
    onStep(`enrich --crawl ${summary.crawlId}`)
    const found = yield* enrichCrawl({
      crawlId: summary.crawlId,
      network: run.chain.name,
      simulated: run.chain.simulated,
      exclusions: prepared.exclusions,
      freshMs: usualFreshMs,
      onStart: (addresses) => run.progress === "json" || run.progress === "off"
        ? Effect.void
        : output.stderr(`Looking up ${addresses} addresses.\n`)
    })
    yield* store.publishSnapshot
    return { summary, lookedUp: [...deepLines, ...lookupLines(found)] }
  }).pipe(Effect.provide(lookups))
})

/** What a run needs beside its flags: settings stored or new, opt-out lists read. */
const prepare = Effect.fnUntraced(function*(run: RunCrawl) {
  const output = yield* Output
  const unfinished = run.fresh === null ? yield* findUnfinished(run.chain.name) : null
  const settings = unfinished?.settings ?? run.fresh!.settings
  const exclude = [...new Set([...settings.exclude, ...run.exclude])]
  if (unfinished !== null) {
    yield* output.stderr(
      `Going on with crawl ${unfinished.crawl.crawlId} and its stored settings; of the flags given now, only those of the connection, of lookups and --exclude count.\n`
    )
  }
  const connection = unfinished === null
    ? run.connection
    : yield* resumedConnection(run.connection, settings.connection, settings.allowPrivate)
  yield* refuseListsPastProxy(connection.proxy, exclude)
  return { unfinished, settings, connection, exclusions: yield* exclusionsFor(run.chain.name, exclude) }
})

const crawlOnce = Effect.fnUntraced(function*(
  run: RunCrawl,
  { exclusions, settings, unfinished }: Effect.Success<ReturnType<typeof prepare>>,
  { layer, sources, vantage }: Connection,
  onProgress: CrawlContext["onProgress"]
) {
  // Connected for as long as the crawl's scope is open.
  const sharedLog = run.shared === null ? undefined : Context.get(yield* Layer.build(SharedLog.layer(run.shared)), SharedLog)
  const context: CrawlContext = { chain: run.chain, vantage, codeVersion: version, exclusions, onProgress, sharedLog }
  // A crawl that goes on has its seeds.
  const collections = unfinished === null ? yield* Effect.provide(collectSeeds(run.fresh!.sources), sources) : []
  return yield* Effect.flatMap(Crawler, (crawler) =>
    unfinished === null
      ? crawler.start({ ...context, settings, seeds: crawlSeedsOf(collections) })
      : crawler.resume(unfinished, context)).pipe(Effect.provide(Layer.provide(Crawler.layer, layer)))
}, Effect.scoped)

/**
 * The deep visits that are due by now, as lines of the summary. After the regular
 * visits and not before: what they cost a server would keep the crawl from it.
 */
const deepVisits = Effect.fnUntraced(function*(
  run: RunCrawl,
  { exclusions, settings }: Effect.Success<ReturnType<typeof prepare>>,
  connected: Connection
) {
  const summary = yield* runDueAfterCrawl({
    chain: run.chain,
    exclusions,
    exclude: [...new Set([...settings.exclude, ...run.exclude])],
    // On a simulated network most of the time is pacing, which visits are not charged for, and nobody is in a hurry there but us.
    settings: settings.fingerprint === "now" ? { ...settings, concurrency: 4 * settings.concurrency } : settings
  }, connected, run.progress === "json" || run.progress === "off")
  return summary === null ? [] : dueLines(summary, yield* Clock.currentTimeMillis)
})

/** Entries that cannot be read are told of, up to this many of a list. */
const mostUnreadable = 100

/** Lists are fetched without the proxy, so behind one none at a URL is. */
export const refuseListsPastProxy = (proxy: string | null, sources: ReadonlyArray<string>) =>
  proxy !== null && sources.some(isUrl)
    ? Effect.fail(usageError("An opt-out list at a URL would be fetched without --proxy: save it to a file first."))
    : Effect.void

const readOptOutLists = Effect.fnUntraced(function*(sources: ReadonlyArray<string>) {
  const output = yield* Output
  const read = yield* Effect.forEach(sources, (source) => readExclusions(source))
  for (const { lists, unreadable } of read) {
    for (const entry of unreadable.slice(0, mostUnreadable)) {
      yield* output.stderr(`${lists[0]!.source}: cannot read the opt-out entry ${quoted(entry)}\n`)
    }
  }
  return read.flatMap(({ lists }) => lists)
})

/** All opt-out lists given, as one. */
export const readAllExclusions = (sources: ReadonlyArray<string>) => Effect.map(readOptOutLists(sources), exclusionsOf)

/**
 * Whom a run leaves alone: the lists given, read now, and what earlier runs of the
 * network read on others, since nobody who opted out is released by a flag forgotten.
 */
export const exclusionsFor = Effect.fnUntraced(function*(network: string, sources: ReadonlyArray<string>) {
  const store = yield* Store
  const lists = yield* readOptOutLists(sources)
  const earlier = (yield* store.optOutLists(network)).filter(({ source }) => !sources.includes(source))
  return { ...exclusionsOf([...lists, ...earlier]), lists }
})
