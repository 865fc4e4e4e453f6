import { Cause, Clock, Context, Effect, Exit, Fiber, Layer, Option, Queue, Schema } from "effect"
import { type Exclusions, rememberingExclusions } from "../domain/exclusions.ts"
import { PeerGrammar } from "../discovery/peer-entry.ts"
import type { Chain } from "../domain/chain.ts"
import { type CrawlCoverage, crawlCoverage } from "../domain/coverage.ts"
import type { Server } from "../domain/server.ts"
import { membersOf, tallied } from "../domain/tallied.ts"
import type { Visitor } from "../probe/visitor.ts"
import type { CrawlId, Fact } from "../store/facts.ts"
import { type CrawlState as StoredState, type ResumableCrawl, Store, type Vantage } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import type { Dialer } from "../transport/dialer.ts"
import { withoutExcluded } from "./announcements.ts"
import { CrawlError } from "./crawl-error.ts"
import { crawlLoop, type CrawlMessage, type CrawlState } from "./crawl-loop.ts"
import { deepDelayMs, deepVisitsDue } from "./deep-schedule.ts"
import { Frontier } from "./frontier.ts"
import { openLedger } from "./open-ledger.ts"
import { Politeness, type SharedPoliteness } from "./politeness.ts"
import type { CrawlEnd, CrawlProgress, CrawlSummary } from "./progress.ts"
import { bySource, type CrawlSeeds, isUsersOwn } from "./seed-facts.ts"
import { joinServers } from "./server-join.ts"
import type { SharedLog } from "./shared/shared-log.ts"
import { sharedLoop, type SharedSeeds } from "./shared/shared-loop.ts"
import { CrawlSettings } from "./settings.ts"
import { byFrequency, Tally } from "./tally.ts"

/** What a crawl needs beside its settings; none of it is stored except the vantage. */
export interface CrawlContext {
  readonly chain: Chain
  readonly vantage: Vantage
  readonly codeVersion: string
  /** What the opt-out lists name. */
  readonly exclusions: Exclusions
  /** Books and turns that are shared with others who connect to servers meanwhile; the crawl's own without. */
  readonly shared?: SharedPoliteness
  /** Called about four times a second and once at the end. */
  readonly onProgress: (progress: CrawlProgress) => Effect.Effect<void>
  /** Where it is agreed who visits what, of a crawl that several runners share. */
  readonly sharedLog?: SharedLog["Service"] | undefined
}

export interface NewCrawl extends CrawlContext {
  readonly settings: CrawlSettings
  readonly seeds: CrawlSeeds
}

/** An unfinished crawl and its decoded settings. */
export interface Unfinished {
  readonly crawl: ResumableCrawl
  readonly settings: CrawlSettings
}

/** The newest unfinished crawl of a network. Fails with `nothing to resume` or `stored settings unreadable`. */
export const findUnfinished = Effect.fn("findUnfinished")(function*(
  network: string
): Effect.fn.Return<Unfinished, CrawlError | StoreError, Store> {
  const found = yield* Effect.flatMap(Store, (store) => store.resumable(network))
  // Killed before its seeds were saved, a crawl has nothing to go on with.
  if (Option.isNone(found) || found.value.endpoints.length === 0) {
    return yield* new CrawlError({
      reason: "nothing to resume",
      message: `There is no unfinished crawl of ${network} in this database.`
    })
  }
  const settings = yield* Schema.decodeUnknownEffect(CrawlSettings)(found.value.settings).pipe(
    Effect.mapError((error) =>
      new CrawlError({ reason: "stored settings unreadable", message: `Cannot resume: ${error.message}` })
    )
  )
  return { crawl: found.value, settings }
})

/**
 * Runs crawls. Interrupting either function drains: nothing new is dialled,
 * visits in flight get `settings.drainMs`, everything is saved, and the crawl
 * can be taken up again with `resume`.
 */
