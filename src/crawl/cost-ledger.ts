import type { VisitReason } from "../domain/reason.ts"
import type { Visit } from "../domain/visit.ts"
import { electrumxCost } from "../electrum/methods.ts"
import { type DeepChoice, invalidJsonCost } from "../probe/deep/budget.ts"
import { mostErrors, type VisitRoom } from "../probe/request-limit.ts"
import type { LedgerFact } from "../store/facts.ts"
import type { HostCost } from "../store/joined-visits.ts"
import type { DialPlan } from "../transport/dial-plan.ts"
import { Account, recovered, recoveryPerSecond } from "./account.ts"

/*
 * ElectrumX charges every request, shares the sum over the client's /24 or /48,
 * keeps it after we leave and forgets 2 units a second; requests are slowed from
 * 1,000 units on and refused at 10,000 (protocol-facts section 7.1). Other software
 * charges nothing, so what the ledger says is an upper bound for them.
 */

/** Visits that know their errors beforehand may not lift a balance above this: well below the soft limit of 1,000. */
export const balanceLimit = 700

/** No visit may lift a balance above this, whatever it is answered: still below the soft limit. */
export const errorLimit = 990

/** Errors that a visit has room for at the least: a handshake may bring one and be tried again. */
export const leastErrors = 2

/**
 * As `balanceLimit`, for deep visits. Invalid JSON is more than ElectrumX's soft
 * limit by itself: who asks for it has our own requests slowed for some minutes.
 */
export const deepBalanceLimit = (choice: DeepChoice): number =>
  choice === "usual" ? balanceLimit : invalidJsonCost + 100

/** What a crawl visit may cost at the most without errors, before it is known: all probes, 6 peer rounds of large lists. */
export const visitAllowance = 90

/** What there must be room for before a crawl visit is begun. */
export const leastVisit = visitAllowance + leastErrors * electrumxCost.error

/** How long a server that throttled or reset us is left alone. */
export const backOffMs = 30 * 60_000

export type LedgerEntry = Omit<LedgerFact, "_tag">

/** What a visit says about whether to keep away: also what happened after its handshake. */
export const reasonForDistance = (visit: Visit): VisitReason | null => {
  if (visit.observations.some((o) => o.outcome === "throttled")) return "throttled"
  const reset = visit.observations.some((o) => o.outcome === "closed" && o.errorMessage === "ECONNRESET")
  return reset ? "reset" : visit.reason
}

/** Whether such a reason says to stay away for a time. */
export const asksForDistance = (reason: string | null): boolean => reason === "throttled" || reason === "reset"

/** When a back-off ends that is in force; 0: none is. None is longer than usual: its end would be by a clock that was wrong. */
const backOffEnd = (of: { readonly backOffUntil: number | null } | undefined, now: number): number => {
  const until = of?.backOffUntil ?? 0
  return until > now && until <= now + backOffMs ? until : 0
}

/** Why a server may not be visited now; null when it may. */
export type LedgerRefusal = {
  readonly kind: "back-off" | "no room"
  readonly detail: string
  readonly until: number
  /** Visits under way are counted at the most they may cost: there may be room when they are over. */
  readonly mayEndSooner: boolean
} | null

/** Whose books a visit is on: the dialled address, else the host; and the host, by which servers are joined. */
export interface Books {
  readonly host: string
  readonly target: string
  /** Addresses that are dialled where the target does not answer; left out where there are none. */
  readonly others?: ReadonlyArray<string>
}

const targetsOf = ({ others = [], target }: Pick<Books, "target" | "others">): ReadonlyArray<string> => [target, ...others]

/** By what was dialled, never by what somebody announced: a claim must not bar us from a stranger's address. */
export const booksOf = ({ dial, endpoint, others }: Pick<DialPlan, "dial" | "endpoint" | "others">): Books =>
  ({ host: endpoint.host, target: dial.address ?? endpoint.host, ...(others === undefined ? {} : { others }) })

/**
 * The balances of one vantage, by target (dialled address, else host), and by
 * server where hosts are known to be one: a process adds up what it charges at all
 * its endpoints. Which hosts that are follows from visits, see `MetServers`.
 */
export class CostLedger {
  readonly #entries = new Map<string, LedgerEntry>()
  /** What visits under way may cost, by target. */
  readonly #underWay = new Map<string, number>()
  /** By host; hosts of one server have one account. */
  readonly #servers = new Map<string, Account>()
  readonly #hosts = new Map<Account, Array<string>>()

  /** `spent`: what visits to hosts did cost lately. */
  constructor(entries: Iterable<LedgerEntry>, spent: Iterable<HostCost> = []) {
    for (const entry of entries) this.#entries.set(entry.target, entry)
    for (const { at, cost, host } of spent) this.#serverOf(host).add(cost, at)
  }

  /** Units probably still on the target's books. Those of visits under way are not forgotten yet: they may be made last. */
  balance(target: string, now: number): number {
    return this.#settled(target, now) + (this.#underWay.get(target) ?? 0)
  }

