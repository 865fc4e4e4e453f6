import { Clock, Effect, Random } from "effect"
import type { Exclusions } from "../domain/exclusions.ts"
import type { Chain } from "../domain/chain.ts"
import type { Differential, DifferentialStage, PersonaName, Segment } from "../domain/differential.ts"
import { endpointKey } from "../domain/endpoint.ts"
import type { Visit } from "../domain/visit.ts"
import type { ByteBudget } from "../electrum/byte-budget.ts"
import { compareSegments, testSegments } from "../probe/differential/compare.ts"
import { interview } from "../probe/differential/interview.ts"
import { personas } from "../probe/differential/personas.ts"
import { segmentAllowance, segmentErrors } from "../probe/differential/questions.ts"
import { unitsEnough, type VisitRoom } from "../probe/request-limit.ts"
import { electrumxCost } from "../electrum/methods.ts"
import type { DifferentialSeries } from "../store/probing-records.ts"
import { Store, type Vantage } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import type { Dialer } from "../transport/dialer.ts"
import { visitWithoutExcluded } from "./without-excluded.ts"
import { ConnectionGate } from "./connection-gate.ts"
import { asksForDistance, reasonForDistance } from "./cost-ledger.ts"
import { CrawlError } from "./crawl-error.ts"
import type { DifferentialSettings } from "./differential-settings.ts"
import { openLedger } from "./open-ledger.ts"
import { prepareMember, type ProbeMember } from "./probe-member.ts"

export interface DifferentialRun {
  readonly chain: Chain
  readonly vantage: Vantage
  readonly codeVersion: string
  readonly settings: DifferentialSettings
  readonly exclusions: Exclusions
  readonly onNote: (note: string) => Effect.Effect<void>
}

export interface DifferentialSummary {
  /** The run, a crawl of kind `probe`. */
  readonly crawlId: number
  readonly series: ReadonlyArray<Differential>
  /** Servers that were asked less than a day ago, or whose repetition is for later. */
  readonly waiting: ReadonlyArray<{ readonly endpoint: string; readonly from: number }>
  /** Servers not asked, and why. */
  readonly refused: ReadonlyArray<{ readonly endpoint: string; readonly problem: string }>
}

/** The first look: as simple as can be, at equal cost, so that what drifts steadily shows in neither persona. */
const firstOrders: ReadonlyArray<ReadonlyArray<PersonaName>> = [
  ["crawler", "wallet", "wallet", "crawler"],
  ["wallet", "crawler", "crawler", "wallet"]
]

/** While visits to the same server are under way, for which the most is booked that they may cost. */
const lookAgainMs = 1000

/** In which order a series asks. A repetition's is drawn from all orders: its test rests on that. */
const orderOf = (stage: DifferentialStage, repetitions: number): Effect.Effect<ReadonlyArray<PersonaName>> =>
  stage === "first"
    ? Effect.map(Random.nextBoolean, (is) => firstOrders[is ? 0 : 1]!)
    : Random.shuffle(Array.from({ length: repetitions }, (_, i): PersonaName => i % 2 === 0 ? "crawler" : "wallet"))

/** What is to be done about a server now. */
const planOf = (
  known: DifferentialSeries | undefined,
  now: number,
  restMs: number
): { readonly stage: DifferentialStage; readonly questions: ReadonlyArray<string> } | { readonly from: number } => {
  if (known === undefined) return { stage: "first", questions: [] }
  const from = known.againFrom ?? known.startedAt + restMs
  if (from > now) return { from }
  return known.againFrom === null ? { stage: "first", questions: [] } : { stage: "again", questions: known.differing }
}

/** What the connections say. A repetition is about what differed the first time, and nothing else. */
const judge = (
  stage: DifferentialStage,
  segments: ReadonlyArray<Segment>,
  questions: ReadonlyArray<string>,
  /** Why the series came to an early end; null for one that is complete. */
  cut: string | null
): Pick<Differential, "comparison" | "statistic" | "pValue" | "detail"> => {
  const comparison = compareSegments(segments)
  if (cut !== null) {
    return { comparison: { ...comparison, outcome: "not comparable" }, statistic: null, pValue: null, detail: cut }
  }
  if (stage === "first" || comparison.outcome === "not comparable") {
    return { comparison, statistic: null, pValue: null, detail: comparison.outcome === "not comparable" ? "nothing was answered on every connection" : null }
  }
  return { comparison, ...testSegments(segments, questions), detail: null }
}

/**
 * Asks servers the same questions as the crawler and as the wallet ask them,
 * one series a server and day. What differs in the first series is asked again
 * on another day, often enough and in an order drawn at random, so that chance
 * and innocent causes can be told from the way of asking.
 */
