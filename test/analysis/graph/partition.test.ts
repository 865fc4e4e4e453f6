import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { adjustedRandIndex, agreeing, type Partition, relabelled } from "../../../src/analysis/graph/partition.ts"

const partition = (...groups: ReadonlyArray<ReadonlyArray<number>>): Partition =>
  new Map(groups.flatMap((group, label) => group.map((server) => [server, label] as const)))

const labels = (size: number): fc.Arbitrary<Partition> =>
  fc.array(fc.nat(4), { minLength: size, maxLength: size })
    .map((labels) => new Map(labels.map((label, i) => [i, label])))

describe("relabelling", () => {
  it("numbers groups by size, then by smallest member, servers ascending", () => {
    expect([...relabelled(partition([9], [5, 4], [1], [3, 7, 8]))]).toEqual([
      [1, 2],
      [3, 0],
      [4, 1],
      [5, 1],
      [7, 0],
      [8, 0],
      [9, 3]
    ])
  })

  it("keeps the groups and forgets the labels", () => {
    fc.assert(fc.property(labels(12), (a) => {
      const b: Partition = new Map([...a].toReversed().map(([server, label]) => [server, 40 - 3 * label]))
      expect([...relabelled(b)]).toEqual([...relabelled(a)])
      expect(adjustedRandIndex(relabelled(a), a)).toBe(1)
    }))
  })
})

describe("the adjusted Rand index", () => {
  it("is what Hubert and Arabie's formula gives by hand", () => {
    // Pairs in both 2, in one 6 and 7, of 15: (2 - 42/15) / (13/2 - 42/15).
    const a = partition([1, 2, 3], [4, 5, 6])
    const b = partition([1, 2], [3, 4, 5, 6])
    expect(adjustedRandIndex(a, b)).toBeCloseTo((4 - 6 * 7 / 15) / (6.5 - 6 * 7 / 15), 12)
  })

  it("is 1 for equal partitions, symmetric, never above 1", () => {
    fc.assert(fc.property(labels(10), labels(10), (a, b) => {
      expect(adjustedRandIndex(a, a)).toBe(1)
      expect(adjustedRandIndex(a, b)).toBe(adjustedRandIndex(b, a))
      expect(adjustedRandIndex(a, b)).toBeLessThanOrEqual(1)
    }))
  })

  it("is 1 where chance has no room and 0 where one side says nothing", () => {
    expect(adjustedRandIndex(new Map(), new Map())).toBe(1)
    expect(adjustedRandIndex(partition([1]), partition([1]))).toBe(1)
    expect(adjustedRandIndex(partition([1], [2]), partition([1], [2]))).toBe(1)
    expect(adjustedRandIndex(partition([1, 2, 3]), partition([1], [2], [3]))).toBe(0)
  })
})

describe("agreement of two runs", () => {
  it("is where groups have more members in common than not", () => {
    const a = partition([1, 2, 3, 4], [5, 6], [7])
    expect([...agreeing(a, partition([1, 2, 3], [4, 5, 6], [7]))]).toEqual([1, 2, 3, 5, 6, 7])
    expect([...agreeing(a, partition([1, 2], [3, 4], [5, 6, 7]))]).toEqual([5, 6])
    expect(agreeing(a, a).size).toBe(7)
  })
})
