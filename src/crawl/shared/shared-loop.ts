import { Clock, Effect, Fiber, Queue, Result } from "effect"
import { endpointKey } from "../../domain/endpoint.ts"
import type { Visit } from "../../domain/visit.ts"
import { Visitor } from "../../probe/visitor.ts"
import type { VisitRoom } from "../../probe/request-limit.ts"
import type { AdvertisedFact, Fact } from "../../store/facts.ts"
import { Store } from "../../store/store.ts"
import type { StoreError } from "../../store/store-error.ts"
import { Dialer, type DialPlan } from "../../transport/dialer.ts"
import { claimedHosts, foundServer, heardFrom, storedVisit } from "../announcements.ts"
import { booksOf, reasonForDistance } from "../cost-ledger.ts"
import type { CrawlError } from "../crawl-error.ts"
import type { CrawlMessage, CrawlState } from "../crawl-loop.ts"
import { visitOfFailedPlan } from "../failed-plan.ts"
import type { Frontier } from "../frontier.ts"
import type { FrontierEntry } from "../frontier-entry.ts"
import { dialledOf, occupancyOf } from "../politeness.ts"
import type { CrawlEnd } from "../progress.ts"
import { Replica } from "./replica.ts"
import type { Claim, Named, SharedEvent } from "./shared-event.ts"
import type { Decision, SharedLog, Turn } from "./shared-log.ts"

/** How long a worker waits before it asks again for what others have to do first: longer each time, since every question is a turn of the log. */
const pause = (times: number) => Effect.sleep(Math.min(2_000, 100 * 2 ** times))

/** What one source said at the beginning, and whether it is the user's own. */
export interface SharedSeeds {
  readonly said: ReadonlyArray<AdvertisedFact>
  readonly own: boolean
}

/** What a runner is to do next. */
type Next = { readonly _tag: "visit"; readonly entry: FrontierEntry } | { readonly _tag: "wait" } | { readonly _tag: "complete" }

/** What is to be said of a connection that was asked for. */
type Entry = { readonly _tag: "enter"; readonly room: VisitRoom; readonly delayMs: number } | { readonly _tag: "busy" } | { readonly _tag: "settled" } | { readonly _tag: "lost" }

/** What of all that was said the frontier does not know yet. */
const unknownOf = (said: ReadonlyArray<AdvertisedFact>, frontier: Frontier): ReadonlyArray<Named> => {
  const found = new Map<string, Named>()
  for (const { advertisement: { address, host, networkClass, services } } of said.flatMap(({ entries }) => entries)) {
    if (host === null || networkClass === null || services.every(({ port, transport }) => frontier.entry(endpointKey({ host, port, transport })) !== undefined)) continue
    found.set(JSON.stringify([host, address, services]), { host, networkClass, address, services })
  }
  return [...found.values()]
}

/**
 * A crawl that several runners share: workers take endpoints by turns of the log,
 * resolve, wait for their moment, visit, store what they saw here, and then tell
 * the others. An endpoint whose runner no longer renews its lease is due again.
 */
