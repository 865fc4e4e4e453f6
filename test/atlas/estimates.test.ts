import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { coverageOf } from "../../src/atlas/coverage.ts"
import { operatorCount } from "../../src/atlas/operator-count.ts"

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

describe("the number of operators", () => {
  const servers = (count: number) => new Set(Array(count).keys())

  it("is that of servers where nobody is grouped", () => {
    assert.deepStrictEqual(operatorCount(servers(7), []), { mean: 7, low: 7, high: 7 })
  })

  it("counts a certain group once, and of one that may not be both possibilities", () => {
    const group = { clusterId: 1, serverIds: [0, 1, 2], posterior: 1, memberPosteriors: [1, 1, 1] }
    assert.deepStrictEqual(operatorCount(servers(7), [group]), { mean: 5, low: 5, high: 5 })
    const unsure = operatorCount(servers(7), [{ ...group, posterior: 0.5, memberPosteriors: [0.5, 0.5, 0.5] }])
    assert.deepStrictEqual([unsure.low, unsure.high], [5, 7])
    assert.isAbove(unsure.mean, 5)
    assert.isBelow(unsure.mean, 7)
  })

  it("does not count members that did not answer", () => {
    assert.strictEqual(operatorCount(servers(2), [{ clusterId: 1, serverIds: [0, 8, 9], posterior: 1 }]).mean, 2)
  })
})
