import { Clock, Deferred, Effect, Fiber, Queue, Result } from "effect"
import { endpointKey } from "../../domain/endpoint.ts"
import { membersOf } from "../../domain/tallied.ts"
import type { Visit } from "../../domain/visit.ts"
import { Visitor } from "../../probe/visitor.ts"
import type { AdvertisedFact, Fact } from "../../store/facts.ts"
import { Store } from "../../store/store.ts"
import type { StoreError } from "../../store/store-error.ts"
import { Dialer, type DialPlan } from "../../transport/dialer.ts"
import { claimedHosts, foundServer, heardFrom } from "../announcements.ts"
import { visitWithoutExcluded } from "../without-excluded.ts"
import { booksOf, reasonForDistance } from "../cost-ledger.ts"
import type { CrawlError } from "../crawl-error.ts"
import type { CrawlMessage, CrawlState } from "../crawl-loop.ts"
import { visitOfFailedPlan } from "../failed-plan.ts"
import type { Frontier } from "../frontier.ts"
import type { FrontierEntry } from "../frontier-entry.ts"
import { dialledOf, occupancyOf } from "../politeness.ts"
import type { CrawlEnd } from "../progress.ts"
import { decideEnd, decideEntry, decideNext } from "./decisions.ts"
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

/** What of all that was said the frontier does not know yet. */
const unknownOf = (said: ReadonlyArray<AdvertisedFact>, frontier: Frontier): ReadonlyArray<Named> => {
  const found = new Map<string, Named>()
  for (const { address, host, networkClass, services } of said.flatMap(({ entries }) => membersOf(entries))) {
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

  /** What steps changed in the frontier and is not stored yet: also those that were read by a turn that came to nothing. */
  let facts: Array<Fact> = []
  /** A turn of the log. What it changes in the frontier is stored here whoever did it: a runner that is killed takes nothing with it. */
  const turn = Effect.fnUntraced(function*<A>(decide: (turn: Turn) => Decision<A>) {
    const result = yield* log.turn(({ at, event }) => {
      facts.push(...replica.apply(event, at))
    }, decide)
    // What others did costs us too: servers charge our network.
    const changed = [...facts, ...replica.takeBookings()]
    facts = []
    if (changed.length > 0) yield* store.record(state.crawlId, changed)
    return result
  })
  /** Says how an endpoint ended, unless its lease did before: then it is another's by now. */
  const settle = (entry: FrontierEntry, events: () => ReadonlyArray<SharedEvent>) => turn(() => decideEnd(replica, log.holder, entry.key, events))
  const giveBack = (entry: FrontierEntry) => settle(entry, () => [{ _tag: "returned", key: entry.key }])

  const learned = (said: ReadonlyArray<AdvertisedFact>, own: boolean): ReadonlyArray<SharedEvent> => {
    const fresh = unknownOf(said, frontier)
    return fresh.length === 0 ? [] : [{ _tag: "learned", bySeed: own, accepted: own ? settings.maxEndpoints : settings.acceptedPerSource, named: fresh }]
  }

  const next = turn((turn) => decideNext(replica, log, settings.limit, turn))
  const enter = (entry: FrontierEntry, claim: Omit<Claim, "units">) => turn((turn) => decideEntry(replica, log.holder, settings.rate, { ...claim, key: entry.key }, turn))

  const afterVisit = Effect.fnUntraced(function*(entry: FrontierEntry, visit: Visit) {
    const at = yield* Clock.currentTimeMillis
    const { announced, excluded } = heardFrom(visit, { ...state, allowPrivate: settings.allowPrivate }, at)
    tally.excluded += excluded
    // Whose lease ended while it was away has nothing to say any more.
    if (!(yield* settle(entry, () => []))) return
    tally.add(visit)
    if (tally.proxyIsLost) told.end ??= "proxy lost"
    // Here first, on disk: what others are told of must not be lost with this process.
    yield* store.record(state.crawlId, [{ _tag: "visit", visit: visitWithoutExcluded(visit, state.exclusions) }, ...announced])
    yield* store.flush
    yield* settle(entry, () => [{
      _tag: "visited",
      key: entry.key,
      reachable: foundServer(visit),
      cost: visit.cost,
      dialled: visit.dial.address,
      reason: reasonForDistance(visit),
      claims: claimedHosts(visit)
    }, ...announced.flatMap((said) => learned([said], false))])
  })

  const visitNow = Effect.fnUntraced(function*(entry: FrontierEntry, plan: DialPlan) {
    if (state.exclusions.excludes(entry.endpoint.host, plan.dial.addresses) !== undefined) {
      tally.excluded++
      state.toForget.add(entry.endpoint.host)
      return yield* settle(entry, () => [{ _tag: "refused", key: entry.key, reason: "policy", detail: "excluded" }])
    }
    const { blocks, targets: occupies } = occupancyOf(entry.endpoint.host, dialledOf(plan), frontier.addressesOf(entry.endpoint.host))
    const claim = { ...booksOf(plan), occupies, blocks }
    for (let times = 0; told.end === null; times++) {
      const entered = yield* enter(entry, claim)
      if (entered._tag === "settled" || entered._tag === "lost") return
      if (entered._tag === "enter") {
        if (entered.delayMs > 0) yield* Effect.sleep(entered.delayMs)
        const { room } = entered
        // Asked here, after whatever kept this process: nobody else visits before the lease is over.
        const visit = yield* Effect.suspend(() => log.isHeld(entry.key) ? Effect.map(visitor.visit(plan, { ...visitOptions, room }), (made): Visit | null => made) : Effect.succeed(null)).pipe(
          Effect.raceFirst(Effect.as(log.untilLost(entry.key), null))
        )
        return yield* visit === null ? giveBack(entry) : afterVisit(entry, visit)
      }
      yield* pause(times)
    }
    yield* giveBack(entry)
  })

  const work = Effect.fnUntraced(function*(entry: FrontierEntry) {
    const planned = yield* Effect.result(dialer.plan(entry.endpoint))
    if (Result.isSuccess(planned)) return yield* visitNow(entry, planned.success)
    const { detail, reason } = planned.failure
    if (reason === "us") tally.addLack(detail)
    if (reason === "policy" || reason === "us") return yield* settle(entry, () => [{ _tag: "refused", key: entry.key, reason, detail }])
    yield* afterVisit(entry, visitOfFailedPlan(entry.endpoint, planned.failure, yield* Clock.currentTimeMillis))
  })

  let end: CrawlEnd = "complete"
  const worker = Effect.gen(function*() {
    for (let times = 0; told.end === null; times++) {
      const what = yield* next
      if (what._tag === "end") {
        end = what.end
        return
      }
      if (what._tag === "wait") yield* pause(times)
      else {
        times = 0
        yield* work(what.entry)
      }
    }
  })

  for (const { own, said } of seeds) yield* turn(() => ({ events: learned(said, own), nextSlot: null, result: undefined }))
  const stopped = yield* Deferred.make<void>()
  const listening = yield* Effect.forkChild(Effect.gen(function*() {
    while (told.end === null) {
      const message = yield* Queue.take(inbox)
      if (message._tag === "stop") told.end = message.end
    }
    yield* Deferred.succeed(stopped, undefined)
  }))
  const renewals = yield* Effect.forkChild(log.renewing)
  // Visits under way get a moment to end, also while the log does not answer.
  const drained = Effect.andThen(Deferred.await(stopped), Effect.sleep(settings.drainMs))
  yield* Effect.all(Array.from({ length: Math.min(settings.concurrency, mostWorkers) }, () => worker), { concurrency: "unbounded", discard: true }).pipe(Effect.raceFirst(drained))
  yield* Fiber.interrupt(renewals)
  yield* Fiber.interrupt(listening)
  // What did not end goes to the others at once, if they can be told; else when its lease ends.
  if (log.heldKeys().length > 0) {
    yield* Effect.ignore(Effect.timeout(
      turn(() => ({ events: log.heldKeys().filter((key) => replica.holderOf(key) === log.holder).map((key) => ({ _tag: "returned", key })), nextSlot: null, result: undefined })),
      handOverMs
    ))
  }
  end = told.end ?? end
  if (end === "limit" || end === "max time") {
    yield* store.record(state.crawlId, frontier.abandon("limit", end === "limit" ? "--limit" : "--max-time", yield* Clock.currentTimeMillis))
  }
  yield* store.flush
  return end
})

/** How long a runner that is told to stop tries to tell the others what it has not done. */
const handOverMs = 3_000

/** Turns of the log are made one by one: more workers would only wait for each other. */
const mostWorkers = 16
