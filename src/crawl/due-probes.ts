import { Cause, Clock, Context, Effect, Exit, Fiber, Layer, Result } from "effect"
import type { Exclusions } from "../domain/exclusions.ts"
import type { Chain } from "../domain/chain.ts"
import type { DueProbe } from "../domain/probe-due.ts"
import type { VisitReason } from "../domain/reason.ts"
import { type DeepChoice, deepAllowance, deepBooking } from "../probe/deep/budget.ts"
import { type DeepVisit, DeepVisitor } from "../probe/deep/deep-visitor.ts"
import { outOfTime } from "../probe/deep/deep-reply.ts"
import type { CrawlId, Fact, ProbeDueFact } from "../store/facts.ts"
import { Store, type Vantage } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import { Dialer, type DialPlan } from "../transport/dialer.ts"
import { backOffMs, type Books, booksOf, type CostLedger, deepBalanceLimit, reasonForDistance } from "./cost-ledger.ts"
import { deepIntervalMs } from "./deep-schedule.ts"
import type { DueSummary } from "./due-summary.ts"
import { visitWithoutExcluded } from "./without-excluded.ts"
import { visitOfFailedPlan } from "./failed-plan.ts"
import { openLedger } from "./open-ledger.ts"
import { dialledOf, enterInTurn, leaveInTurn, occupancyOf, paceOf, Politeness } from "./politeness.ts"

export interface DueRun {
  readonly chain: Chain
  readonly vantage: Vantage
  readonly codeVersion: string
  readonly clientName: string
  readonly exclusions: Exclusions
  readonly choice: DeepChoice
  readonly concurrency: number
  /** New connections per second, 0 for no limit. */
  readonly rate: number
  readonly perBlock: number
  /** Milliseconds given to visits under way when the run is interrupted. */
  readonly drainMs: number
  /** Opt-out lists as given, kept with the run. */
  readonly exclude: ReadonlyArray<string>
  /** Books that are shared with others who connect to servers meanwhile; the run's own without. */
  readonly ledger?: CostLedger
  /** Called before the first, and after each. */
  readonly onProgress: (done: number, of: number) => Effect.Effect<void>
}

/** A server that is too slow for a visit gets the next attempt so much later: it will hardly be faster at once. */
const cutBackOffMs = deepIntervalMs / 4

type Fate = "answered" | "failed" | "postponed" | "dropped" | "left"

/** Failures of our own side: they say nothing about the server, which is visited another time. */
const isOurs = (reason: VisitReason | null): boolean => reason === "us" || reason === "proxy" || reason === "policy"

/** Told to a run by whoever interrupts it. */
interface Stop {
  stopping: boolean
}

/**
 * Makes the deep visits that are due, and waits for none that is not. Whatever
 * a visit may cost is booked, and the next attempt put off, before the first
 * connection: a killed process neither forgets what it cost a server nor asks it
 * again at once. Interrupting leaves what was not finished due.
 */
