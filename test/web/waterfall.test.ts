import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { EvidenceRow } from "../../src/atlas/shapes/evidence.ts"
import { barOf, bitsOf, probabilityOf, waterfallOf } from "../../web/src/panel/waterfall.ts"

const evidence = (comparison: string, bits: number, part: Partial<EvidenceRow> = {}): EvidenceRow => ({
  comparison,
  definition: "",
  level: "",
  value: null,
  bits,
  counted: true,
  reduction: null,
  forgeability: null,
  innocent: [],
  detail: null,
  ...part
})

const rows = fc.array(fc.record({ bits: fc.double({ min: -20, max: 20, noNaN: true }), counted: fc.boolean() }), { maxLength: 12 })
  .map((all) => all.map(({ bits, counted }, i) => evidence(`comparison ${i}`, bits, { counted })))

describe("the waterfall", () => {
  it("leads from the prior to the sum without a gap, and draws every bar within its scale", () => {
    fc.assert(fc.property(rows, fc.double({ min: -20, max: 0, noNaN: true }), fc.double({ min: -40, max: 60, noNaN: true }), (evidence, priorBits, operatorBits) => {
      const bars = waterfallOf({ evidence, priorBits, operatorBits, sameOperator: null, heldBy: null })!
      const way = bars.steps.slice(0, -1)
      expect(way[0]).toMatchObject({ kind: "prior", from: 0, to: priorBits })
      for (const [i, step] of way.slice(1).entries()) expect(step.from).toBe(way[i]!.to)
      expect(bars.steps.at(-1)!.kind).toBe("sum")
      expect(Math.abs(bars.steps.at(-1)!.to - (priorBits + operatorBits))).toBeLessThan(0.05 + 1e-9)
      for (const step of bars.steps) {
        const { width, x } = barOf(step, bars)
        expect(x).toBeGreaterThanOrEqual(-1e-9)
        expect(x + width).toBeLessThanOrEqual(100 + 1e-9)
        expect(width).toBeGreaterThanOrEqual(0)
      }
    }))
  })

  it("sorts by size whatever the sign, and leaves apart what the sum doesn't count", () => {
    const bars = waterfallOf({
      evidence: [
        evidence("small", 0.5),
        evidence("against", -6),
        evidence("for", 9),
        evidence("stood for", 12, { counted: false }),
        evidence("one backend", 20, { question: "shared infrastructure" })
      ],
      priorBits: -8,
      operatorBits: 3.5,
      sameOperator: null,
      heldBy: null
    })!
    expect(bars.steps.map(({ label }) => label)).toEqual(["two servers drawn at random", "for", "against", "small", "posterior"])
    expect(bars.apart.map(({ comparison }) => comparison)).toEqual(["one backend", "stood for"])
  })

  it("shows as a bar what limits took away, so that bars and sum agree", () => {
    const { steps } = waterfallOf({ evidence: [evidence("for", 9)], priorBits: -8, operatorBits: 4, sameOperator: null, heldBy: null })!
    expect(steps.map(({ bits, kind }) => [kind, bits])).toEqual([["prior", -8], ["evidence", 9], ["rest", -5], ["sum", -4]])
  })

  it("shows how far a verdict is held below its evidence, and why", () => {
    const { steps } = waterfallOf({ evidence: [evidence("for", 12)], priorBits: -8, operatorBits: 12, sameOperator: 0.5, heldBy: "nothing but software" })!
    expect(steps.at(-2)).toMatchObject({ kind: "held", bits: -4, label: "held down: nothing but software" })
    expect(steps.at(-1)).toMatchObject({ kind: "sum", bits: 0 })
  })

  it("is none where no sum was kept", () => {
    expect(waterfallOf({ evidence: [], priorBits: null, operatorBits: null, sameOperator: null, heldBy: null })).toBeNull()
  })

  it("takes bits and probabilities for one thing", () => {
    fc.assert(fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (p) => {
      expect(probabilityOf(bitsOf(p))).toBeCloseTo(p, 10)
    }))
    expect(probabilityOf(0)).toBe(0.5)
  })
})
