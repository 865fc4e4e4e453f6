import { Cause, Clock, Context, Effect, FiberMap, Layer, Option, Random, Semaphore } from "effect"
import type { CrawlError } from "../crawl/crawl-error.ts"
import { type CrawlContext, Crawler, findUnfinished } from "../crawl/crawler.ts"
import { openLedger } from "../crawl/open-ledger.ts"
import { Politeness, type SharedPoliteness } from "../crawl/politeness.ts"
import type { CrawlSummary } from "../crawl/progress.ts"
import type { CrawlSeeds } from "../crawl/seed-facts.ts"
import type { Exclusions } from "../domain/exclusions.ts"
import type { Chain } from "../domain/chain.ts"
import { endpointKey } from "../domain/endpoint.ts"
import type { PendingAlert, WatchEvent } from "../domain/watch.ts"
import type { ByteBudget } from "../electrum/byte-budget.ts"
import type { Fact } from "../store/facts.ts"
import { Store, type Vantage } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import type { Dialer } from "../transport/dialer.ts"
import { derive } from "./derive.ts"
import { Line } from "./line.ts"
import { revisit } from "./revisits.ts"
import { sentinel } from "./sentinel.ts"
import type { WatchSettings } from "./settings.ts"
import { realTime, scaledClock, sleepUntil, type TimeScale } from "./time-scale.ts"
import type { WatchContext } from "./watch-context.ts"
import { countFacts, countStandings, healthOf, SeenEvents, type WatchHealth } from "./watch-metrics.ts"
import { anyAnswered, askAnew, isGone, newWatched, restoredWatched, type Watched } from "./watch-state.ts"

/** What a watch needs beside its settings. */
export interface Watch {
  readonly chain: Chain
  readonly vantage: Vantage
  /** What can be reached from there now. */
  readonly vantageNow: Effect.Effect<Vantage>
  readonly codeVersion: string
  readonly settings: WatchSettings
  readonly exclusions: Exclusions
  /** What crawls begin with, read anew for each. */
  readonly seeds: Effect.Effect<CrawlSeeds>
  /** What follows a crawl that is over: looking up addresses, deep visits. */
  readonly afterCrawl: (summary: CrawlSummary, shared: SharedPoliteness) => Effect.Effect<void, StoreError>
  /** Analyses a crawl; the watch goes on meanwhile. */
  readonly analyse: (crawlId: number) => Effect.Effect<void>
  /** Takes an aligned snapshot. */
  readonly snapshot: (shared: SharedPoliteness) => Effect.Effect<void, StoreError>
  /** Told what happens, a sentence at a time. */
  readonly onNote: (note: string) => Effect.Effect<void>
  /** What is to be sent of events that were not known before, by the time of the stamps. */
  readonly alertsOf: (news: ReadonlyArray<WatchEvent>, at: number) => ReadonlyArray<PendingAlert>
  /** Sends it, and says whether it was taken. */
  readonly send: (alert: PendingAlert) => Effect.Effect<boolean>
  /** Tells others how it goes, for as long as it runs. */
  readonly serve: (health: Effect.Effect<WatchHealth>) => Effect.Effect<never, CrawlError>
}

/** How time passes in this run: as in the one it goes on from, if that had the same scale. */
const timeOf = (scale: number, now: number, latest: { readonly anchor: number; readonly timeScale: number } | null): TimeScale =>
  scale === 1 ? realTime : { anchor: latest?.timeScale === scale ? latest.anchor : now, scale }

/** By how much stamps of what happens at once may differ: a minute, and with a time scale what a quarter of a second of a busy machine makes. */
const slackMs = (scale: number): number => 60_000 + (scale === 1 ? 0 : 250 * scale)

/** A crawl that could not be made, or did not finish, is tried again so much later: milliseconds of the stamps. */
const crawlAgainMs = 5 * 60_000

/** Of stored events those are read that can still be worked out anew: of two days, and some hours of a clock that was set. */
const storedEventsMs = 3 * 24 * 3_600_000

/** Key of the fiber that analyses; no endpoint's. */
const analysing = "analysis"

/** A derivation reads days of looks: with a time scale it is not made oftener than so often, in milliseconds of the clock. */
const leastDeriveMs = 5_000

/**
 * Watches a network until it is interrupted: crawls it once a day, asks each server
 * again and again whether it answers, or holds a connection to it, and works out
 * what happened. Looks and crawls take turns by one politeness, and whatever it
 * connects for is booked in one ledger.
 * Interrupted, it says goodbye, stores all, and can go on any time; so it can after
 * it was killed, from what was stored.
 */
