import { assert, describe, it } from "@effect/vitest"
import { operatorCount } from "../../src/atlas/operator-count.ts"

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
