import { describe, expect, it } from "vitest"
import { Account } from "../../src/crawl/account.ts"
import { backOffMs, balanceLimit, type Books, CostLedger, errorLimit, leastErrors, leastVisit, visitAllowance } from "../../src/crawl/cost-ledger.ts"

/** As through a proxy, which does not tell what it dials. */
const at = (target: string) => ({ host: target, target })

const [a, b, c, d] = ["a.example.org", "b.example.org", "c.example.org", "d.example.org"] as const

/** How much is thought to be in use of what a visit would be on the books of. */
const inUse = (ledger: CostLedger, books: Books, now = 0): number =>
  Number(/^ledger: (\d+) of/.exec(ledger.refusal(books, now, 1_000_000)!.detail)![1])

describe("the cost ledger", () => {
  it("forgets two units a second, as ElectrumX does", () => {
    const ledger = new CostLedger([])
    ledger.charge(at("198.18.0.1"), 100, null, 0)
    expect(ledger.balance("198.18.0.1", 20_000)).toBe(60)
    expect(ledger.balance("198.18.0.1", 60_000)).toBe(0)
  })

  it("adds the visits of all endpoints of one target, also across runs", () => {
    const first = new CostLedger([])
    const fact = first.charge(at("198.18.0.1"), 30, null, 0)
    const second = new CostLedger([fact])
    expect(second.charge(at("198.18.0.1"), 30, null, 5_000).balance).toBe(50)
  })

  it("refuses a visit that could lift the balance over the limit and says until when", () => {
    const ledger = new CostLedger([])
    ledger.charge(at("198.18.0.1"), balanceLimit, null, 0)
    expect(ledger.refusal(at("198.18.0.1"), 0)).toBeNull()
    ledger.charge(at("198.18.0.1"), 50, null, 0)
    const refusal = ledger.refusal(at("198.18.0.1"), 0)
    expect(refusal?.detail).toBe("ledger: 750 of 990 units in use, 290 wanted")
    expect(ledger.refusal(at("198.18.0.1"), refusal!.until)).toBeNull()
    expect(ledger.refusal(at("198.18.0.1"), refusal!.until - 1000)).not.toBeNull()
    expect(ledger.refusal(at("198.18.0.2"), 0)).toBeNull()
  })

  it("leaves a server alone for half an hour after it throttled or reset us", () => {
    for (const reason of ["throttled", "reset"] as const) {
      const ledger = new CostLedger([])
      expect(ledger.charge(at("198.18.0.1"), 5, reason, 1_000).backOffUntil).toBe(1_000 + backOffMs)
      expect(ledger.refusal(at("198.18.0.1"), backOffMs)?.detail).toMatch(/^back-off until 1970-01-01T00:30:01.000Z: /)
      expect(ledger.refusal(at("198.18.0.1"), backOffMs + 1_001)).toBeNull()
    }
    const ledger = new CostLedger([])
    expect(ledger.charge(at("198.18.0.1"), 5, "refused", 1_000).backOffUntil).toBeNull()
  })

  it("does not keep away for a back-off that began while the clock was wrong", () => {
    const ledger = new CostLedger([])
    ledger.charge(at("198.18.0.1"), 5, "reset", 365 * 86_400_000)
    expect(ledger.refusal(at("198.18.0.1"), 1_000)).toBeNull()
    ledger.charge(at("198.18.0.1"), 5, "reset", 1_000)
    expect(ledger.refusal(at("198.18.0.1"), 2_000)).toMatchObject({ kind: "back-off" })
  })

  it("remembers of a server that is visited for months no more than it may hold against us", () => {
    const account = new Account()
    for (let quarter = 0; quarter < 4 * 24 * 90; quarter++) account.add(10, quarter * 15 * 60_000)
    expect(account.size).toBeLessThan(100)
    const fresh = new Account()
    for (let second = 0; second < 3000; second += 10) for (const one of [account, fresh]) one.add(30, 1e12 + second * 1000)
    expect(account.balance(1e12 + 3_000_000)).toBe(fresh.balance(1e12 + 3_000_000))
  })

  it("keeps a running back-off through later bookings, the later of two, and none that is over", () => {
    const ledger = new CostLedger([])
    ledger.charge(at("198.18.0.1"), 5, "throttled", 1_000)
    expect(ledger.charge(at("198.18.0.1"), 5, null, 2_000)).toMatchObject({ backOffUntil: 1_000 + backOffMs, reason: "throttled" })
    expect(ledger.charge(at("198.18.0.1"), 5, "reset", 3_000)).toMatchObject({ backOffUntil: 3_000 + backOffMs, reason: "reset" })
    expect(ledger.charge(at("198.18.0.1"), 5, null, 3_000 + backOffMs)).toMatchObject({ backOffUntil: null, reason: null })
  })

  it("has one account for all hosts of a server, however late it is found that they are one", () => {
    const early = new CostLedger([])
    early.join(a, b)
    const late = new CostLedger([])
    for (const ledger of [early, late]) {
      for (const [i, host] of [a, b, c].entries()) ledger.charge(at(host), 45, null, i * 10_000)
    }
    late.join(a, b)
    for (const ledger of [early, late]) {
      // A server forgets 2 units a second of all that it has, and not of each name's share.
      expect([a, b, c, d].map((host) => inUse(ledger, at(host), 20_000))).toEqual([50, 50, 45, 0])
      ledger.join(c, b)
      expect([a, b, c, d].map((host) => inUse(ledger, at(host), 20_000))).toEqual([95, 95, 95, 0])
    }
  })

  it("knows what visits of earlier runs cost, in the order in which they were made", () => {
    const ledger = new CostLedger([], [{ host: b, at: 10_000, cost: 45 }, { host: a, at: 0, cost: 45 }])
    ledger.join(a, b)
    expect(inUse(ledger, at(a), 20_000)).toBe(50)
  })

  it("recalls what was booked for a visit that was never stored, and back-offs", () => {
    const booked = { at: 0, balance: 566, backOffUntil: null, reason: null }
    const ledger = new CostLedger([{ ...booked, target: a }, { ...booked, target: "198.18.0.2", backOffUntil: 90_000, reason: "reset" }], [
      { host: a, at: 0, cost: 30 }
    ])
    for (const books of [at(a), at(a), { host: b, target: "198.18.0.2" }, at(c)]) ledger.recall(books, 0)
    ledger.join(a, c)
    expect(inUse(ledger, at(c))).toBe(566)
    // What is on an address's books may be a stranger's, and is counted when that is dialled.
    ledger.join(b, d)
    expect(ledger.refusal(at(d), 0)).toMatchObject({ until: 90_000, mayEndSooner: false })
    expect(inUse(ledger, at(d), 90_000)).toBe(0)
    expect(inUse(ledger, { host: d, target: "198.18.0.2" }, 90_000)).toBe(386)
  })

  it("takes the larger of what an address and a server may have, and does not mix them", () => {
    const ledger = new CostLedger([])
    ledger.join(a, b)
    ledger.charge({ host: a, target: "198.18.0.1" }, 100, null, 0)
    ledger.charge({ host: b, target: "198.18.0.2" }, 50, null, 0)
    ledger.charge({ host: c, target: "198.18.0.2" }, 300, null, 0)
    expect(inUse(ledger, { host: a, target: "198.18.0.1" })).toBe(150)
    expect(inUse(ledger, { host: b, target: "198.18.0.2" })).toBe(350)
    expect(inUse(ledger, { host: c, target: "198.18.0.2" })).toBe(350)
  })

  it("leaves all names of a server alone that throttled us at one", () => {
    const ledger = new CostLedger([])
    ledger.charge(at(b), 0, "throttled", 0)
    ledger.join(a, b)
    expect(ledger.refusal(at(a), 1_000, 1)?.until).toBe(backOffMs)
    expect(ledger.refusal(at(c), 1_000, 1)).toBeNull()
  })

  it("books what a visit may cost beforehand, forgets none of it meanwhile, and then counts what it did cost", () => {
    const ledger = new CostLedger([])
    const books = at("198.18.0.1")
    ledger.charge(books, 30, null, 0)
    expect(ledger.book(books, 566, 0)).toMatchObject([{ balance: 596 }])
    expect(inUse(ledger, books, 10_000)).toBe(576)
    expect(ledger.refusal(books, 0, 400)?.mayEndSooner).toBe(true)
    // All of it may have been asked at the end.
    expect(ledger.settle(books, 566, 100, null, 10_000, books.target)).toMatchObject([{ balance: 110 }])
    expect(ledger.settle(books, 0, 40, "throttled", 10_000, books.target)).toMatchObject([{ balance: 150, backOffUntil: 10_000 + backOffMs }])
    expect(ledger.refusal(books, 10_000)?.mayEndSooner).toBe(false)
  })

  it("books a visit at every address that it may lead to, and afterwards at the one that it led to", () => {
    const ledger = new CostLedger([])
    const [first, second] = ["198.18.0.1", "198.18.0.2"] as const
    const books = { host: a, target: first, others: [second] }
    expect(ledger.book(books, 890, 0)).toMatchObject([{ target: first, balance: 890 }, { target: second, balance: 890 }])
    // Another name of the second address waits for it.
    expect(ledger.refusal({ host: b, target: second }, 0)?.mayEndSooner).toBe(true)
    expect(ledger.settle(books, 890, 600, "throttled", 0, second)).toMatchObject([
      { target: first, balance: 0, backOffUntil: null },
      { target: second, balance: 600, backOffUntil: backOffMs }
    ])
    expect(ledger.refusal({ host: c, target: first }, 0)).toBeNull()
    const later = { host: c, target: first, others: [second] }
    expect(ledger.refusal(later, 0)?.kind).toBe("back-off")
    expect(ledger.room(later, 0).errors).toBe(leastErrors)
  })

  it("charges all addresses where nobody knows to which a visit led, and the server once", () => {
    const ledger = new CostLedger([])
    const books = { host: a, target: "198.18.0.1", others: ["198.18.0.2"] }
    ledger.book(books, 100, 0)
    expect(ledger.settle(books, 100, 100, null, 0, null)).toMatchObject([{ balance: 100 }, { balance: 100 }])
    expect(inUse(ledger, { host: a, target: "198.18.0.3" }, 0)).toBe(100)
  })

  it("gives a visit room for as many errors as leave room for the next one, and for two at least", () => {
    const rooms = [0, 10, 11, 110, 410, 411, 700].map((balance) => {
      const ledger = new CostLedger([])
      ledger.charge(at(a), balance, null, 0)
      expect(ledger.refusal(at(a), 0)).toBeNull()
      const { errors, units } = ledger.room(at(a), 0)
      expect(units).toBe(visitAllowance + 100 * errors)
      expect(balance + units).toBeLessThanOrEqual(errors === 2 ? errorLimit : errorLimit - leastVisit)
      return errors
    })
    expect(rooms).toEqual([6, 6, 5, 5, 2, 2, 2])
  })

  it("has no room for a second visit while the first one may still cost it all", () => {
    const ledger = new CostLedger([])
    ledger.reserve(at(a), balanceLimit + 10)
    ledger.join(a, b)
    expect(ledger.refusal(at(b), 0)).toMatchObject({ mayEndSooner: true })
    ledger.release(at(a), balanceLimit + 10)
    expect(ledger.refusal(at(b), 0)).toBeNull()
  })
})
