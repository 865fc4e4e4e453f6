import type { VisitRoom } from "../../probe/request-limit.ts"
import type { CrawlEnd } from "../progress.ts"
import type { FrontierEntry } from "../frontier-entry.ts"
import type { Replica } from "./replica.ts"
import type { Claim, SharedEvent } from "./shared-event.ts"
import type { Decision, Turn } from "./shared-log.ts"

/*
 * What a runner decides in a turn of the log: plain functions of what all know
 * alike. They change nothing, since a turn may be decided again.
 */

/** What a runner is to do next. */
export type Next = { readonly _tag: "visit"; readonly entry: FrontierEntry } | { readonly _tag: "wait" } | { readonly _tag: "end"; readonly end: CrawlEnd }

/** What is to be said of a connection that was asked for. */
export type Entry = { readonly _tag: "enter"; readonly room: VisitRoom; readonly delayMs: number } | { readonly _tag: "busy" } | { readonly _tag: "settled" } | { readonly _tag: "lost" }

const nothing = <A>(result: A): Decision<A> => ({ events: [], nextSlot: null, result })

/**
 * Takes an endpoint, says that leases ended, begins the next wave, or finds that there is nothing to do.
 *
 * @param limit visits of all runners together; null: no limit
 */
export const decideNext = (
  replica: Replica,
  { holder, leaseMs }: { readonly holder: string; readonly leaseMs: number },
  limit: number | null,
  { lapsed, now }: Turn
): Decision<Next> => {
  // What lapsed is due once it is applied: the next turn takes it.
  if (lapsed.length > 0) return { events: lapsed.map(({ key, runner }) => ({ _tag: "lapsed", key, runner })), nextSlot: null, result: { _tag: "wait" } }
  if (limit !== null && replica.frontier.counts().visited + replica.underWay >= limit) {
    return nothing(replica.underWay > 0 ? { _tag: "wait" } : { _tag: "end", end: "limit" })
  }
  const entry = replica.frontier.next()
  if (entry !== undefined) return { events: [{ _tag: "taken", key: entry.key, runner: holder, until: now + leaseMs }], nextSlot: null, result: { _tag: "visit", entry } }
  if (replica.underWay > 0) return nothing({ _tag: "wait" })
  return replica.isComplete ? nothing({ _tag: "end", end: "complete" }) : { events: [{ _tag: "advanced" }], nextSlot: null, result: { _tag: "wait" } }
}

/**
 * Begins a visit where address, block and costs have room for it, at the next moment for a connection.
 *
 * @param rate connections a second of all runners together; 0: no limit
 */
export const decideEntry = (
  replica: Replica,
  holder: string,
  rate: number,
  { key, ...claim }: Omit<Claim, "units"> & { readonly key: string },
  { nextSlot, now }: Turn
): Decision<Entry> => {
  if (replica.holderOf(key) !== holder) return nothing({ _tag: "lost" })
  const refusal = replica.ledger.refusal(claim, now)
  if (refusal !== null && !refusal.mayEndSooner && !(refusal.kind === "no room" && replica.mayOweLess(claim))) {
    return { events: [{ _tag: "refused", key, reason: "policy", detail: refusal.detail }], nextSlot: null, result: { _tag: "settled" } }
  }
  if (refusal !== null || replica.isBusy(claim)) return nothing({ _tag: "busy" })
  const room = replica.ledger.room(claim, now)
  const slot = rate === 0 ? now : Math.max(now, nextSlot)
  return {
    events: [{ _tag: "entered", key, claim: { ...claim, units: room.units } }],
    nextSlot: rate === 0 ? null : slot + 1000 / rate,
    result: { _tag: "enter", room, delayMs: slot - now }
  }
}

/** Says how an endpoint ended, and whether its holder could still say so. */
export const decideEnd = (replica: Replica, holder: string, key: string, events: () => ReadonlyArray<SharedEvent>): Decision<boolean> =>
  replica.holderOf(key) === holder ? { events: events(), nextSlot: null, result: true } : nothing(false)
