import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { brierScore, calibrationBands, calibrationCells, type JudgedPair } from "../../../src/analysis/evaluation/calibration.ts"
import { seededRandom } from "../../../src/analysis/seeded-random.ts"

const judged: fc.Arbitrary<JudgedPair> = fc.record({
  a: fc.constantFrom("ann", "bob", "cas"),
  b: fc.constantFrom("ann", "bob", "cas"),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  isSame: fc.boolean()
})

/** Strangers' pairs that are right `rate` of the time, all given one probability. */
const pairsAt = (operators: number, probability: number, rate: number, seed = 1): ReadonlyArray<JudgedPair> => {
  const random = seededRandom(seed)
  return Array.from({ length: operators }, (_, a) =>
    Array.from({ length: a }, (_, b) => ({ a: `operator ${a}`, b: `operator ${b}`, probability, isSame: random() < rate }))
  ).flat()
}

describe("the Brier score", () => {
  it("is the mean squared difference, as a loop has it", () => {
    fc.assert(fc.property(fc.array(judged, { minLength: 1 }), (pairs) => {
      const mean = pairs.reduce((sum, pair) => sum + (pair.probability - (pair.isSame ? 1 : 0)) ** 2, 0) / pairs.length
      expect(brierScore(calibrationCells(pairs))).toBeCloseTo(mean, 10)
    }))
    expect(brierScore([])).toBe(null)
  })

  it("gives the textbook numbers: 70 % said of what happened is 0.09, of what did not 0.49", () => {
    const said = (isSame: boolean) => brierScore(calibrationCells([{ a: "x", b: "y", probability: 0.7, isSame }]))
    expect(said(true)).toBeCloseTo(0.09, 10)
    expect(said(false)).toBeCloseTo(0.49, 10)
  })
})

describe("bands of calibration", () => {
  it("count pairs and operators, and compare what was said with what is", () => {
    const bands = calibrationBands(calibrationCells([
      { a: "ann", b: "bob", probability: 0, isSame: false },
      { a: "bob", b: "ann", probability: 0.005, isSame: true },
      { a: "cas", b: "cas", probability: 1, isSame: true }
    ]))
    expect(bands.map(({ from, operators, pairs, to }) => [from, to, pairs, operators])).toEqual([[0, 0.01, 2, 2], [0.99, 1, 1, 1]])
    expect(bands[0]!.said).toBeCloseTo(0.0025, 10)
    expect(bands[0]!.found).toBe(0.5)
    expect(bands[1]!.interval).toBe(null)
  })

  it("hold the truth in their interval where probabilities are right, and not where they are not", () => {
    const right = calibrationBands(calibrationCells(pairsAt(60, 0.3, 0.3)))[0]!
    expect(right.interval![0]).toBeLessThan(0)
    expect(right.interval![1]).toBeGreaterThan(0)
    const wrong = calibrationBands(calibrationCells(pairsAt(60, 0.3, 0.6)))[0]!
    expect(wrong.interval![0]).toBeGreaterThan(0.2)
  })

  it("are wider where one operator made all the pairs that were wrong", () => {
    const spread = pairsAt(40, 0, 39 / 780)
    const one = pairsAt(40, 0, 0).map((pair) => ({ ...pair, isSame: pair.a === "operator 39" }))
    const width = (pairs: ReadonlyArray<JudgedPair>) => {
      const [low, high] = calibrationBands(calibrationCells(pairs))[0]!.interval!
      return high - low
    }
    expect(width(one)).toBeGreaterThan(1.5 * width(spread))
  })

  it("are the same whatever the order of the pairs", () => {
    fc.assert(fc.property(fc.array(judged, { minLength: 1, maxLength: 20 }), (pairs) => {
      const once = calibrationBands(calibrationCells(pairs), { resamples: 50 })
      const twice = calibrationBands(calibrationCells(pairs.toReversed()), { resamples: 50 })
      expect(once.map(({ pairs }) => pairs)).toEqual(twice.map(({ pairs }) => pairs))
      for (const [i, band] of once.entries()) {
        expect(band.interval?.[0] ?? 0).toBeCloseTo(twice[i]!.interval?.[0] ?? 0, 8)
        expect(band.interval?.[1] ?? 0).toBeCloseTo(twice[i]!.interval?.[1] ?? 0, 8)
      }
    }))
  })
})
