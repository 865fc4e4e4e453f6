import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { rocAuc, type Scored } from "../../../src/analysis/evaluation/ranking.ts"

const scored: fc.Arbitrary<Scored> = fc.record({ score: fc.nat(5), isHit: fc.boolean() })

describe("the area under the ROC curve", () => {
  it("gives the number of scikit-learn's example", () => {
    const example = [[0.1, false], [0.4, false], [0.35, true], [0.8, true]] as const
    expect(rocAuc(example.map(([score, isHit]) => ({ score, isHit })))).toBe(0.75)
  })

  it("is the share of pairs in the right order, ties half", () => {
    fc.assert(fc.property(fc.array(scored), (all) => {
      const hits = all.filter(({ isHit }) => isHit)
      const others = all.filter(({ isHit }) => !isHit)
      const wins = hits.flatMap((hit) => others.map((other) => hit.score > other.score ? 1 : hit.score === other.score ? 0.5 : 0))
      const expected = wins.length === 0 ? null : wins.reduce<number>((sum, win) => sum + win, 0) / wins.length
      if (expected === null) expect(rocAuc(all)).toBe(null)
      else expect(rocAuc(all)).toBeCloseTo(expected, 10)
    }))
  })
})