  #settled(target: string, now: number): number {
    const entry = this.#entries.get(target)
    return entry === undefined ? 0 : recovered(entry.balance, entry.at, now)
  }

  #serverOf(host: string): Account {
    const known = this.#servers.get(host)
    if (known !== undefined) return known
    const server = new Account()
    this.#servers.set(host, server)
    this.#hosts.set(server, [host])
    return server
  }

  /** What earlier runs booked for a host: also by a process that was killed before it could store the visit. */
  recall({ host, target }: Books, now: number): void {
    const server = this.#serverOf(host)
    const entry = this.#entries.get(target)
    if (entry === undefined) return
    server.keepAway(entry.backOffUntil, entry.reason)
    // An address may be a stranger's too, and the host's own visits are known.
    if (target === host) server.add(Math.max(0, this.#settled(target, now) - server.balance(now)), now)
  }

  /** From now on two hosts are one server, with one account. */
  join(host: string, other: string): void {
    const [one, two] = [this.#serverOf(host), this.#serverOf(other)]
    if (one === two) return
    const [small, large] = this.#hosts.get(one)!.length < this.#hosts.get(two)!.length ? [one, two] : [two, one]
    large.absorb(small)
    for (const moved of this.#hosts.get(small)!) {
      this.#servers.set(moved, large)
      this.#hosts.get(large)!.push(moved)
    }
    this.#hosts.delete(small)
  }

  #inUse(books: Books, now: number): number {
    let most = this.#servers.get(books.host)?.balance(now) ?? 0
    for (const target of targetsOf(books)) most = Math.max(most, this.balance(target, now))
    return most
  }

  /**
   * What a visit that is not refused may bring, `allowance` being its cost without
   * errors: so many errors that there is room for another visit even if all of them
   * come, but two at least.
   */
  room(books: Books, now: number, allowance = visitAllowance, most = mostErrors): VisitRoom {
    const left = Math.floor((balanceLimit - this.#inUse(books, now) - allowance) / electrumxCost.error)
    const errors = Math.max(leastErrors, Math.min(most, left))
    return { errors, units: allowance + errors * electrumxCost.error }
  }

  /** Why a visit that may cost `allowance` may not be made now: every address that it may lead to and the host's server must have room for it. */
  refusal(books: Books, now: number, allowance = leastVisit, limit = errorLimit): LedgerRefusal {
    const targets = targetsOf(books)
    const server = this.#servers.get(books.host)
    let [until, reason] = [backOffEnd(server, now), server?.backOffReason]
    for (const target of targets) {
      const entry = this.#entries.get(target)
      if (backOffEnd(entry, now) >= until) [until, reason] = [backOffEnd(entry, now), entry?.reason]
    }
    if (until > now) {
      return { kind: "back-off", detail: `back-off until ${new Date(until).toISOString()}: ${reason ?? "throttled"}`, until, mayEndSooner: false }
    }
    const balance = this.#inUse(books, now)
    const excess = balance + allowance - limit
    if (excess <= 0) return null
    return {
      kind: "no room",
      detail: `ledger: ${Math.round(balance)} of ${limit} units in use, ${Math.ceil(allowance)} wanted`,
      until: now + Math.ceil((excess / recoveryPerSecond) * 1000),
      mayEndSooner: targets.some((target) => this.#underWay.has(target)) || (server?.underWay ?? 0) > 0
    }
  }

  /** Keeps room for a visit that is going to be made, until `release`. */
  reserve(books: Books, allowance: number): void {
    this.#serverOf(books.host).underWay += allowance
    for (const target of targetsOf(books)) this.#underWay.set(target, (this.#underWay.get(target) ?? 0) + allowance)
  }

  release(books: Books, allowance: number): void {
    this.#serverOf(books.host).underWay -= allowance
    for (const target of targetsOf(books)) {
      const rest = (this.#underWay.get(target) ?? 0) - allowance
      if (rest > 0) this.#underWay.set(target, rest)
      else this.#underWay.delete(target)
    }
  }

  /** Books what a visit may cost before it is made, at every address that it may lead to. To be recorded at once: then a killed process does not forget it. */
  book(books: Books, allowance: number, now: number): Array<LedgerFact> {
    this.reserve(books, allowance)
    return targetsOf(books).map((target) => this.#enter(target, 0, null, now))
  }

  /**
   * Books what a visit did cost in place of the `allowance` booked before.
   *
   * @param dialled the address that it led to; null where nobody knows: then all that it may have led to are charged
   */
  settle(books: Books, allowance: number, cost: number, reason: VisitReason | null, now: number, dialled: string | null): Array<LedgerFact> {
    this.release(books, allowance)
    const targets = targetsOf(books)
    const charged = dialled !== null && targets.includes(dialled) ? [dialled] : targets
    this.#chargeServer(books.host, cost, reason, now)
    return targets.map((target) => charged.includes(target) ? this.#enter(target, cost, reason, now) : this.#enter(target, 0, null, now))
  }

  /** Books a visit to its target; a reason that asks for distance (throttled, reset) begins a back-off. One that is running goes on. */
  charge({ host, target }: Books, cost: number, reason: VisitReason | null, now: number): LedgerFact {
    this.#chargeServer(host, cost, reason, now)
    return this.#enter(target, cost, reason, now)
  }

  #chargeServer(host: string, cost: number, reason: VisitReason | null, now: number): void {
    const server = this.#serverOf(host)
    if (cost > 0) server.add(cost, now)
    if (asksForDistance(reason)) server.beginBackOff(now + backOffMs, reason!)
  }

  #enter(target: string, cost: number, reason: VisitReason | null, now: number): LedgerFact {
    const before = this.#entries.get(target)
    const running = backOffEnd(before, now) > 0 ? before! : null
    const begun = asksForDistance(reason) ? { backOffUntil: now + backOffMs, reason } : null
    const { backOffUntil, reason: why } = begun !== null && begun.backOffUntil >= (running?.backOffUntil ?? 0)
      ? begun
      : running ?? { backOffUntil: null, reason: null }
    const entry: LedgerEntry = { target, at: now, balance: this.#settled(target, now) + cost, backOffUntil, reason: why }
    this.#entries.set(target, entry)
    return { _tag: "ledger", ...entry, balance: this.balance(target, now) }
  }
}
