import { Clock, Effect, FiberSet, Queue, Result } from "effect"
import type { Exclusions } from "../domain/exclusions.ts"
import type { PeerGrammar } from "../discovery/peer-entry.ts"
import type { Chain } from "../domain/chain.ts"
import type { NotVisitedReason } from "../domain/reason.ts"
import type { Visit } from "../domain/visit.ts"
import type { VisitRoom } from "../probe/request-limit.ts"
import { Visitor } from "../probe/visitor.ts"
import type { CrawlId, Fact } from "../store/facts.ts"
import { Store } from "../store/store.ts"
import type { StoreError } from "../store/store-error.ts"
import { Dialer, type DialPlan } from "../transport/dialer.ts"
import type { TransportError } from "../transport/transport-error.ts"
import { claimedHosts, foundServer, heardFrom } from "./announcements.ts"
import { visitWithoutExcluded } from "./without-excluded.ts"
import { type Books, booksOf, type CostLedger, reasonForDistance } from "./cost-ledger.ts"
import type { Frontier } from "./frontier.ts"
import type { FrontierEntry } from "./frontier-entry.ts"
import { dialledOf, leaveInTurn, type Occupancy, occupancyOf, paceOf, type Politeness } from "./politeness.ts"
import { MetServers } from "./met-servers.ts"
import type { CrawlEnd } from "./progress.ts"
import type { CrawlSettings } from "./settings.ts"
import type { Tally } from "./tally.ts"
import { visitOfFailedPlan } from "./failed-plan.ts"

/** What the owner of a crawl's state is told. */
export type CrawlMessage =
  | { readonly _tag: "planned"; readonly entry: FrontierEntry; readonly plan: Result.Result<DialPlan, TransportError> }
  | { readonly _tag: "visited"; readonly ready: Ready; readonly room: VisitRoom; readonly visit: Visit }
  /** Some endpoint that waited for its turn has it. */
  | { readonly _tag: "admitted" }
  | { readonly _tag: "stop"; readonly end: CrawlEnd }

/** An endpoint that may be connected to now: its occupancy is taken. */
interface Ready {
  readonly entry: FrontierEntry
  readonly plan: DialPlan
  readonly occupancy: Occupancy
  readonly books: Books
}

/** All state of a running crawl. Touched by the loop's fiber only; others may read counts. */
export interface CrawlState {
  readonly crawlId: CrawlId
  readonly chain: Chain
  readonly settings: CrawlSettings
  readonly frontier: Frontier
  readonly ledger: CostLedger
  /** Who may connect now, shared with whoever else connects to servers meanwhile. Waiters are called when it is their turn. */
  readonly politeness: Politeness<() => void>
  readonly exclusions: Exclusions
  readonly grammar: PeerGrammar
  readonly tally: Tally
  /** Hosts whose announcements were stored before it was known that they are excluded. */
  readonly toForget: Set<string>
}

/**
 * The crawl: one fiber owns frontier, politeness and ledger, forks workers that
 * plan (resolve and check) or visit, and takes their results from one queue.
 * Ends when discovery is complete, a bound is reached, or it is told to stop.
 */
