import { describe, expect, it } from "vitest"
import { backOffMs, balanceLimit, CostLedger } from "../../src/crawl/cost-ledger.ts"

describe("the cost ledger", () => {
  it("forgets two units a second, as ElectrumX does", () => {
    const ledger = new CostLedger([])
    ledger.charge("198.18.0.1", 100, null, 0)
    expect(ledger.balance("198.18.0.1", 20_000)).toBe(60)
    expect(ledger.balance("198.18.0.1", 60_000)).toBe(0)
  })

  it("adds the visits of all endpoints of one target, also across runs", () => {
    const first = new CostLedger([])
    const fact = first.charge("198.18.0.1", 30, null, 0)
    const second = new CostLedger([fact])
    expect(second.charge("198.18.0.1", 30, null, 5_000).balance).toBe(50)
  })

  it("refuses a visit that could lift the balance over the limit and says until when", () => {
    const ledger = new CostLedger([])
    ledger.charge("198.18.0.1", balanceLimit, null, 0)
    const refusal = ledger.refusal("198.18.0.1", 0)
    expect(refusal?.detail).toBe("ledger: 700 of 700 units in use")
    expect(ledger.refusal("198.18.0.1", refusal!.until)).toBeNull()
    expect(ledger.refusal("198.18.0.1", refusal!.until - 1000)).not.toBeNull()
    expect(ledger.refusal("198.18.0.2", 0)).toBeNull()
  })

  it("leaves a server alone for half an hour after it throttled or reset us", () => {
    for (const reason of ["throttled", "reset"] as const) {
      const ledger = new CostLedger([])
      expect(ledger.charge("198.18.0.1", 5, reason, 1_000).backOffUntil).toBe(1_000 + backOffMs)
      expect(ledger.refusal("198.18.0.1", backOffMs)?.detail).toMatch(/^back-off until 1970-01-01T00:30:01.000Z: /)
      expect(ledger.refusal("198.18.0.1", backOffMs + 1_001)).toBeNull()
    }
    const ledger = new CostLedger([])
    expect(ledger.charge("198.18.0.1", 5, "refused", 1_000).backOffUntil).toBeNull()
  })

  it("keeps a running back-off through later bookings, the later of two, and none that is over", () => {
    const ledger = new CostLedger([])
    ledger.charge("198.18.0.1", 5, "throttled", 1_000)
    expect(ledger.charge("198.18.0.1", 5, null, 2_000)).toMatchObject({ backOffUntil: 1_000 + backOffMs, reason: "throttled" })
    expect(ledger.charge("198.18.0.1", 5, "reset", 3_000)).toMatchObject({ backOffUntil: 3_000 + backOffMs, reason: "reset" })
    expect(ledger.charge("198.18.0.1", 5, null, 3_000 + backOffMs)).toMatchObject({ backOffUntil: null, reason: null })
  })

  it("adds up the books of all addresses of one server before a deep visit", () => {
    const ledger = new CostLedger([])
    ledger.charge("198.18.0.1", 90, null, 0)
    ledger.charge("198.18.0.2", 90, null, 0)
    const both = ["198.18.0.1", "198.18.0.2", "198.18.0.1"]
    expect(ledger.refusalTogether(["198.18.0.1"], 566, balanceLimit, 0)).toBeNull()
    const refusal = ledger.refusalTogether(both, 566, balanceLimit, 0)
    expect(refusal?.detail).toBe("ledger: 180 of 700 units in use, 566 wanted")
    expect(ledger.refusalTogether(both, 566, balanceLimit, refusal!.until)).toBeNull()
    ledger.charge("198.18.0.2", 0, "throttled", 0)
    expect(ledger.refusalTogether(both, 1, balanceLimit, 1_000)?.until).toBe(backOffMs)
  })

  it("corrects what was booked beforehand, and never below nothing", () => {
    const ledger = new CostLedger([])
    ledger.charge("198.18.0.1", 30, null, 0)
    ledger.charge("198.18.0.1", 566, null, 0)
    expect(ledger.correct("198.18.0.1", 100 - 566, null, 10_000).balance).toBe(110)
    expect(ledger.correct("198.18.0.1", -500, null, 10_000).balance).toBe(0)
    expect(ledger.correct("198.18.0.1", 40, "throttled", 10_000)).toMatchObject({ balance: 40, backOffUntil: 10_000 + backOffMs })
  })
})
