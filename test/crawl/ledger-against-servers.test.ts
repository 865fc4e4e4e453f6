import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CostLedger, visitAllowance } from "../../src/crawl/cost-ledger.ts"
import { CostGroups } from "../../src/simnet/implementations/electrumx/cost-groups.ts"

/** Seconds to wait before a visit, how long it takes, and what it costs beyond the connection. */
const visits = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: visitAllowance - 5 })),
  { minLength: 1, maxLength: 60 }
)

/** The most that a server had on its books when all visits were made that somebody let pass. */
const mostOf = (plan: ReadonlyArray<readonly [number, number, number]>, mayVisit: (ledger: CostLedger, now: number) => boolean): number => {
  let now = 0
  const groups = new CostGroups(() => now, false)
  const ledger = new CostLedger([])
  for (const [wait, lasts, units] of plan) {
    now += wait * 1000
    if (!mayVisit(ledger, now)) continue
    const session = groups.enter("198.18.0.0/24")
    session.add(units)
    now += lasts * 1000
    session.leave()
    ledger.charge("240.0.0.1", 5 + units, null, now)
  }
  return groups.most
}

describe("the cost ledger against a server's own books", () => {
  it("keeps whatever visits it lets pass below the server's soft limit, whenever they come and however long they take", () => {
    fc.assert(fc.property(visits, (plan) => {
      expect(mostOf(plan, (ledger, now) => ledger.refusal("240.0.0.1", now) === null)).toBeLessThan(1000)
    }))
  })

  it("is what keeps them there", () => {
    const hasty = Array.from({ length: 60 }, () => [0, 0, visitAllowance - 5] as const)
    expect(mostOf(hasty, () => true)).toBeGreaterThan(3000)
    expect(mostOf(hasty, (ledger, now) => ledger.refusal("240.0.0.1", now) === null)).toBeLessThan(1000)
  })
})
