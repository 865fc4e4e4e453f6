import type { VisitReason } from "../domain/reason.ts"
import type { Visit } from "../domain/visit.ts"
import { type DeepChoice, invalidJsonCost } from "../probe/deep/budget.ts"
import type { LedgerFact } from "../store/facts.ts"

/**
 * What we may still have on servers' books. ElectrumX charges every request,
 * shares the sum over the client's /24 or /48, keeps it after we leave and
 * forgets 2 units a second; requests are slowed from 1,000 units on and refused
 * at 10,000 (protocol-facts section 7.1). Other software charges nothing, so
 * this is an upper bound for them.
 */
export const recoveryPerSecond = 2

/** No visit may lift a balance above this: well below the soft limit of 1,000. */
export const balanceLimit = 700

/**
 * As `balanceLimit`, for deep visits. Invalid JSON is more than ElectrumX's soft
 * limit by itself: who asks for it has our own requests slowed for some minutes.
 */
export const deepBalanceLimit = (choice: DeepChoice): number =>
  choice === "usual" ? balanceLimit : invalidJsonCost + 100

/** What a crawl visit may cost at the most without errors, before it is known: all probes, 6 peer rounds of large lists. */
export const visitAllowance = 90

/** How long a server that throttled or reset us is left alone. */
export const backOffMs = 30 * 60_000

export type LedgerEntry = Omit<LedgerFact, "_tag">

/** What a visit says about whether to keep away: also what happened after its handshake. */
export const reasonForDistance = (visit: Visit): VisitReason | null => {
  if (visit.observations.some((o) => o.outcome === "throttled")) return "throttled"
  const reset = visit.observations.some((o) => o.outcome === "closed" && o.errorMessage === "ECONNRESET")
  return reset ? "reset" : visit.reason
}

/** Why a target may not be visited now; null when it may. */
export type LedgerRefusal = { readonly detail: string; readonly until: number } | null

/** The balances of one vantage, by target (dialled address, else host). */
export class CostLedger {
  readonly #entries = new Map<string, LedgerEntry>()

  constructor(entries: Iterable<LedgerEntry>) {
    for (const entry of entries) this.#entries.set(entry.target, entry)
  }

  /** Units probably still on the target's books. */
  balance(target: string, now: number): number {
    const entry = this.#entries.get(target)
    if (entry === undefined) return 0
    return Math.max(0, entry.balance - (Math.max(0, now - entry.at) / 1000) * recoveryPerSecond)
  }

  /** `allowance`: what is going to be asked costs so much at the most. */
  refusal(target: string, now: number, allowance = visitAllowance): LedgerRefusal {
    const entry = this.#entries.get(target)
    if (entry?.backOffUntil != null && entry.backOffUntil > now) {
      return {
        detail: `back-off until ${new Date(entry.backOffUntil).toISOString()}: ${entry.reason ?? "throttled"}`,
        until: entry.backOffUntil
      }
    }
    const excess = this.balance(target, now) + allowance - balanceLimit
    if (excess <= 0) return null
    return {
      detail: `ledger: ${Math.round(this.balance(target, now))} of ${balanceLimit} units in use`,
      until: now + Math.ceil((excess / recoveryPerSecond) * 1000)
    }
  }

  /**
   * Why a visit that may cost `allowance` may not be made now to a server whose
   * endpoints are on several books: its process adds them all up.
   */
  refusalTogether(targets: ReadonlyArray<string>, allowance: number, limit: number, now: number): LedgerRefusal {
    const distinct = [...new Set(targets)]
    for (const target of distinct) {
      const entry = this.#entries.get(target)
      if (entry?.backOffUntil != null && entry.backOffUntil > now) return this.refusal(target, now)
    }
    const balance = distinct.reduce((sum, target) => sum + this.balance(target, now), 0)
    const excess = balance + allowance - limit
    if (excess <= 0) return null
    return {
      detail: `ledger: ${Math.round(balance)} of ${limit} units in use, ${allowance} wanted`,
      until: now + Math.ceil((excess / recoveryPerSecond) * 1000)
    }
  }

  /** Books what a visit cost more or less than was charged before it was made. */
  correct(target: string, more: number, reason: VisitReason | null, now: number): LedgerFact {
    return this.charge(target, Math.max(more, -this.balance(target, now)), reason, now)
  }

  /** Books a visit; a reason that asks for distance (throttled, reset) begins a back-off. One that is running goes on. */
  charge(target: string, cost: number, reason: VisitReason | null, now: number): LedgerFact {
    const distance = reason === "throttled" || reason === "reset"
    const before = this.#entries.get(target)
    const running = before?.backOffUntil != null && before.backOffUntil > now ? before : null
    const begun = distance ? { backOffUntil: now + backOffMs, reason } : null
    const { backOffUntil, reason: why } = begun !== null && begun.backOffUntil >= (running?.backOffUntil ?? 0)
      ? begun
      : running ?? { backOffUntil: null, reason: null }
    const entry: LedgerEntry = { target, at: now, balance: this.balance(target, now) + cost, backOffUntil, reason: why }
    this.#entries.set(target, entry)
    return { _tag: "ledger", ...entry }
  }
}
