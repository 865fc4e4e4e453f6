import { Clock, Effect, Result } from "effect"
import type { Exclusions } from "../domain/exclusions.ts"
import type { ProbeTarget } from "../domain/probe-target.ts"
import { Dialer, type DialPlan } from "../transport/dialer.ts"
import { type Books, booksOf, type CostLedger } from "./cost-ledger.ts"
import { dialledOf, type Occupancy, occupancyOf } from "./politeness.ts"

/** Why a server is not asked: `failed` where it is not our own rules. */
export interface Refusal {
  readonly state: "not asked" | "failed"
  readonly problem: string
}

/** A server that a probe may ask, or why it may not. */
export interface ProbeMember {
  readonly target: ProbeTarget
  /** Null where the name did not resolve. */
  readonly plan: DialPlan | null
  readonly refusal: Refusal | null
  readonly occupancy: Occupancy
  readonly books: Books
}

/**
 * Resolves and asks opt-out lists and ledger; opens no connection. `allowance`:
 * what there must be room for. Nothing is booked: that is done when the server is
 * asked, and the ledger asked once more, since two names may be one server.
 */
export const prepareMember = Effect.fnUntraced(function*(
  target: ProbeTarget,
  rules: { readonly exclusions: Exclusions; readonly allowance: number },
  ledger: CostLedger
): Effect.fn.Return<ProbeMember, never, Dialer> {
  const dialer = yield* Dialer
  const { endpoint } = target
  const planned = yield* Effect.result(dialer.plan(endpoint))
  const plan = Result.isSuccess(planned) ? planned.success : null
  const addresses = plan?.dial.addresses ?? []
  const books = plan === null ? { host: endpoint.host, target: endpoint.host } : booksOf(plan)
  const refused = ledger.refusal(books, yield* Clock.currentTimeMillis, rules.allowance)
  const refusalOf = (): Refusal | null => {
    if (rules.exclusions.excludes(endpoint.host, addresses) !== undefined) return { state: "not asked", problem: "excluded" }
    if (Result.isFailure(planned)) return { state: "failed", problem: `${planned.failure.reason}: ${planned.failure.detail}` }
    return refused === null ? null : { state: "not asked", problem: refused.detail }
  }
  const dialled = plan === null ? [] : dialledOf(plan)
  return { target, plan, refusal: refusalOf(), books, occupancy: occupancyOf(endpoint.host, dialled, []) }
})