export const crawlLoop = Effect.fnUntraced(function*(
  state: CrawlState,
  inbox: Queue.Queue<CrawlMessage>
): Effect.fn.Return<CrawlEnd, StoreError, Store | Dialer | Visitor> {
  const store = yield* Store
  const dialer = yield* Dialer
  const visitor = yield* Visitor
  const clock = yield* Clock.Clock
  const { frontier, ledger, politeness, settings, tally } = state
  const met = new MetServers(ledger)
  const visitOptions = { chain: state.chain, clientName: settings.clientName, peerRounds: settings.peerRounds, scope: settings.visit }
  const ready: Array<Ready> = []
  /** For whom there is no room until it is known what visits under way did cost. */
  const held: Array<Ready> = []
  /** Those whose target or block is busy. */
  const waiting = new Set<Ready>()
  const occupied = new Set<Occupancy>()
  let active = 0
  let claimed = 0
  let end: CrawlEnd | null = null

  const now = (): number => clock.currentTimeMillisUnsafe()
  const pace = paceOf(politeness)
  const leave = (occupancy: Occupancy): void => {
    occupied.delete(occupancy)
    leaveInTurn(state, occupancy)
  }

  const enter = (it: Ready): void => {
    const take = (): void => {
      occupied.add(it.occupancy)
      ready.push(it)
    }
    const admitted = (): void => {
      if (end !== null) return leaveInTurn(state, it.occupancy)
      waiting.delete(it)
      take()
      Queue.offerUnsafe(inbox, { _tag: "admitted" })
    }
    if (politeness.enter(admitted, it.occupancy)) take()
    else waiting.add(it)
  }

  const record = (facts: ReadonlyArray<Fact>) => facts.length === 0 ? Effect.void : store.record(state.crawlId, facts)

  return yield* Effect.scoped(Effect.gen(function*() {
    const workers = yield* FiberSet.make<void>()

    const startPlan = (entry: FrontierEntry) => {
      active++
      claimed++
      return FiberSet.run(workers, dialer.plan(entry.endpoint).pipe(
        Effect.result,
        Effect.flatMap((plan) => Queue.offer(inbox, { _tag: "planned", entry, plan })),
        Effect.asVoid
      ))
    }

    const startVisit = Effect.fnUntraced(function*(it: Ready) {
      active++
      const room = ledger.room(it.books, now())
      yield* record(ledger.book(it.books, room.units, now()))
      const wait = politeness.slot(now()) - now()
      const visit = visitor.visit(it.plan, { ...visitOptions, room, pace })
      yield* FiberSet.run(workers, (wait > 0 ? Effect.delay(visit, wait) : visit).pipe(
        Effect.flatMap((visit) => Queue.offer(inbox, { _tag: "visited", ready: it, room, visit })),
        Effect.asVoid
      ))
    })

    /** Starts as much as concurrency and bounds allow. */
    const dispatch = Effect.fnUntraced(function*() {
      while (end === null && active < settings.concurrency) {
        const next = ready.shift()
        if (next !== undefined) {
          // Asked here and not when it was planned: while it waited, the server may have told us to go away.
          const refusal = ledger.refusal(next.books, now())
          if (refusal === null) yield* startVisit(next)
          else if (refusal.mayEndSooner) held.push(next)
          else {
            yield* record(refuse(next.entry, "policy", refusal.detail))
            leave(next.occupancy)
          }
          continue
        }
        if (settings.limit !== null && claimed >= settings.limit) {
          // Nothing claimed is still under way: the limit is what ends the crawl.
          if (active === 0 && waiting.size === 0) end = "limit"
          return
        }
        const entry = frontier.take()
        if (entry === undefined) return
        yield* startPlan(entry)
      }
    })

    const refuse = (entry: FrontierEntry, reason: NotVisitedReason, detail: string): Array<Fact> => {
      claimed--
      return frontier.refused(entry, reason, detail, now())
    }

    const onPlanned = (entry: FrontierEntry, result: Result.Result<DialPlan, TransportError>): Array<Fact> => {
      active--
      if (end !== null) {
        frontier.putBack(entry)
        return []
      }
      if (Result.isFailure(result)) {
        const { detail, reason } = result.failure
        if (reason === "us") tally.addLack(detail)
        if (reason === "policy" || reason === "us") return refuse(entry, reason, detail)
        const visit = visitOfFailedPlan(entry.endpoint, result.failure, now())
        tally.add(visit)
        return [{ _tag: "visit", visit }, ...frontier.visited(entry, { reachable: false }, now())]
      }
      const plan = result.success
      const excluded = state.exclusions.excludes(entry.endpoint.host, plan.dial.addresses)
      if (excluded !== undefined) {
        tally.excluded++
        state.toForget.add(entry.endpoint.host)
        return refuse(entry, "policy", "excluded")
      }
      const occupancy = occupancyOf(entry.endpoint.host, dialledOf(plan), frontier.addressesOf(entry.endpoint.host))
      enter({ entry, plan, occupancy, books: booksOf(plan) })
      return []
    }

    const onVisited = (it: Ready, room: VisitRoom, visit: Visit): Array<Fact> => {
      active--
      const at = now()
      tally.add(visit)
      met.meet(it.books, claimedHosts(visit))
      const { announced, excluded } = heardFrom(visit, { ...state, allowPrivate: settings.allowPrivate }, at)
      tally.excluded += excluded
      const facts: Array<Fact> = [
        { _tag: "visit", visit: visitWithoutExcluded(visit, state.exclusions) },
        ...announced,
        ...frontier.visited(it.entry, { reachable: foundServer(visit) }, at)
      ]
      for (const { entries } of announced) {
        facts.push(...frontier.learn(entries, {
          bySeed: false,
          accepted: settings.acceptedPerSource,
          at
        }))
      }
      facts.push(...ledger.settle(it.books, room.units, visit.cost, reasonForDistance(visit), at, visit.dial.address))
      if (tally.proxyIsLost) end ??= "proxy lost"
      ready.push(...held.splice(0))
      leave(it.occupancy)
      return facts
    }

    while (true) {
      yield* dispatch()
      if (end === null && active === 0 && ready.length === 0 && waiting.size === 0) {
        const promoted = frontier.advance(now())
        yield* record(promoted)
        if (promoted.length === 0) end = "complete"
        else continue
      }
      if (end !== null) break
      const message = yield* Queue.take(inbox)
      if (message._tag === "stop") end = message.end
      else if (message._tag !== "admitted") yield* record(message._tag === "planned" ? onPlanned(message.entry, message.plan) : onVisited(message.ready, message.room, message.visit))
    }

    // Visits in flight get a moment to end; what does not stays due, for `--resume`.
    for (const it of [...ready.splice(0), ...held.splice(0)]) {
      frontier.putBack(it.entry)
      leave(it.occupancy)
    }
    for (const it of waiting) frontier.putBack(it.entry)
    yield* Effect.gen(function*() {
      // oxlint-disable-next-line no-unmodified-loop-condition -- onPlanned and onVisited lower it
      while (active > 0) {
        const message = yield* Queue.take(inbox)
        if (message._tag === "planned") onPlanned(message.entry, message.plan)
        else if (message._tag === "visited") yield* record(onVisited(message.ready, message.room, message.visit))
      }
    }).pipe(Effect.timeoutOption(settings.drainMs))
    if (end === "limit" || end === "max time") {
      yield* record(frontier.abandon("limit", end === "limit" ? "--limit" : "--max-time", now()))
    }
    return end
  })).pipe(Effect.ensuring(Effect.sync(() => {
    end ??= "interrupted"
    for (const occupancy of occupied) leave(occupancy)
  })))
})
