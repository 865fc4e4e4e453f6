import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { link } from "../../../src/analysis/linkage/linkage.ts"
import { model, probabilityOf, undecidedBits } from "../../../src/analysis/linkage/model.ts"
import { everyKind, type FakeValues } from "../../support/fake-comparisons.ts"
import { strangers } from "../../support/fake-network.ts"

/** Probability of one operator of servers `a` and `b` of these, among forty strangers; below 0.02 it is not told. */
const judged = (some: ReadonlyArray<FakeValues>, a = 1, b = 2): number =>
  link([...strangers(some.length, 1, 3, (i) => some[i]!), ...strangers(40, 1001, 5)], everyKind)
    .pairs.find((pair) => pair.a === a && pair.b === b)?.sameOperator ?? 0

/** So many servers under one domain, the first of which contradict each other in what they write. */
const underOneDomain = (size: number, contradicting = 0): ReadonlyArray<FakeValues> =>
  Array.from({ length: size }, (_, i) => ({ mutual: "one domain", banner: null, donation: i < contradicting ? `of ${i}` : null }))

const sizes = fc.integer({ min: 2, max: 40 })

describe("a pair that has one domain in common and no more", () => {
  it("is undecided where few hold it, and nearly strangers where a hundred do", () => {
    expect([2, 3, 4].map((size) => judged(underOneDomain(size)))).toEqual([0.5, 0.5, 0.5])
    expect(judged(underOneDomain(8))).toBeCloseTo(0.2, 2)
    expect(judged(underOneDomain(100))).toBeLessThan(0.02)
  })

  it("is never likelier one operator's under a larger domain", () => {
    fc.assert(fc.property(sizes, sizes, (one, other) => {
      const [small, large] = [Math.min(one, other), Math.max(one, other)]
      expect(judged(underOneDomain(large))).toBeLessThanOrEqual(judged(underOneDomain(small)) + 1e-6)
    }), { numRuns: 12 })
  })

  it("is never likelier one operator's where more of its holders contradict each other, be it the pair or others", () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 14 }), fc.nat({ max: 14 }), fc.nat({ max: 14 }), (size, one, other) => {
      const [few, many] = [Math.min(one, other, size), Math.min(Math.max(one, other), size)]
      for (const [a, b] of [[1, 2], [size - 1, size]] as const) {
        expect(judged(underOneDomain(size, many), a, b)).toBeLessThanOrEqual(judged(underOneDomain(size, few), a, b) + 1e-6)
      }
    }), { numRuns: 12 })
    expect(judged(underOneDomain(2, 2))).toBeLessThan(0.3)
    expect(judged(underOneDomain(6, 4), 5, 6)).toBeLessThan(judged(underOneDomain(6), 5, 6))
  })

  it("counts those of one verdict as one holder", () => {
    const fleet = Array.from({ length: 10 }, (): FakeValues => ({ mutual: "one domain", key: "k", donation: "d", banner: null }))
    expect(judged([...fleet, { mutual: "one domain", donation: null, banner: null }], 1, 11)).toBe(0.5)
  })
})

it("whatever many hold is held at less, down from one half", () => {
  expect(probabilityOf(undecidedBits(1))).toBe(model.undecided)
  fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), (holders) => {
    expect(undecidedBits(holders + 1)).toBeLessThanOrEqual(undecidedBits(holders))
  }))
})
