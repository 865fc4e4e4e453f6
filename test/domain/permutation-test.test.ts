import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { seededRandom, shuffled } from "../../src/analysis/seeded-random.ts"
import { permutationTest } from "../../src/domain/permutation-test.ts"

/** 1 for different values, 0 for equal ones. */
const distances = (values: ReadonlyArray<unknown>): ReadonlyArray<ReadonlyArray<number>> =>
  values.map((a, i) => values.slice(0, i).map((b) => (a === b ? 0 : 1)))

const halves = (n: number): ReadonlyArray<boolean> => Array.from({ length: n }, (_, i) => i % 2 === 0)

describe("the permutation test", () => {
  it("finds two groups that differ in every member as unlikely as their sizes allow", () => {
    // 2 of the C(10, 5) = 252 divisions.
    const result = permutationTest(distances(halves(10)), halves(10))
    expect(result).toEqual({ statistic: 1, pValue: 2 / 252 })
  })

  it("finds nothing where all members are alike, or all different", () => {
    expect(permutationTest(distances(Array.from({ length: 8 }, () => 1)), halves(8))).toEqual({ statistic: 0, pValue: 1 })
    expect(permutationTest(distances(Array.from({ length: 8 }, (_, i) => i)), halves(8))).toEqual({ statistic: 0, pValue: 1 })
  })

  it("does not mind which group is called first, nor the order of the members", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 9 }), fc.integer(), (values, seed) => {
      const labels = halves(values.length)
      const one = permutationTest(distances(values), labels)
      const swapped = permutationTest(distances(values), labels.map((is) => !is))
      expect(swapped.statistic).toBeCloseTo(one.statistic, 9)
      expect(swapped.pValue).toBe(one.pValue)
      const order = shuffled(values.map((_, i) => i), seededRandom(seed))
      const moved = permutationTest(distances(order.map((i) => values[i])), order.map((i) => labels[i]!))
      expect(moved.pValue).toBe(one.pValue)
    }))
  })

  it("has a p-value between one over the number of divisions and 1", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 8 }), (values) => {
      const { pValue, statistic } = permutationTest(distances(values), halves(values.length))
      expect(pValue).toBeGreaterThan(0)
      expect(pValue).toBeLessThanOrEqual(1)
      expect(Math.abs(statistic)).toBeLessThanOrEqual(1)
    }))
  })

  it("says p or less with probability p at most, where labels are drawn and do not matter, whatever the members are", () => {
    // Exact: over all 70 ways to draw the labels of these members.
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 }), (values) => {
      const d = distances(values)
      const pValues: Array<number> = []
      for (let bits = 0; bits < 256; bits++) {
        const labels = values.map((_, i) => (bits >> i) % 2 === 1)
        if (labels.filter((is) => is).length === 4) pValues.push(permutationTest(d, labels).pValue)
      }
      for (const p of new Set(pValues)) expect(pValues.filter((q) => q <= p).length / 70).toBeLessThanOrEqual(p + 1e-9)
    }), { numRuns: 30 })
  })
})