export const sharedLoop = Effect.fnUntraced(function*(
  state: CrawlState,
  log: SharedLog["Service"],
  seeds: ReadonlyArray<SharedSeeds>,
  inbox: Queue.Queue<CrawlMessage>
): Effect.fn.Return<CrawlEnd, StoreError | CrawlError, Store | Dialer | Visitor> {
  const store = yield* Store
  const dialer = yield* Dialer
  const visitor = yield* Visitor
  const { frontier, settings, tally } = state
  const replica = new Replica(frontier, state.ledger, settings.perBlock)
  const visitOptions = { chain: state.chain, clientName: settings.clientName, peerRounds: settings.peerRounds, scope: settings.visit }
  /** Why this runner is to stop before the crawl is complete; null while it is not. */
  const told: { end: CrawlEnd | null } = { end: null }

  /** A turn of the log. What it changes in the frontier is stored here whoever did it: a runner that is killed takes nothing with it. */
  const turn = Effect.fnUntraced(function*<A>(decide: (turn: Turn) => Decision<A>) {
    const facts: Array<Fact> = []
    const result = yield* log.turn(({ at, event }) => {
      facts.push(...replica.apply(event, at))
    }, decide)
    // What others did costs us too: servers charge our network.
    facts.push(...replica.takeBookings())
    if (facts.length > 0) yield* store.record(state.crawlId, facts)
    return result
  })
  const tell = (...events: ReadonlyArray<SharedEvent>) => turn(() => ({ events, nextSlot: null, result: undefined }))
  const isMine = (entry: FrontierEntry): boolean => replica.holderOf(entry.key) === log.runner
  /** Says how an endpoint ended, unless its lease did before: then it is another's by now. */
  const settle = (entry: FrontierEntry, ...events: ReadonlyArray<SharedEvent>) =>
    turn((): Decision<boolean> => isMine(entry) ? { events, nextSlot: null, result: true } : { events: [], nextSlot: null, result: false })

  const learned = (said: ReadonlyArray<AdvertisedFact>, own: boolean): ReadonlyArray<SharedEvent> => {
    const fresh = unknownOf(said, frontier)
    return fresh.length === 0 ? [] : [{ _tag: "learned", bySeed: own, accepted: own ? settings.maxEndpoints : settings.acceptedPerSource, named: fresh }]
  }

  const next = turn(({ lapsed, now }): Decision<Next> => {
    const back = lapsed.map(({ key, runner }): SharedEvent => ({ _tag: "lapsed", key, runner }))
    // What lapsed is due once it is applied: the next turn takes it.
    if (back.length > 0) return { events: back, nextSlot: null, result: { _tag: "wait" } }
    const entry = frontier.next()
    if (entry !== undefined) {
      return { events: [{ _tag: "taken", key: entry.key, runner: log.runner, until: now + log.leaseMs }], nextSlot: null, result: { _tag: "visit", entry } }
    }
    if (replica.underWay > 0) return { events: [], nextSlot: null, result: { _tag: "wait" } }
    const { due, parked } = frontier.counts()
    return parked + due > 0 && !isAdvanced()
      ? { events: [{ _tag: "advanced" }], nextSlot: null, result: { _tag: "wait" } }
      : { events: [], nextSlot: null, result: { _tag: "complete" } }
  })

  /** Counts of the frontier when the next wave was last asked for: where that changed nothing, discovery is complete. */
  let advancedAt = ""
  const isAdvanced = (): boolean => {
    const { due, known, notVisited, visited } = frontier.counts()
    const now = JSON.stringify([due, known, notVisited, visited])
    if (advancedAt === now) return true
    advancedAt = now
    return false
  }

  const enter = (entry: FrontierEntry, claim: Omit<Claim, "units">) =>
    turn(({ nextSlot, now }): Decision<Entry> => {
      if (!isMine(entry)) return { events: [], nextSlot: null, result: { _tag: "lost" } }
      const refusal = replica.ledger.refusal(claim, now)
      if (refusal !== null && !refusal.mayEndSooner) {
        return { events: [{ _tag: "refused", key: entry.key, reason: "policy", detail: refusal.detail }], nextSlot: null, result: { _tag: "settled" } }
      }
      if (refusal !== null || replica.isBusy(claim)) return { events: [], nextSlot: null, result: { _tag: "busy" } }
      const room = replica.ledger.room(claim, now)
      const slot = settings.rate === 0 ? now : Math.max(now, nextSlot)
      return {
        events: [{ _tag: "entered", key: entry.key, claim: { ...claim, units: room.units } }],
        nextSlot: settings.rate === 0 ? null : slot + 1000 / settings.rate,
        result: { _tag: "enter", room, delayMs: slot - now }
      }
    })

  const afterVisit = Effect.fnUntraced(function*(entry: FrontierEntry, visit: Visit) {
    const at = yield* Clock.currentTimeMillis
    const { announced, excluded } = heardFrom(visit, { ...state, allowPrivate: settings.allowPrivate }, at)
    tally.excluded += excluded
    // Whose lease ended while it was away has nothing to say any more.
    if (!(yield* settle(entry))) return
    tally.add(visit)
    if (tally.proxyIsLost) told.end ??= "proxy lost"
    // Here first, on disk: what others are told of must not be lost with this process.
    yield* store.record(state.crawlId, [{ _tag: "visit", visit: storedVisit(visit, announced, state.exclusions) }, ...announced])
    yield* store.flush
    yield* settle(entry, {
      _tag: "visited",
      key: entry.key,
      reachable: foundServer(visit),
      cost: visit.cost,
      reason: reasonForDistance(visit),
      claims: claimedHosts(visit)
    }, ...announced.flatMap((said) => learned([said], false)))
  })

  const visitNow = Effect.fnUntraced(function*(entry: FrontierEntry, plan: DialPlan) {
    if (state.exclusions.excludes(entry.endpoint.host, plan.dial.addresses) !== undefined) {
      tally.excluded++
      state.toForget.add(entry.endpoint.host)
      return yield* settle(entry, { _tag: "refused", key: entry.key, reason: "policy", detail: "excluded" })
    }
    const { block, target: occupies } = occupancyOf(entry.endpoint.host, dialledOf(plan), frontier.addressesOf(entry.endpoint.host))
    const claim = { ...booksOf(plan), occupies, block }
    for (let times = 0; told.end === null; times++) {
      const entered = yield* enter(entry, claim)
      if (entered._tag === "settled" || entered._tag === "lost") return
      if (entered._tag === "enter") {
        if (entered.delayMs > 0) yield* Effect.sleep(entered.delayMs)
        return yield* afterVisit(entry, yield* visitor.visit(plan, { ...visitOptions, room: entered.room }))
      }
      yield* pause(times)
    }
    yield* settle(entry, { _tag: "returned", key: entry.key })
  })

  const work = Effect.fnUntraced(function*(entry: FrontierEntry) {
    const planned = yield* Effect.result(dialer.plan(entry.endpoint))
    if (Result.isSuccess(planned)) return yield* visitNow(entry, planned.success)
    const { detail, reason } = planned.failure
    if (reason === "us") tally.addLack(detail)
    if (reason === "policy" || reason === "us") return yield* settle(entry, { _tag: "refused", key: entry.key, reason, detail })
    yield* afterVisit(entry, visitOfFailedPlan(entry.endpoint, planned.failure, yield* Clock.currentTimeMillis))
  })

  const worker = Effect.gen(function*() {
    for (let times = 0; told.end === null; times++) {
      const what = yield* next
      if (what._tag === "complete") return
      if (what._tag === "wait") yield* pause(times)
      else {
        times = 0
        yield* work(what.entry)
      }
    }
  })

  for (const { own, said } of seeds) yield* tell(...learned(said, own))
  const stopped = yield* Effect.forkChild(Effect.gen(function*() {
    while (told.end === null) {
      const message = yield* Queue.take(inbox)
      if (message._tag === "stop") told.end = message.end
    }
  }))
  const renewals = yield* Effect.forkChild(Effect.forever(Effect.delay(log.renew, log.leaseMs / 3)))
  yield* Effect.all(Array.from({ length: Math.min(settings.concurrency, mostWorkers) }, () => worker), { concurrency: "unbounded", discard: true })
  yield* Fiber.interrupt(renewals)
  yield* Fiber.interrupt(stopped)
  yield* store.flush
  return told.end ?? "complete"
})

/** Turns of the log are made one by one: more workers would only wait for each other. */
const mostWorkers = 16
