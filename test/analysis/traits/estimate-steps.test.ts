import { assert, describe, it } from "vitest"
import { estimateStep } from "../../../src/analysis/traits/estimate-steps.ts"

describe("the steps of an estimator", () => {
  it("are the widest that all its numbers lie on", () => {
    assert.strictEqual(estimateStep([12_000, 7000, 3000])(7000), 1000)
    assert.strictEqual(estimateStep([15_000, 5000])(5000), 5000)
    assert.strictEqual(estimateStep([12_340, 7210, 3050])(7210), 10)
    assert.strictEqual(estimateStep([12_000, 7000, 3001])(7000), 1)
  })

  it("are the distance of edges where its numbers are edges of buckets", () => {
    const edges = [3, 9, 20, 41].map((k) => Math.round(1000 * 1.05 ** k))
    assert.closeTo(estimateStep(edges)(10_000), 500, 1e-9)
    assert.strictEqual(estimateStep([...edges, 7777])(10_000), 1)
  })

  it("are not learnt of numbers that lie on some by chance", () => {
    assert.strictEqual(estimateStep([])(7000), 1)
    assert.strictEqual(estimateStep([12_310])(12_310), 1)
    assert.strictEqual(estimateStep([12_310, 7320])(7320), 1)
  })
})
