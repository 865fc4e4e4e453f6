import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { adjustedMutualInformation, expectedMutualInformation } from "../../../src/analysis/evaluation/mutual-information.ts"
import { bCubed, groupingScores, pairCounts, pairScores } from "../../../src/analysis/evaluation/partition-metrics.ts"
import { contingency, type Partition } from "../../../src/analysis/graph/partition.ts"

const grouped = (...groups: ReadonlyArray<ReadonlyArray<number>>): Partition =>
  new Map(groups.flatMap((group, label) => group.map((server) => [server, label] as const)))

const labelled = (labels: ReadonlyArray<number>): Partition => new Map(labels.map((label, i) => [i, label]))

const partitions = (size: number): fc.Arbitrary<Partition> =>
  fc.array(fc.nat(4), { minLength: size, maxLength: size }).map(labelled)

/** Bagga and Baldwin's own example, "Algorithms for scoring coreference chains", 1998. */
const [truth, ends, middle] = [
  grouped([1, 2, 3, 4, 5], [6, 7], [8, 9, 10, 11, 12]),
  grouped([1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11, 12]),
  grouped([1, 2, 3, 4, 5, 8, 9, 10, 11, 12], [6, 7])
]

describe("pairwise precision and recall", () => {
  it("counts what a loop over all pairs counts", () => {
    fc.assert(fc.property(partitions(14), partitions(14), (found, truth) => {
      let [right, wrong, missed] = [0, 0, 0]
      for (let a = 0; a < 14; a++) {
        for (let b = a + 1; b < 14; b++) {
          const said = found.get(a) === found.get(b)
          const is = truth.get(a) === truth.get(b)
          if (said && is) right++
          else if (said) wrong++
          else if (is) missed++
        }
      }
      expect(pairCounts(found, truth)).toEqual({ right, wrong, missed })
    }))
  })

  it("is unknown, not 0 or 1, where nothing was said or nothing is there", () => {
    expect(pairScores({ right: 0, wrong: 0, missed: 3 })).toEqual({ precision: null, recall: 0, f: null })
    expect(pairScores({ right: 0, wrong: 2, missed: 0 })).toEqual({ precision: 0, recall: null, f: null })
    expect(pairScores({ right: 0, wrong: 2, missed: 1 }).f).toBe(0)
    expect(pairScores({ right: 3, wrong: 1, missed: 3 })).toEqual({ precision: 0.75, recall: 0.5, f: 0.6 })
  })
})

describe("B-cubed", () => {
  it("gives the numbers of the paper's example", () => {
    expect(bCubed(ends, truth).precision).toBeCloseTo(0.762, 3)
    expect(bCubed(middle, truth).precision).toBeCloseTo(0.583, 3)
    expect(bCubed(ends, truth).recall).toBe(1)
    expect(bCubed(middle, truth).recall).toBe(1)
  })

  it("is the mean over servers of what a loop over all counts, and mirrors when both change places", () => {
    fc.assert(fc.property(partitions(12), partitions(12), (found, truth) => {
      const servers = [...found.keys()]
      const mean = servers.reduce((sum, server) => {
        const group = servers.filter((other) => found.get(other) === found.get(server))
        return sum + group.filter((other) => truth.get(other) === truth.get(server)).length / group.length
      }, 0) / servers.length
      expect(bCubed(found, truth).precision).toBeCloseTo(mean, 10)
      expect(bCubed(truth, found).recall).toBeCloseTo(mean, 10)
    }))
  })
})

describe("adjusted mutual information", () => {
  // The reference example of scikit-learn's documentation and tests.
  const a = labelled([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3])
  const b = labelled([1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 3, 1, 3, 3, 3, 2, 2])

  it("gives the published numbers", () => {
    const { sizesA, sizesB } = contingency(a, b)
    expect(expectedMutualInformation(sizesA.values(), sizesB.values(), 17)).toBeCloseTo(0.15042, 5)
    expect(adjustedMutualInformation(a, b)).toBeCloseTo(0.27821, 5)
  })

  it("expects what the mean over all orders of the servers is", () => {
    const orders = (items: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> =>
      items.length === 0 ? [[]] : items.flatMap((item, i) => orders(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
    const information = (a: Partition, b: Partition): number => {
      const { common, sizesA, sizesB } = contingency(a, b)
      return [...common].reduce((sum, [key, size]) => {
        const [x, y] = key.split(" ").map(Number)
        return sum + (size / a.size) * Math.log((size * a.size) / (sizesA.get(x!)! * sizesB.get(y!)!))
      }, 0)
    }
    fc.assert(fc.property(fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }), fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }), (x, y) => {
      const all = orders(y).map((order) => information(labelled(x), labelled(order)))
      const { sizesA, sizesB } = contingency(labelled(x), labelled(y))
      expect(expectedMutualInformation(sizesA.values(), sizesB.values(), 5))
        .toBeCloseTo(all.reduce((sum, one) => sum + one, 0) / all.length, 10)
    }), { numRuns: 25 })
  })

  it("is 1 for equal groups, symmetric, and 0 against all together or all apart", () => {
    fc.assert(fc.property(partitions(10), partitions(10), (x, y) => {
      expect(adjustedMutualInformation(x, x)).toBeCloseTo(1, 10)
      expect(adjustedMutualInformation(x, y)).toBeCloseTo(adjustedMutualInformation(y, x), 10)
    }))
    expect(adjustedMutualInformation(labelled([0, 0, 0, 0]), labelled([0, 1, 2, 3]))).toBe(0)
    expect(adjustedMutualInformation(labelled([0, 0, 1, 1]), labelled([0, 0, 0, 0]))).toBeCloseTo(0, 10)
    expect(adjustedMutualInformation(labelled([0, 1, 2]), labelled([2, 0, 1]))).toBe(1)
  })
})

describe("scores of a grouping", () => {
  it("names the sizes of groups in which not all belong together", () => {
    const scores = groupingScores(grouped([1, 2, 3, 6], [4, 5], [7, 8, 9], [10], [11, 12]), truth)
    expect(scores.falseGroups).toEqual([4, 3])
    expect(scores.groups).toBe(4)
    expect(scores.pairs).toEqual({ right: 3 + 1 + 1 + 1, wrong: 3 + 2, missed: 21 - 6 })
  })
})