export class Watcher extends Context.Service<Watcher, {
  readonly run: (watch: Watch) => Effect.Effect<never, StoreError | CrawlError>
}>()("electrum-observatory/Watcher") {
  static readonly layer: Layer.Layer<Watcher, never, Store | Dialer | ByteBudget | Crawler> = Layer.effect(
    Watcher,
    Effect.gen(function*() {
      const services = yield* Effect.context<Store | Dialer | ByteBudget | Crawler>()
      const run = Effect.fn("Watcher.run")(function*(watch: Watch) {
        const beneath = yield* Clock.Clock
        const store = yield* Store
        const of = { network: watch.chain.name, vantage: watch.vantage.name }
        const scale = watch.settings.timeScale
        const latest = yield* store.watch.latestRun(of)
        const time = timeOf(scale, beneath.currentTimeMillisUnsafe(), latest)
        return yield* running(watch, time, latest !== null).pipe(Effect.provideService(Clock.Clock, scaledClock(beneath, time)))
      })
      return Watcher.of({ run: (watch) => Effect.provideContext(run(watch), services) })
    })
  )
}

/** A run, by a clock whose dates pass as they should, of a watch that goes on or is the first. */
const running = Effect.fnUntraced(function*(watch: Watch, time: TimeScale, goesOn: boolean) {
  const { settings, chain, vantage } = watch
  const store = yield* Store
  const clock = yield* Clock.Clock
  const now = (): number => clock.currentTimeMillisUnsafe()
  const of = { network: chain.name, vantage: vantage.name }
  const runId = yield* store.watch.start({
    ...of, startedAt: now(), anchor: time.scale === 1 ? now() : time.anchor, timeScale: time.scale, settings: { ...settings }
  })
  const shared: SharedPoliteness = {
    ledger: yield* openLedger(chain.name, vantage.name),
    politeness: new Politeness(settings.crawl)
  }
  let crawl = yield* store.watch.latestCrawl(of)
  const context: WatchContext = {
    chain,
    clientName: settings.crawl.clientName,
    exclusions: watch.exclusions,
    settings,
    runId,
    time,
    steadyStart: clock.monotonicTimeNanosUnsafe(),
    shared,
    connections: yield* Semaphore.make(settings.crawl.concurrency),
    // Nobody is watched before a crawl is over.
    record: Effect.fnUntraced(function*(facts: ReadonlyArray<Fact>) {
      yield* store.record(crawl!.crawlId, facts)
      yield* countFacts(facts)
      const look = facts.findLast((fact) => fact._tag === "sighting")
      const since = look === undefined ? null : line.saw(endpointKey(look.endpoint), look.state, look.at)
      if (since === null) return
      for (const server of roster.values()) askAnew(server, { since, now: now() }, settings, yield* Random.next)
    })
  }
  const roster = new Map<string, Watched>()
  const line = new Line()

  return yield* Effect.scoped(Effect.gen(function*() {
    const fibers = yield* FiberMap.make<string, void, StoreError>()

    /** Watches one server until it must not be asked, or has been gone for long. */
    const follow = Effect.fnUntraced(function*(server: Watched) {
      while (!isGone(server, now(), settings.forgetAfterMs)) {
        const goOn = server.held ? yield* sentinel(context, server) : yield* revisit(context, server)
        if (!goOn) break
        server.held = false
      }
      roster.delete(server.key)
      line.forget(server.key)
    })

    const begin = Effect.fnUntraced(function*(server: Watched) {
      const held = [...roster.values()].filter((it) => it.held).length
      server.held = held < settings.sentinels
      roster.set(server.key, server)
      yield* FiberMap.run(fibers, server.key, follow(server), { onlyIfMissing: true })
    })

    /** Those that the newest crawl found to answer and that are not watched yet. */
    const takeUp = Effect.fnUntraced(function*() {
      const { targets } = yield* store.probing.targets(chain.name)
      const members = yield* store.watch.members(chain.name)
      for (const { endpoint, serverId } of targets) {
        // The endpoint that stands for a server stays the same, whichever answered the crawl last.
        const isWatched = [endpointKey(endpoint), ...members.get(serverId) ?? []].some((key) => roster.has(key))
        if (isWatched || watch.exclusions.excludes(endpoint.host, []) !== undefined) continue
        yield* begin(newWatched(endpoint, now(), settings.revisit, yield* Random.next))
      }
    })

    /** Analyses the newest crawl where that is not done; one at a time. */
    const analyseOnce = Effect.fnUntraced(function*() {
      if (crawl === null || crawl.isAnalysed) return
      const { crawlId } = crawl
      yield* FiberMap.run(fibers, analysing, watch.analyse(crawlId), { onlyIfMissing: true })
    })

    const crawlOnce = Effect.fnUntraced(function*() {
      const crawler = yield* Crawler
      const about: CrawlContext = {
        chain, vantage: yield* watch.vantageNow, codeVersion: watch.codeVersion, exclusions: watch.exclusions, shared, onProgress: () => Effect.void
      }
      const unfinished = yield* findUnfinished(chain.name).pipe(
        Effect.option,
        Effect.map(Option.filter(({ settings: stored }) => stored.vantage === vantage.name))
      )
      const summary = Option.isSome(unfinished)
        ? yield* crawler.resume(unfinished.value, about)
        : yield* crawler.start({ ...about, settings: settings.crawl, seeds: yield* watch.seeds })
      yield* watch.onNote(`Crawl ${summary.crawlId}: ${summary.serversAnswered} servers answered, ${summary.known} endpoints known.`)
      // What follows may take an hour: looks that are made meanwhile are counted with it.
      crawl = yield* store.watch.latestCrawl(of)
      yield* watch.afterCrawl(summary, shared)
      yield* analyseOnce()
      yield* takeUp()
    })

    const crawls = Effect.gen(function*() {
      while (true) {
        // A crawl that began after now is one of a clock that was wrong.
        const due = crawl === null ? 0 : Math.min(crawl.startedAt, now()) + settings.crawlEveryMs
        yield* sleepUntil(time, due)
        // A crawl while our own line is down would be a picture of nothing.
        const online = roster.size === 0 || anyAnswered(roster.values(), now() - 2 * settings.revisit.everyMs)
        if (online) yield* crawlOnce()
        if (!online || crawl === null) yield* sleepUntil(time, now() + crawlAgainMs)
      }
    })

    const snapshots = settings.snapshotEveryMs === null
      ? Effect.never
      : Effect.forever(Effect.suspend(() => sleepUntil(time, (Math.floor(now() / settings.snapshotEveryMs!) + 1) * settings.snapshotEveryMs!)).pipe(
        Effect.andThen(Effect.suspend(() => crawl === null ? Effect.void : watch.snapshot(shared)))
      ))

    /** Sends what was not delivered yet, in order: where one is not taken, the others of its target wait too. */
    const deliver = Effect.fnUntraced(function*() {
      const refused = new Set<string>()
      for (const alert of yield* store.watch.pendingAlerts(of)) {
        if (refused.has(alert.target)) continue
        if (yield* watch.send(alert)) yield* store.watch.alertDelivered(of, alert)
        else refused.add(alert.target)
      }
    })

    const seen = new SeenEvents(goesOn ? yield* store.watch.events(of, now() - storedEventsMs) : null)
    let identitiesSince = (yield* store.watch.intervals(of)).reduce((latest, { last_ms }) => Math.max(latest, Math.min(last_ms, now())), 0)
    const deriveOnce = Effect.fnUntraced(function*() {
      if (crawl === null) return
      const at = now()
      let news: ReadonlyArray<WatchEvent> = []
      // Stored with the events: killed in between, a watch would never tell of them.
      yield* derive(of, at, { everyMs: settings.revisit.everyMs, slackMs: slackMs(time.scale) }, identitiesSince, (events) => {
        news = seen.news(events)
        return watch.alertsOf(news, at)
      })
      // Visits are stored when they are over: some that began before are still to come.
      identitiesSince = at - 2 * settings.revisit.everyMs - 300_000 * time.scale
      yield* countStandings(roster.values(), news)
      yield* deliver()
    })
    const deriving = Effect.suspend(() => deliver()).pipe(Effect.andThen(Effect.forever(
      Effect.andThen(Effect.sleep(Math.max(leastDeriveMs, settings.deriveEveryMs / time.scale)), Effect.suspend(() => deriveOnce()))
    )))

    for (const stored of yield* store.watch.standings(of)) {
      const server = restoredWatched(stored, now(), settings.revisit)
      if (!isGone(server, now(), settings.forgetAfterMs)) yield* begin(server)
    }
    if (crawl !== null) yield* takeUp()
    yield* analyseOnce()
    yield* watch.onNote(`Watching ${of.network} from ${of.vantage}: run ${runId}, ${roster.size} servers known.`)
    const end = Effect.gen(function*() {
      yield* FiberMap.clear(fibers)
      yield* store.flush
      yield* deriveOnce()
      yield* store.watch.end(runId, now())
      yield* store.publishSnapshot
    })
    return yield* Effect.raceFirst(
      Effect.all([crawls, snapshots, deriving, watch.serve(healthOf(roster, settings.revisit.everyMs))], { concurrency: "unbounded", discard: true }).pipe(Effect.andThen(Effect.never)),
      FiberMap.join(fibers).pipe(Effect.andThen(Effect.never))
    ).pipe(
      Effect.onExit((exit) => exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause)
        ? Effect.void
        : Effect.catchCause(end, (cause) => Effect.logError("could not store the end of the watch", cause)))
    )
  }))
})
