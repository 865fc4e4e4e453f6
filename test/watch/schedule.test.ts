import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { defaultHoldRules, defaultRevisitRules, type Look, nextDue, nextHold, type Standing, standingAfter } from "../../src/watch/schedule.ts"

const rules = defaultRevisitRules
const minute = 60_000

const look: fc.Arbitrary<Omit<Look, "at"> & { readonly after: number }> = fc.record({
  after: fc.integer({ min: 0, max: 3 * 24 * 60 * minute }),
  state: fc.constantFrom("up" as const, "down" as const, "unknown" as const),
  asksForDistance: fc.boolean()
})

const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Standings after any course of looks. */
const standing = fc.array(look, { minLength: 1, maxLength: 30 }).map((looks) => {
  let at = Date.UTC(2026, 0, 1)
  let now: Standing | null = null
  for (const { after, ...rest } of looks) now = standingAfter(now, { at: at += after, ...rest })
  return now!
})

describe("when a server is looked at again", () => {
  it("is never sooner than the least interval, and not later than it has to be", () => {
    fc.assert(fc.property(standing, luck, (it, chance) => {
      const wait = nextDue(it, rules, chance) - it.at
      assert.isAtLeast(wait, rules.everyMs)
      assert.isAtMost(wait, Math.max(rules.mostMs, rules.everyMs * (1 + rules.spread)))
      if (it.downSince === null && it.throttles === 0) assert.isAtMost(wait, rules.everyMs * (1 + rules.spread))
    }))
  })

  it("is the later the longer it has been gone", () => {
    const waits = [0, 1, 2, 4, 8, 24, 72, 600].map((hours) =>
      nextDue({ at: hours * 60 * minute, state: "down", downSince: 0, throttles: 0 }, rules, 0) - hours * 60 * minute)
    assert.deepStrictEqual(waits, waits.toSorted((a, b) => a - b))
    assert.strictEqual(waits[0], 15 * minute)
    assert.strictEqual(waits[5], 60 * minute)
    assert.strictEqual(waits.at(-1), rules.mostMs)
  })

  it("is twice as late for each further time that it asks for less, and as usual once it answers again", () => {
    fc.assert(fc.property(standing, luck, (before, chance) => {
      const once = standingAfter({ ...before, throttles: 0 }, { at: before.at, state: "up", asksForDistance: true })
      const twice = standingAfter(once, { at: before.at, state: "up", asksForDistance: true })
      assert.isAtLeast(nextDue(once, rules, chance) - once.at, 30 * minute)
      assert.isAtLeast(nextDue(twice, rules, chance) - twice.at, 60 * minute)
      const better = standingAfter(twice, { at: before.at, state: "up", asksForDistance: false })
      assert.isAtMost(nextDue(better, rules, chance) - better.at, rules.everyMs * (1 + rules.spread))
    }))
  })

  it("does not forget since when it has been gone for looks that failed for our own reasons", () => {
    const down = standingAfter(null, { at: 1000, state: "down", asksForDistance: false })
    const ours = standingAfter(down, { at: 2000, state: "unknown", asksForDistance: false })
    assert.strictEqual(standingAfter(ours, { at: 3000, state: "down", asksForDistance: false }).downSince, 1000)
  })
})

describe("when a connection that ended is made again", () => {
  const hold = defaultHoldRules
  const lost = (at: number): Standing => ({ at, state: "down", downSince: at, throttles: 0 })

  it("is soon at first, as restarts are short, then as late as a look at a server that is down", () => {
    const waits = [0, 1, 2, 3].map((failures) => nextHold({ endedAt: 0, failures, short: 0, standing: lost(0) }, hold, rules, 0) / minute)
    assert.deepStrictEqual(waits, [1, 4, 15, 15])
  })

  it("is later for each connection that did not last, and never sooner than a server that asked for less wants", () => {
    fc.assert(fc.property(standing, fc.nat(5), fc.nat(5), luck, (it, failures, short, chance) => {
      const at = nextHold({ endedAt: it.at, failures, short, standing: it }, hold, rules, chance)
      assert.isAtLeast(at - it.at, hold.againMs)
      if (it.throttles > 0) assert.isAtLeast(at, nextDue(it, rules, chance))
      assert.isAtLeast(nextHold({ endedAt: it.at, failures, short: short + 1, standing: it }, hold, rules, chance), at)
    }))
  })
})