export class Crawler extends Context.Service<Crawler, {
  readonly start: (crawl: NewCrawl) => Effect.Effect<CrawlSummary, CrawlError | StoreError>
  /** Goes on with an unfinished crawl, with its stored settings. */
  readonly resume: (found: Unfinished, context: CrawlContext) => Effect.Effect<CrawlSummary, CrawlError | StoreError>
}>()("electrum-observatory/Crawler") {
  static readonly layer: Layer.Layer<Crawler, never, Store | Dialer | Visitor> = Layer.effect(
    Crawler,
    Effect.gen(function*() {
      const store = yield* Store
      const services = yield* Effect.context<Store | Dialer | Visitor>()

      /** From a prepared state to a finished crawl. */
      const run = Effect.fnUntraced(function*(state: CrawlState, context: CrawlContext, seeds: ReadonlyArray<SharedSeeds>) {
        const startedAt = yield* Clock.currentTimeMillis
        const inbox = yield* Queue.unbounded<CrawlMessage>()
        const stop = (end: CrawlEnd) => Queue.offer(inbox, { _tag: "stop", end })
        const progress = Effect.map(Clock.currentTimeMillis, (now) => progressOf(state, now - startedAt))

        const ticker = yield* Effect.forkChild(
          Effect.flatMap(progress, context.onProgress).pipe(Effect.delay("250 millis"), Effect.forever)
        )
        if (state.settings.maxTimeMs !== null) {
          yield* Effect.forkChild(Effect.delay(stop("max time"), state.settings.maxTimeMs))
        }
        // Detached, because an interruption must reach it as a message: it drains and saves.
        const looping = context.sharedLog === undefined ? crawlLoop(state, inbox) : sharedLoop(state, context.sharedLog, seeds, inbox)
        const loop = yield* Effect.forkDetach(Effect.provideContext(looping, services))
        const finish = Effect.fnUntraced(function*(end: CrawlEnd) {
          yield* Fiber.interrupt(ticker)
          const { coverage, servers } = yield* joinAndEnd(state, end)
          const summary = summaryOf(state, servers, coverage, end, (yield* Clock.currentTimeMillis) - startedAt)
          yield* context.onProgress(summary)
          return summary
        })
        return yield* Fiber.join(loop).pipe(
          Effect.onInterrupt(() =>
            // Where it cannot be saved, the interruption is a failure too.
            stop("interrupted").pipe(Effect.andThen(Fiber.join(loop)), Effect.flatMap(finish))
          ),
          Effect.flatMap((end) => Effect.uninterruptible(finish(end))),
          Effect.onExit((exit) =>
            Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)
              ? Effect.ignore(endCrawl(state.crawlId, "failed"))
              : Effect.void
          )
        )
      })

      const endCrawl = (crawlId: CrawlId, end: Exclude<StoredState, "running" | "abandoned">) =>
        Effect.flatMap(Clock.currentTimeMillis, (at) => store.endCrawl(crawlId, end, at))

      const joinAndEnd = Effect.fnUntraced(function*(state: CrawlState, end: CrawlEnd) {
        yield* store.flush
        if (state.toForget.size > 0) yield* store.forget(state.crawlId, [...state.toForget])
        const servers = joinServers(yield* store.joinRows(state.crawlId))
        yield* store.record(state.crawlId, [{ _tag: "servers", servers }, ...yield* deepVisitsOf(state, servers)])
        const coverage = end === "complete" ? yield* coverageOf(state) : []
        yield* store.flush
        yield* endCrawl(state.crawlId, stateAtEnd[end])
        yield* store.publishSnapshot
        return { servers, coverage }
      })

      /** How much of the network the crawl may have missed, by what lists and sources have of it; kept with the crawl. */
      const coverageOf = Effect.fnUntraced(function*({ crawlId }: CrawlState) {
        const { captures, rows } = yield* store.coverage.captured(crawlId)
        const estimates = crawlCoverage(rows, captures)
        yield* store.coverage.save(crawlId, estimates)
        return estimates
      })

      /** What becomes due beside the regular visits, known with the servers and committed with them. */
      const deepVisitsOf = Effect.fnUntraced(function*({ chain, crawlId, settings }: CrawlState, servers: ReadonlyArray<Server>) {
        if (settings.fingerprint === "off") return []
        const candidates = yield* store.dueProbes.candidates(crawlId, { network: chain.name, vantage: settings.vantage })
        return deepVisitsDue(servers, candidates, {
          crawlId,
          network: chain.name,
          at: yield* Clock.currentTimeMillis,
          delayMs: settings.fingerprint === "now" ? 0 : deepDelayMs
        })
      })

      const stateOf = Effect.fnUntraced(function*(crawlId: CrawlId, settings: CrawlSettings, context: CrawlContext) {
        const state: CrawlState = {
          crawlId,
          chain: context.chain,
          settings,
          frontier: new Frontier({ ...settings, defaultPorts: context.chain.default_ports }),
          ledger: context.shared?.ledger ??
            // What the shared crawl did cost so far is in its log.
            (yield* openLedger(context.chain.name, context.vantage.name, context.sharedLog?.beganAt).pipe(Effect.provideService(Store, store))),
          politeness: context.shared?.politeness ?? new Politeness(settings),
          exclusions: rememberingExclusions(context.exclusions),
          grammar: new PeerGrammar(context.chain.default_ports, {
            allowPrivate: settings.allowPrivate,
            simulated: context.chain.simulated
          }),
          tally: new Tally(),
          toForget: new Set()
        }
        return state
      })

      const start = Effect.fn("Crawler.start")(function*(crawl: NewCrawl) {
        const at = yield* Clock.currentTimeMillis
        const kept = crawl.seeds.said.map((fact) => withoutExcluded(fact, crawl.exclusions))
        if (!kept.some(({ fact }) => membersOf(fact.entries).some(({ services }) => services.length > 0))) {
          return yield* new CrawlError({
            reason: "no seeds",
            message: `No usable seed for ${crawl.chain.name}: give --seed HOST:PORT:s or --seeds FILE.`
          })
        }
        const crawlId = yield* store.startCrawl({
          kind: "crawl",
          chain: crawl.chain,
          vantage: crawl.vantage,
          settings: crawl.sharedLog === undefined ? crawl.settings : { ...crawl.settings, sharedBeganAt: crawl.sharedLog.beganAt },
          codeVersion: crawl.codeVersion,
          startedAt: at
        })
        yield* store.saveOptOuts(crawlId, crawl.exclusions.lists, at)
        const state = yield* stateOf(crawlId, crawl.settings, crawl)
        const facts: Array<Fact> = [...crawl.seeds.collected]
        for (const { excluded } of kept) state.tally.excluded += excluded
        const seeds = bySource(kept.map(({ fact }) => fact)).map((said): SharedSeeds => ({ said, own: isUsersOwn(said[0]!.source) }))
        for (const { own, said } of seeds) {
          facts.push(...said)
          // Of a shared crawl all runners are told, who then learn it at once.
          if (crawl.sharedLog === undefined) facts.push(...state.frontier.learn(tallied(said.flatMap(({ entries }) => membersOf(entries))), {
            bySeed: own,
            accepted: own ? crawl.settings.maxEndpoints : crawl.settings.acceptedPerSource,
            at
          }))
        }
        yield* store.record(crawlId, facts)
        // From here on there is something to resume.
        yield* store.flush
        return yield* run(state, crawl, seeds)
      })

      const resume = Effect.fn("Crawler.resume")(function*({ crawl, settings }: Unfinished, context: CrawlContext) {
        if (settings.sharedCrawl !== undefined) {
          return yield* new CrawlError({
            reason: "shared frontier",
            message: `Crawl ${crawl.crawlId} was a runner of the shared crawl ${settings.sharedCrawl}: start a runner again with --shared-frontier, which goes on where the others are.`
          })
        }
        yield* store.saveOptOuts(crawl.crawlId, context.exclusions.lists, yield* Clock.currentTimeMillis)
        const state = yield* stateOf(crawl.crawlId, settings, context)
        state.frontier.restore(crawl.endpoints)
        state.tally.restore(crawl.endpoints)
        return yield* run(state, context, [])
      })

      return Crawler.of({ start, resume })
    })
  )
}