export class DueProbes extends Context.Service<DueProbes, {
  readonly run: (run: DueRun) => Effect.Effect<DueSummary, StoreError>
}>()("electrum-observatory/DueProbes") {
  static readonly layer: Layer.Layer<DueProbes, never, Store | Dialer | DeepVisitor> = Layer.effect(
    DueProbes,
    Effect.gen(function*() {
      const store = yield* Store
      const dialer = yield* Dialer
      const visitor = yield* DeepVisitor

      const make = Effect.fnUntraced(function*(run: DueRun, runId: CrawlId, due: ReadonlyArray<DueProbe>, stop: Stop) {
        const clock = yield* Clock.Clock
        const now = (): number => clock.currentTimeMillisUnsafe()
        const ledger = run.ledger ?? (yield* openLedger(run.chain.name, run.vantage.name).pipe(Effect.provideService(Store, store)))
        const politeness = new Politeness<() => void>(run)
        const allowance = deepAllowance(run.choice)
        const booking = deepBooking(run.choice)
        const pace = paceOf(politeness)
        const change = (probe: DueProbe, state: ProbeDueFact["state"], dueAt: number, detail: string | null): ProbeDueFact => ({
          _tag: "probe due",
          kind: "deep",
          endpoint: probe.endpoint,
          follows: probe.crawlId,
          state,
          dueAt,
          detail,
          at: now()
        })
        const settle = (facts: ReadonlyArray<Fact>, fate: Fate) => Effect.as(store.record(runId, facts), fate)
        const postpone = (probe: DueProbe, until: number, detail: string) =>
          settle([change(probe, "due", until, detail)], "postponed")

        const visit = Effect.fnUntraced(function*(probe: DueProbe, plan: DialPlan, books: Books) {
          // Asked when its turn has come: while it waited, the server may have told us to go away.
          const refusal = ledger.refusal(books, now(), allowance, deepBalanceLimit(run.choice))
          if (refusal !== null) return yield* postpone(probe, refusal.until, refusal.detail)
          yield* store.record(runId, [
            ...ledger.book(books, booking, now()),
            change(probe, "due", now() + backOffMs, "begun")
          ])
          yield* store.flush
          const deep: DeepVisit = yield* visitor.visit(plan, {
            chain: run.chain,
            clientName: run.clientName,
            choice: run.choice,
            behavesLike: probe.behavesLike,
            offersFeatures: probe.hasFeatures,
            pace
          })
          const correction = ledger.settle(books, booking, deep.visit.cost, reasonForDistance(deep.visit), now(), deep.visit.dial.address)
          if (isOurs(deep.visit.reason)) {
            const detail = `${deep.visit.reason}: ${deep.visit.detail}`
            return yield* settle([...correction, change(probe, "due", now() + backOffMs, detail)], "postponed")
          }
          // What was heard is kept either way, but a visit that our own time cut off is no finished one, and invalid JSON not the usual one.
          const next = run.choice === "invalid json"
            ? change(probe, "due", now() + backOffMs, "invalid JSON was sent")
            : deep.isCut ? change(probe, "due", now() + cutBackOffMs, outOfTime) : change(probe, "done", probe.dueAt, null)
          return yield* settle([
            { _tag: "visit", visit: visitWithoutExcluded(deep.visit, run.exclusions), malformed: deep.malformed },
            next,
            ...correction
          ], deep.isCut ? "postponed" : deep.visit.outcome)
        })

        const inTurn = Effect.fnUntraced(function*(probe: DueProbe, plan: DialPlan) {
          const { host } = probe.endpoint
          const occupancy = occupancyOf(host, dialledOf(plan), [])
          const leave = Effect.sync(() => leaveInTurn({ politeness }, occupancy))
          yield* enterInTurn({ politeness }, occupancy)
          if (stop.stopping) return yield* Effect.as(leave, "left" as const)
          return yield* visit(probe, plan, booksOf(plan)).pipe(Effect.ensuring(leave))
        })

        const one = Effect.fnUntraced(function*(probe: DueProbe): Effect.fn.Return<Fate, StoreError> {
          if (stop.stopping) return "left"
          if (run.exclusions.excludes(probe.endpoint.host, []) !== undefined) {
            return yield* settle([change(probe, "dropped", probe.dueAt, "excluded")], "dropped")
          }
          const planned = yield* Effect.result(dialer.plan(probe.endpoint))
          if (Result.isFailure(planned)) {
            const { detail, reason } = planned.failure
            if (reason !== "dns") return yield* postpone(probe, now() + backOffMs, `${reason}: ${detail}`)
            const failed = visitOfFailedPlan(probe.endpoint, planned.failure, now())
            return yield* settle([
              { _tag: "visit", visit: { ...failed, kind: "deep" } },
              change(probe, "done", probe.dueAt, null)
            ], "failed")
          }
          const plan = planned.success
          if (run.exclusions.excludes(probe.endpoint.host, plan.dial.addresses) !== undefined) {
            return yield* settle([change(probe, "dropped", probe.dueAt, "excluded")], "dropped")
          }
          return yield* inTurn(probe, plan)
        })

        let done = 0
        yield* run.onProgress(0, due.length)
        return yield* Effect.forEach(
          due,
          (probe) => Effect.tap(one(probe), () => run.onProgress(++done, due.length)),
          { concurrency: run.concurrency }
        )
      })

      const run = Effect.fn("DueProbes.run")(function*(run: DueRun) {
        const of = { network: run.chain.name, vantage: run.vantage.name }
        const startedAt = yield* Clock.currentTimeMillis
        const isTooSoon = ({ invalidJsonAt }: DueProbe): boolean =>
          run.choice === "invalid json" && invalidJsonAt !== null && startedAt < invalidJsonAt + deepIntervalMs
        const ripe = (yield* store.dueProbes.due(of)).filter((probe) => probe.dueAt <= startedAt && !isTooSoon(probe))
        const due = ripe.filter(({ throughProxy }) => throughProxy === run.vantage.proxy)
        let runId: CrawlId | null = null
        let fates: ReadonlyArray<Fate> = []
        if (due.length > 0) {
          const id = runId = yield* store.startCrawl({
            kind: "probe",
            chain: run.chain,
            vantage: run.vantage,
            settings: {
              clientName: run.clientName,
              choice: run.choice,
              concurrency: run.concurrency,
              rate: run.rate,
              exclude: run.exclude
            },
            codeVersion: run.codeVersion,
            startedAt
          })
          yield* store.saveOptOuts(id, run.exclusions.lists, startedAt)
          const end = (state: "finished" | "interrupted" | "failed") =>
            Effect.flatMap(Clock.currentTimeMillis, (at) => Effect.andThen(store.flush, store.endCrawl(id, state, at)))
          // Detached, because an interruption must reach it as a word: what is under way gets a moment to end.
          const stop: Stop = { stopping: false }
          const fiber = yield* Effect.forkDetach(make(run, id, due, stop))
          const drain = Effect.suspend(() => {
            stop.stopping = true
            return Fiber.join(fiber).pipe(Effect.timeoutOption(run.drainMs), Effect.andThen(Fiber.interrupt(fiber)), Effect.ignore)
          })
          fates = yield* Fiber.join(fiber).pipe(
            Effect.onExit((exit) => {
              if (Exit.isSuccess(exit)) return end("finished")
              return Cause.hasInterruptsOnly(exit.cause)
                ? Effect.andThen(drain, Effect.ignore(end("interrupted")))
                : Effect.ignore(end("failed"))
            })
          )
        }
        const left = yield* store.dueProbes.due(of)
        const now = yield* Clock.currentTimeMillis
        const waiting = left.filter(({ dueAt }) => dueAt > now)
        const count = (fate: Fate): number => fates.filter((it) => it === fate).length
        const summary: DueSummary = {
          runId,
          answered: count("answered"),
          failed: count("failed"),
          postponed: count("postponed"),
          dropped: count("dropped"),
          waiting: waiting.length,
          nextDueAt: waiting[0]?.dueAt ?? null,
          otherWay: ripe.length - due.length
        }
        return summary
      })

      return DueProbes.of({ run })
    })
  )
}