export const runDifferential = Effect.fn("runDifferential")(function*(
  run: DifferentialRun
): Effect.fn.Return<DifferentialSummary, CrawlError | StoreError, Store | Dialer | ByteBudget> {
  const store = yield* Store
  const clock = yield* Clock.Clock
  const { chain, settings } = run
  const { crawlId: serversOf, targets } = yield* store.probing.targets(chain.name)
  if (serversOf === null || targets.length === 0) {
    return yield* new CrawlError({
      reason: "no servers",
      message: `No finished crawl of ${chain.name} in this database has a server that answered: crawl first.`
    })
  }
  const known = new Map((yield* store.probing.differentials(chain.name)).map((series) => [series.endpoint, series]))
  const ledger = yield* openLedger(chain.name, run.vantage.name)
  const startedAt = clock.currentTimeMillisUnsafe()
  const crawlId = yield* store.startCrawl({
    kind: "probe",
    chain,
    vantage: run.vantage,
    settings: { probe: "differential", serversOf, ...settings },
    codeVersion: run.codeVersion,
    startedAt
  })
  yield* store.saveOptOuts(crawlId, run.exclusions.lists, startedAt)
  const gate = new ConnectionGate(settings)

  /** What every connection to a server may bring it: errors too, which nobody knows before. */
  const roomOf = ({ target }: Pick<ProbeMember, "target">): VisitRoom => ({
    errors: segmentErrors,
    units: segmentAllowance(chain, target) + segmentErrors * electrumxCost.error
  })

  /** Books the next connection as soon as there is room for it; a text says why there will not be in time. */
  const booked = Effect.fnUntraced(function*(member: ProbeMember, wait: { leftMs: number }) {
    const { units } = roomOf(member)
    while (true) {
      const now = clock.currentTimeMillisUnsafe()
      const refusal = ledger.refusal(member.books, now, units)
      if (refusal === null) {
        yield* store.record(crawlId, ledger.book(member.books, units, now))
        return null
      }
      if (refusal.kind === "back-off") return refusal.detail
      const waitMs = refusal.mayEndSooner ? Math.min(refusal.until - now, lookAgainMs) : refusal.until - now
      if (waitMs > wait.leftMs) return `${unitsEnough}: ${refusal.detail}`
      wait.leftMs -= waitMs
      yield* Effect.sleep(waitMs)
    }
  })

  /** One connection after the other to one server, as long as it answers and has room for what the next one may cost. */
  const ask = Effect.fnUntraced(function*(member: ProbeMember, order: ReadonlyArray<PersonaName>) {
    const segments: Array<Segment> = []
    const visits: Array<Visit> = []
    const wait = { leftMs: settings.mostWaitMs }
    const room = roomOf(member)
    for (const name of order) {
      const full = yield* booked(member, wait)
      if (full !== null) return { segments, visits, cut: full }
      yield* gate.pace
      const { segment, spent, visit } = yield* interview(member.plan!, personas[name], member.target, { chain, clientName: settings.clientName, room, pace: gate.pace })
      segments.push(segment)
      visits.push(visitWithoutExcluded(visit, run.exclusions))
      const distance = reasonForDistance(visit)
      yield* store.record(crawlId, ledger.settle(member.books, room.units, visit.cost, distance, clock.currentTimeMillisUnsafe(), visit.dial.address))
      // What is not asked each time cannot be compared: the next connection would cost as much for nothing.
      if (spent !== null) return { segments, visits, cut: spent === unitsEnough ? spent : `${unitsEnough}: ${spent}` }
      if (visit.outcome === "failed" || asksForDistance(distance)) break
    }
    const complete = segments.length === order.length && visits.at(-1)?.outcome === "answered"
    return { segments, visits, cut: complete ? null : "the connections came to an early end" }
  })

  const series = Effect.fnUntraced(function*(
    member: ProbeMember,
    stage: DifferentialStage,
    questions: ReadonlyArray<string>
  ) {
    const startedAt = clock.currentTimeMillisUnsafe()
    const order = yield* orderOf(stage, settings.repetitions)
    const { cut, segments, visits } = yield* ask(member, order)
    const judged = judge(stage, segments, questions, cut)
    const suspect = stage === "first" ? judged.comparison.outcome === "differs" : judged.comparison.outcome === "not comparable"
    const differential: Differential = {
      target: member.target,
      stage,
      startedAt,
      personas: segments.map(({ persona }) => persona),
      visits,
      ...judged,
      // A repetition that came to nothing is still to be made.
      comparison: stage === "again" && suspect ? { ...judged.comparison, differing: questions } : judged.comparison,
      againFrom: suspect ? clock.currentTimeMillisUnsafe() + settings.restMs : null
    }
    yield* store.record(crawlId, [{ _tag: "differential", serversOf, differential }])
    return differential
  })

  const waiting: Array<DifferentialSummary["waiting"][number]> = []
  const refused: Array<DifferentialSummary["refused"][number]> = []
  const visitServer = Effect.fnUntraced(function*(target: (typeof targets)[number]) {
    const endpoint = endpointKey(target.endpoint)
    const plan = planOf(known.get(endpoint), clock.currentTimeMillisUnsafe(), settings.restMs)
    if ("from" in plan) {
      waiting.push({ endpoint, from: plan.from })
      return []
    }
    // Errors not counted: a series waits for room, and is not begun only where a server is far from having any.
    const rules = { exclusions: run.exclusions, allowance: segmentAllowance(chain, target) }
    const member = yield* prepareMember(target, rules, ledger)
    if (member.refusal !== null) {
      refused.push({ endpoint, problem: member.refusal.problem })
      return []
    }
    return [
      yield* gate.enter(member.occupancy).pipe(
        Effect.andThen(Effect.suspend(() => {
          gate.opened()
          return series(member, plan.stage, plan.questions).pipe(Effect.ensuring(Effect.sync(() => gate.leave(member.occupancy))))
        }))
      )
    ]
  })

  const end = (state: "finished" | "interrupted" | "failed") =>
    store.flush.pipe(
      Effect.andThen(Effect.suspend(() => store.endCrawl(crawlId, state, clock.currentTimeMillisUnsafe()))),
      Effect.andThen(store.publishSnapshot),
      Effect.uninterruptible
    )
  yield* run.onNote(`Asking up to ${targets.length} servers of crawl ${serversOf} in two ways.`)
  const found = yield* Effect.forEach(targets, visitServer, { concurrency: settings.concurrency }).pipe(
    Effect.onError((cause) => Effect.ignore(end(cause.reasons.some((r) => r._tag === "Interrupt") ? "interrupted" : "failed")))
  )
  yield* end("finished")
  return { crawlId, series: found.flat(), waiting, refused }
})
