import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CostLedger, errorLimit, visitAllowance } from "../../src/crawl/cost-ledger.ts"
import { CostGroups } from "../../src/simnet/implementations/electrumx/cost-groups.ts"

/** Seconds to wait before a visit, how long it takes, and what it costs beyond the connection. */
const visits = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: visitAllowance - 5 })),
  { minLength: 1, maxLength: 60 }
)

/** Seconds to wait before a visit, how long it takes, and how many errors it is answered with if it has room for them. */
const erring = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 9 })),
  { minLength: 1, maxLength: 60 }
)

const server = { host: "240.0.0.1", target: "240.0.0.1" }

/** The most that a server had on its books when all visits were made that somebody let pass. */
const mostOf = (plan: ReadonlyArray<readonly [number, number, number]>, mayVisit: (ledger: CostLedger, now: number) => boolean): number => {
  let now = 0
  const groups = new CostGroups(() => now, false)
  const ledger = new CostLedger([])
  for (const [wait, lasts, units] of plan) {
    now += wait * 1000
    if (!mayVisit(ledger, now)) continue
    ledger.book(server, visitAllowance, now)
    const session = groups.enter("198.18.0.0/24")
    session.add(units)
    now += lasts * 1000
    session.leave()
    ledger.settle(server, visitAllowance, 5 + units, null, now, server.target)
  }
  return groups.most
}

/** The most on a server's books where visits make no more errors than they have room for, or as many as they are answered with. */
const mostOfErrors = (plan: ReadonlyArray<readonly [number, number, number]>, isBounded: boolean): number => {
  let now = 0
  const groups = new CostGroups(() => now, false)
  const ledger = new CostLedger([])
  for (const [wait, lasts, answered] of plan) {
    now += wait * 1000
    if (ledger.refusal(server, now) !== null) continue
    const room = ledger.room(server, now)
    ledger.book(server, room.units, now)
    const errors = isBounded ? Math.min(answered, room.errors) : answered
    const session = groups.enter("198.18.0.0/24")
    session.add(visitAllowance - 5)
    now += lasts * 1000
    session.add(100 * errors)
    session.leave()
    ledger.settle(server, room.units, visitAllowance + 100 * errors, null, now, server.target)
  }
  return groups.most
}

/** Which of ten names, seconds to wait before the visit, how long it takes, and what it costs beyond the connection. */
const namedVisit = fc.tuple(fc.nat(9), fc.nat(3), fc.nat(3), fc.integer({ min: 0, max: visitAllowance - 5 }))

/** As `mostOf`, of one server under ten names. A run has so many visits; `isKnown`: what was visited is known to be one. */
const mostOfNames = (plan: ReadonlyArray<readonly [number, number, number, number]>, runLength: number, isKnown: boolean): number => {
  let now = 0
  const groups = new CostGroups(() => now, false)
  const spent: Array<{ readonly host: string; readonly at: number; readonly cost: number }> = []
  let ledger = new CostLedger([])
  for (const [i, [name, wait, lasts, units]] of plan.entries()) {
    if (i % runLength === 0) ledger = new CostLedger([], spent)
    if (isKnown) for (const { host } of spent) ledger.join(host, spent[0]!.host)
    now += wait * 1000
    const books = { host: `name${name}.example.org`, target: `name${name}.example.org` }
    if (ledger.refusal(books, now) !== null) continue
    ledger.book(books, visitAllowance, now)
    const session = groups.enter("198.18.0.0/24")
    session.add(units)
    now += lasts * 1000
    session.leave()
    ledger.settle(books, visitAllowance, 5 + units, null, now, books.target)
    spent.push({ host: books.host, at: now, cost: 5 + units })
  }
  return groups.most
}

describe("the cost ledger against a server's own books", () => {
  it("keeps whatever visits it lets pass below the server's soft limit, whenever they come and however long they take", () => {
    fc.assert(fc.property(visits, (plan) => {
      expect(mostOf(plan, (ledger, now) => ledger.refusal(server, now) === null)).toBeLessThan(1000)
    }))
  })

  it("does so for all names of a server together, once visited, though each run starts anew", () => {
    fc.assert(fc.property(fc.array(namedVisit, { minLength: 40, maxLength: 100 }), fc.integer({ min: 1, max: 20 }), (plan, runLength) => {
      // Ten names at 90 units before anything is known of them, and then no more than is forgotten.
      expect(mostOfNames(plan, runLength, true)).toBeLessThan(1000)
    }))
  })

  it("keeps them there whatever they are answered, though nobody knows before whether it will be errors", () => {
    fc.assert(fc.property(erring, (plan) => {
      expect(mostOfErrors(plan, true)).toBeLessThanOrEqual(errorLimit)
    }))
    const always = Array.from({ length: 20 }, () => [0, 0, 12] as const)
    expect(mostOfErrors(always, true)).toBeGreaterThan(600)
    expect(mostOfErrors(always, false)).toBeGreaterThan(1000)
  })

  it("is what keeps them there", () => {
    const hasty = Array.from({ length: 60 }, () => [0, 0, visitAllowance - 5] as const)
    expect(mostOf(hasty, () => true)).toBeGreaterThan(3000)
    expect(mostOf(hasty, (ledger, now) => ledger.refusal(server, now) === null)).toBeLessThan(1000)
    const names = Array.from({ length: 60 }, (_, i) => [i % 10, 0, 0, visitAllowance - 5] as const)
    expect(mostOfNames(names, 10, false)).toBeGreaterThan(3000)
    expect(mostOfNames(names, 10, true)).toBeLessThan(1000)
  })
})
