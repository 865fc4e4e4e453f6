import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Captured, chaoPopulation, chapmanPopulation, coverageOf, crawlCoverage } from "../../src/domain/coverage.ts"

describe("the coverage of a crawl", () => {
  it("follows Chao's formula: ten servers named once and five twice leave seven and a half unseen", () => {
    const namers = [...Array<number>(10).fill(1), ...Array<number>(5).fill(2), ...Array<number>(35).fill(9)]
    assert.closeTo(coverageOf(namers)!.share, 50 / 57.5, 1e-9)
  })

  it("is not estimated from what nobody or hardly anybody names", () => {
    assert.isNull(coverageOf([]))
    assert.isNull(coverageOf([0, 0]))
    assert.isNull(coverageOf([1, 1, 2]))
  })

  it("stays between its limits and between none and all, whatever the counts", () => {
    fc.assert(fc.property(fc.array(fc.nat(12), { maxLength: 80 }), (namers) => {
      const coverage = coverageOf(namers)
      if (coverage === null) return
      assert.isAtMost(coverage.low, coverage.share + 1e-12)
      assert.isAtMost(coverage.share, coverage.high + 1e-12)
      assert.isAbove(coverage.low, 0)
      assert.isAtMost(coverage.high, 1)
    }))
  })
})

/** A network of `size` servers of which each of `captures` lists has each server with a chance, drawn from a seed. */
const drawnCounts = (size: number, captures: number, chance: (server: number) => number, seed: number): ReadonlyArray<number> => {
  let state = seed
  const draw = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  return Array.from({ length: size }, (_, server) => Array.from({ length: captures }, draw).filter((drawn) => drawn < chance(server)).length)
}

describe("how many servers there are", () => {
  it("by lists that know nothing of each other, has the truth within its limits in nineteen of twenty networks or so", () => {
    const truth = 400
    const inside = Array.from({ length: 100 }, (_, i) => {
      const population = chaoPopulation(drawnCounts(truth, 8, () => 0.25, 1_000 + i), 8)!
      return population.low <= truth && truth <= population.high
    }).filter(Boolean).length
    assert.isAtLeast(inside, 88)
  })

  it("by lists that all prefer the same servers, errs on the side of too few", () => {
    const truth = 400
    const totals = Array.from({ length: 50 }, (_, i) => chaoPopulation(drawnCounts(truth, 8, (server) => [0.9, 0.15, 0.01][server % 3]!, 500 + i), 8)!.total)
    assert.isBelow(totals.reduce((sum, total) => sum + total, 0) / totals.length, truth)
  })

  it("by two samples, follows Chapman's formula and its example", () => {
    // Seber, 1982, p. 60: 50 marked, 40 caught, 10 of them marked.
    const population = chapmanPopulation({ first: 50, second: 40, both: 10 })!
    assert.closeTo(population.total, 51 * 41 / 11 - 1, 1e-9)
    assert.strictEqual(population.seen, 80)
    assert.isAtLeast(population.low, 80)
    assert.isBelow(population.low, population.total)
    assert.isAbove(population.high, population.total)
    assert.isNull(chapmanPopulation({ first: 50, second: 40, both: 6 }))
  })

  it("has limits with a width where nothing seems to be missing, wide ones by few servers", () => {
    for (const [few, many] of [
      [chaoPopulation(Array<number>(3).fill(3), 4)!, chaoPopulation(Array<number>(5_000).fill(3), 4)!],
      [chaoPopulation([1, 3, 3], 4)!, chaoPopulation([1, ...Array<number>(5_000).fill(3)], 4)!],
      [chapmanPopulation({ first: 8, second: 8, both: 8 })!, chapmanPopulation({ first: 5_000, second: 5_000, both: 5_000 })!]
    ] as const) {
      assert.deepStrictEqual([few.total, few.low], [few.seen, few.seen])
      assert.isAbove(few.high, 1.5 * few.seen)
      assert.isBelow(many.high, 1.002 * many.seen)
    }
    // All of six servers that each of four lists has with a chance of a half: what is missed is within the limits nearly always.
    const inside = Array.from({ length: 200 }, (_, i) => chaoPopulation(drawnCounts(6, 4, () => 0.5, 100 + 7 * i), 4))
      .flatMap((population) => population === null ? [] : [population.high >= 6])
    assert.isAtLeast(inside.filter(Boolean).length / inside.length, 0.95)
  })

  it("is stated for each class and for all together, and is not where too little was captured", () => {
    const rows = (networkClass: Captured["networkClass"], count: number, peerLists: number, sources: number): ReadonlyArray<Captured> =>
      Array.from({ length: count }, () => ({ networkClass, peerLists, sources }))
    const captured = [
      ...rows(null, 30, 5, 1), ...rows(null, 10, 1, 0), ...rows(null, 5, 0, 0),
      ...rows("name", 30, 5, 1), ...rows("name", 10, 1, 0),
      ...rows("onion", 5, 0, 0)
    ]
    const found = crawlCoverage(captured, 41)
    assert.deepStrictEqual(found.map(({ answered, captured, method, networkClass, population }) => [networkClass, method, answered, captured, population === null]), [
      [null, "Chao", 45, 40, false],
      [null, "Chapman", 45, 40, false],
      ["name", "Chao", 40, 40, false],
      ["name", "Chapman", 40, 40, false],
      ["onion", "Chao", 5, 0, true],
      ["onion", "Chapman", 5, 0, true]
    ])
    assert.closeTo(found[0]!.population!.total, 40 + 40 / 41 * 45, 1e-9)
    assert.deepStrictEqual(crawlCoverage([], 0).map(({ population }) => population), [null, null])
  })
})
