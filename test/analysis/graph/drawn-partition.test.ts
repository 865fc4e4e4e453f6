import { assert, describe, it } from "@effect/vitest"
import { drawnPartition } from "../../../src/analysis/graph/drawn-partition.ts"

const drawn = (...partitions: ReadonlyArray<readonly [resolution: number, modularity: number | null]>) =>
  drawnPartition(partitions.map(([resolution, modularity]) => ({ resolution, modularity })))?.resolution

describe("the partition that is drawn", () => {
  it("has the highest modularity", () => {
    assert.strictEqual(drawn([0.5, 0.2], [1, 0.3], [1.5, 0.4], [2, 0.1]), 1.5)
  })

  it("is the one nearest to plain modularity where several are equal but for rounding", () => {
    assert.strictEqual(drawn([0.5, 0.1 + 0.2], [1, 0.3], [2, 0.3]), 1)
  })

  it("is plain modularity's without announcements, and none where there are no communities", () => {
    assert.strictEqual(drawn([0.5, null], [1, null]), 1)
    assert.isUndefined(drawn())
  })
})
