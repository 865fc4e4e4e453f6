import { Clock, Effect, type FileSystem, Layer, Option } from "effect"
import { Command, Flag } from "effect/cli"
import type { HttpClient } from "effect/http"
import type { ChildProcessSpawner } from "effect/process"
import { CrawlError } from "../crawl/crawl-error.ts"
import { Crawler } from "../crawl/crawler.ts"
import type { CrawlSummary } from "../crawl/progress.ts"
import type { SharedPoliteness } from "../crawl/politeness.ts"
import { takeSnapshot } from "../crawl/snapshot-run.ts"
import { defaultSnapshotSettings } from "../crawl/snapshot-settings.ts"
import { enrichCrawl } from "../crawl/enrich-crawl.ts"
import { crawlSeedsOf } from "../crawl/seed-facts.ts"
import { isElsewhere } from "../discovery/fetch-list.ts"
import { Enricher } from "../enrich/enricher.ts"
import { Store } from "../store/store.ts"
import { StoreError } from "../store/store-error.ts"
import { version } from "../version.ts"
import { parseNameServer } from "../transport/name-server.ts"
import { isLoopbackOnly } from "../transport/address-policy.ts"
import { alertOf, pendingFor, sendAlert } from "../watch/alerts.ts"
import { serveMetrics } from "../watch/metrics-server.ts"
import { defaultHoldRules, defaultRevisitRules } from "../watch/schedule.ts"
import { defaultWatchTimes, type WatchSettings } from "../watch/settings.ts"
import { Watcher } from "../watch/watcher.ts"
import { analyzeApart } from "./analyze-apart.ts"
import { archiveLines, openArchive } from "./archive.ts"
import { connectionOf } from "./connection.ts"
import { crawlSettingsOf } from "./crawl-settings.ts"
import { archiveFlag, connectionFlags, crawlFlags, db, duration, fingerprintFlag, identityFlags, lookupFlags, networkFlags, notNegative } from "./flags.ts"
import { usualFreshMs } from "./enrich-freshness.ts"
import { leanHeap } from "./lean-heap.ts"
import { loggedOutput } from "./log-format.ts"
import { lookupsOf } from "./lookups.ts"
import { chosenChain, usageError } from "./network.ts"
import { integer, nullable, number, text, toggle } from "./option.ts"
import { Output } from "./output.ts"
import { exclusionsFor, refuseListsPastProxy } from "./run-crawl.ts"
import { runDueAfterCrawl } from "./run-due.ts"
import { collectSeeds, seedSourcesOf, sourceFlags } from "./seed-sources.ts"

/** Readers of a watch are served a copy so often, in milliseconds. */
const snapshotMs = 60_000

const { allEndpoints, concurrency, exclude, maxEndpoints, maxTime, peerRounds, rate } = crawlFlags

/** Reads `HOST:PORT`. */
const listeningAt = Effect.fnUntraced(function*(input: string | null) {
  if (input === null) return null
  const server = parseNameServer(input)
  if (typeof server === "string") return yield* usageError(`--metrics ${input}: ${server}.`)
  return { host: server.address, port: server.port }
})