/** A crawl cut short by a bound is no picture of the network; one that lost its proxy can be resumed. */
const stateAtEnd = {
  complete: "finished",
  limit: "limited",
  "max time": "limited",
  interrupted: "interrupted",
  "proxy lost": "interrupted"
} as const satisfies Record<CrawlEnd, StoredState>

const progressOf = (state: CrawlState, elapsedMs: number): CrawlProgress => {
  const counts = state.frontier.counts()
  return {
    crawlId: state.crawlId,
    network: state.chain.name,
    simulated: state.chain.simulated,
    elapsedMs,
    visits: state.tally.visits,
    known: counts.known,
    done: counts.visited + counts.notVisited,
    inFlight: counts.inFlight,
    due: counts.due,
    parked: counts.parked,
    answered: state.tally.answered,
    failed: state.tally.failed,
    notVisited: counts.notVisited
  }
}

const summaryOf = (
  state: CrawlState,
  servers: ReadonlyArray<Server>,
  coverage: ReadonlyArray<CrawlCoverage>,
  end: CrawlEnd,
  elapsedMs: number
): CrawlSummary => ({
  ...progressOf(state, elapsedMs),
  end,
  reasons: state.tally.byReason(),
  notVisitedReasons: byFrequency(state.frontier.notVisitedReasons()),
  serversAnswered: servers.filter((s) => s.confirmed && s.chain === state.chain.name).length,
  coverage,
  uncounted: state.frontier.uncounted,
  excluded: state.tally.excluded,
  looksOffline: state.tally.looksOffline,
  lack: state.tally.lack
})
