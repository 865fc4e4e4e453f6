import { describe, expect, it } from "vitest"
import { model } from "../../../src/analysis/linkage/model.ts"
import { addTo, isEnough, noSums, operatorProbability, type Part } from "../../../src/analysis/linkage/operator-verdict.ts"

const sumsOf = (...evidence: ReadonlyArray<readonly [part: Part, bits: number]>) => {
  const sums = noSums()
  for (const [part, bits] of evidence) addTo(sums, part, bits)
  return sums
}

const [text, gift] = [["copyable", 9], ["copyable", 15]] as const

describe("the conditions of a verdict", () => {
  it("are not met by what an image and its seller bring: a key of no name, a text, a domain, a node", () => {
    for (const sums of [
      sumsOf(["image", 15]),
      sumsOf(["image", 15], text, ["context", 13]),
      sumsOf(["image", 15], ["two-sided", 11], text)
    ]) {
      expect(isEnough(sums)).toBe(false)
      expect(operatorProbability(sums, 0.003).p).toBeLessThanOrEqual(model.undecided)
      expect(operatorProbability(sums, 0.003).limit).toContain("image")
    }
  })

  it("are met by such a key and what is made or written for oneself", () => {
    for (const other of [gift, ["minting", 9]] as const) {
      const sums = sumsOf(["image", 15], other)
      expect(isEnough(sums)).toBe(true)
      expect(operatorProbability(sums, 0.003).p).toBeGreaterThan(model.verdict)
    }
  })

  it("are met by a key under a name of one of both, and a text", () => {
    expect(isEnough(sumsOf(["possession", 15], text))).toBe(true)
    expect(isEnough(sumsOf(["possession", 15]))).toBe(false)
  })
})