export const watchCommand = Command.make("watch", {
  db,
  ...networkFlags,
  ...sourceFlags,
  maxTime,
  maxEndpoints,
  concurrency,
  rate,
  peerRounds,
  allEndpoints,
  exclude,
  ...connectionFlags,
  ...identityFlags,
  ...lookupFlags,
  fingerprint: fingerprintFlag,
  revisitEvery: duration("revisit-every", "Between two looks at a server that answers, at the least; default 15m, which is the least on a real network").pipe(
    Flag.withDefault(defaultRevisitRules.everyMs)
  ),
  sentinels: notNegative(integer("sentinels", "Servers to which a connection is held instead, which subscribes to headers (default 0).")).pipe(
    Flag.withMetavar("N"),
    Flag.withDefault(0)
  ),
  crawlEvery: duration("crawl-every", "From one crawl for new servers to the next; default 24h").pipe(Flag.withDefault(defaultWatchTimes.crawlEveryMs)),
  analyze: toggle("analyze", "Analyse each crawl once it is over, in a process of its own: verdicts stay current, and looks are not late (default on).", true),
  archive: archiveFlag,
  dropOlderThan: nullable(duration(
    "drop-older-than",
    "With --archive: drop crawls from the database that ended so long ago and are in the archive, intact; 96h at the least",
    { time: "96h", because: "events are worked out anew from the last days" }
  )),
  snapshotEvery: nullable(duration("snapshot-every", "Take an aligned snapshot at every multiple of this time of the day")),
  metrics: nullable(text("metrics", "Serve /metrics (Prometheus) and /health there; neither names a server.").pipe(Flag.withMetavar("HOST:PORT"))),
  alertWebhook: nullable(text("alert-webhook", "Send what happens to servers there, as JSON by POST.").pipe(Flag.withMetavar("URL"))),
  alertCommand: nullable(text("alert-command", "Start this program, without arguments, with the same JSON on its standard input.").pipe(Flag.withMetavar("PROGRAM"))),
  timeScale: Flag.filter(
    number("time-scale", "Simulated networks only: intervals and stamps pass so many times as fast; timeouts stay real (default 1)."),
    (value) => value >= 1 && value <= 10_000,
    (value) => `a number from 1 to 10000, not ${value}`
  ).pipe(Flag.withMetavar("X"), Flag.withDefault(1))
}, Effect.fn("watch")(function*(input) {
  const output = yield* loggedOutput
  const chain = yield* chosenChain(input)
  if (input.timeScale !== 1 && !chain.simulated) {
    return yield* usageError(`--time-scale is for simulated networks: ${chain.name} is none.`)
  }
  if (input.dropOlderThan !== null && input.archive === null) return yield* usageError("--drop-older-than needs --archive: nothing is dropped that is not archived.")
  if (!chain.simulated && input.revisitEvery < defaultRevisitRules.everyMs) {
    return yield* usageError("--revisit-every: servers of a real network are looked at every quarter of an hour at the soonest.")
  }
  yield* refuseListsPastProxy(input.proxy, input.exclude)
  const sources = yield* seedSourcesOf(chain, input)
  const metricsAt = yield* listeningAt(input.metrics)
  const targets = { webhook: input.alertWebhook, command: input.alertCommand }
  if (targets.webhook !== null && !/^https?:\/\//i.test(targets.webhook)) return yield* usageError(`--alert-webhook ${targets.webhook}: no http or https address.`)
  const leaves = targets.webhook !== null && isElsewhere(targets.webhook)
  if (leaves && isLoopbackOnly(process.env["OBSERVATORY_LOOPBACK_ONLY"])) {
    return yield* usageError("OBSERVATORY_LOOPBACK_ONLY is set, so no webhook elsewhere is contacted.")
  }
  if (leaves && input.proxy !== null) {
    return yield* usageError("An alert to a webhook would go without --proxy: use --alert-command.")
  }
  const settings: WatchSettings = {
    crawl: crawlSettingsOf(chain, input),
    ...defaultWatchTimes,
    crawlEveryMs: input.crawlEvery,
    revisit: { ...defaultRevisitRules, everyMs: input.revisitEvery },
    hold: defaultHoldRules,
    sentinels: input.sentinels,
    snapshotEveryMs: input.snapshotEvery,
    timeScale: input.timeScale
  }
  const { clientName, rate } = settings.crawl

  if (input.archive !== null) yield* openArchive(input.archive)
  const readers = yield* Effect.context<FileSystem.FileSystem | HttpClient.HttpClient | ChildProcessSpawner.ChildProcessSpawner>()

  const watch = Effect.gen(function*() {
    yield* leanHeap
    const connected = yield* connectionOf(input, chain, input.vantage)
    const lookups = yield* lookupsOf(input, { resolver: input.resolver, throughProxy: input.proxy !== null, simulated: chain.simulated })
    const exclusions = yield* exclusionsFor(chain.name, input.exclude)
    return yield* Effect.gen(function*() {
      const store = yield* Store
      const enricher = yield* Enricher
      const afterCrawl = Effect.fnUntraced(function*({ crawlId, end }: CrawlSummary, { ledger }: SharedPoliteness) {
        if (end !== "complete") return
        yield* runDueAfterCrawl({ chain, settings: settings.crawl, exclusions, exclude: input.exclude, ledger }, connected, true)
        yield* enrichCrawl({
          crawlId, network: chain.name, simulated: chain.simulated, exclusions, freshMs: usualFreshMs, onStart: () => Effect.void
        }).pipe(Effect.provideService(Enricher, enricher))
        if (input.archive !== null) {
          // A bucket that is away for a while ends no watch: what is not archived is not dropped, and the next crawl tries again.
          yield* store.archive({ archive: input.archive, crawlId: null, dropOlderThanMs: input.dropOlderThan }).pipe(Effect.matchEffect({
            onFailure: ({ message }) => Effect.logWarning(`not archived, and tried again after the next crawl: ${message}`),
            onSuccess: (done) => output.stderr(archiveLines(done))
          }))
        }
      }, Effect.provideService(Store, store), Effect.provideService(Output, output), Effect.catchIf(
        (error) => !(error instanceof StoreError),
        (error) => Effect.logWarning(`after a crawl: ${String(error)}`)
      ))
      return yield* Effect.flatMap(Watcher, (watcher) => watcher.run({
        chain,
        vantage: connected.vantage,
        vantageNow: connected.vantageNow,
        codeVersion: version,
        settings,
        exclusions,
        seeds: Effect.map(collectSeeds(sources), crawlSeedsOf).pipe(
          Effect.provide(connected.sources), Effect.provideContext(readers), Effect.provideService(Output, output)
        ),
        afterCrawl,
        analyse: (crawlId) => input.analyze
          ? analyzeApart(crawlId).pipe(Effect.provideService(Store, store), Effect.provideContext(readers))
          : Effect.void,
        snapshot: ({ ledger }) => takeSnapshot({
          chain,
          vantage: connected.vantage,
          codeVersion: version,
          exclusions,
          ledger,
          settings: { ...defaultSnapshotSettings, rate, clientName },
          onNote: (note) => output.stderr(`${note}\n`)
        }).pipe(
          Effect.provide(connected.layer),
          Effect.provideService(Store, store),
          Effect.catchTag("CrawlError", (error) => Effect.logWarning(`no snapshot: ${error.message}`)),
          Effect.asVoid
        ),
        onNote: (note) => output.stderr(`${note}\n`),
        alertsOf: (news, at) => pendingFor(targets, alertOf(news, { network: chain.name, simulated: chain.simulated, vantage: input.vantage }, at)),
        send: (alert) => sendAlert(targets, alert).pipe(Effect.provideContext(readers)),
        serve: (health) => metricsAt === null ? Effect.never : serveMetrics(metricsAt, health).pipe(
          Effect.mapError((error) => new CrawlError({ reason: "cannot listen", message: `--metrics ${input.metrics}: ${error.cause instanceof Error ? error.cause.message : String(error)}` }))
        )
      })).pipe(Effect.provide(Watcher.layer.pipe(
        Layer.provide(Layer.provideMerge(Crawler.layer, connected.layer))
      )))
    }).pipe(Effect.provide(lookups))
  }).pipe(Effect.scoped, Effect.provide(Store.layer(input.db, { snapshotMs })))

  const startedAt = yield* Clock.currentTimeMillis
  const ended = yield* input.maxTime === null
    ? Effect.asSome(watch)
    : Effect.timeoutOption(watch, Math.ceil(input.maxTime / input.timeScale))
  if (Option.isNone(ended)) {
    const seconds = Math.round(((yield* Clock.currentTimeMillis) - startedAt) / 1000)
    yield* output.stderr(`Watched for ${seconds} s; all is saved in ${input.db}.\n`)
  }
})).pipe(
  Command.withDescription(
    "Watches a network for as long as it runs: a crawl a day, and again and again whether each server still answers, or a held connection to it."
  ),
  Command.withExamples([
    { command: "observatory watch --contact https://example.org/about", description: "Crawl once a day, look at every server every quarter of an hour" },
    { command: "observatory watch --sentinels 300", description: "Hold a connection to up to 300 servers, which shows restarts and when new blocks come" }
  ])
)
