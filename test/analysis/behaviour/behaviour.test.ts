import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { neighbours } from "../../../src/analysis/behaviour/neighbours.ts"
import { outliers, robustDistances } from "../../../src/analysis/behaviour/outliers.ts"
import { type BehaviourVector, joinedTraits, profiles } from "../../../src/analysis/behaviour/vector.ts"

const vector = (serverId: number, traits: Readonly<Record<string, string>>, implementation: string | null = "Fulcrum"): BehaviourVector => ({
  serverId,
  implementation,
  traits: joinedTraits(Object.entries(traits))
})

const anyVectors = fc.array(
  fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), fc.constantFrom("x", "y", "z")),
  { maxLength: 25 }
).map((all) => all.map((traits, i) => vector(i + 1, traits)))

describe("behaviour vectors", () => {
  it("of endpoints that differ say so, whatever their order", () => {
    expect([...joinedTraits([["b", "1"], ["a", "1"], ["b", "2"], ["a", "1"]])]).toEqual([["a", "1"], ["b", "differs"]])
  })

  it("alike in every trait are one profile, a missing trait is a difference", () => {
    const groups = profiles([vector(3, { a: "x" }), vector(1, { a: "x", b: "y" }), vector(2, { a: "x" })])
    expect(groups.map((group) => group.map(({ serverId }) => serverId))).toEqual([[2, 3], [1]])
  })
})

describe("robust distances", () => {
  it("are those by hand, and zero where all are equal", () => {
    expect(robustDistances([1, 2, 3, 4, 100]).map((d) => Number(d.toFixed(3)))).toEqual([-1.349, -0.674, 0, 0.674, 65.426])
    expect(robustDistances([5, 5, 5])).toEqual([0, 0, 0])
    expect(robustDistances([])).toEqual([])
    // More than half are equal: the mean distance stands in.
    expect(robustDistances([0, 0, 0, 4])[3]).toBeCloseTo(4 / 1.2533, 6)
  })
})

describe("unusual behaviour", () => {
  const usual = Array.from({ length: 20 }, (_, i) => vector(i + 1, { a: "x", b: "y", c: i % 2 === 0 ? "p" : "q", d: "z" }))

  it("is what others of the implementation do not do, and common choices are not", () => {
    const found = outliers([...usual, vector(21, { a: "odd", b: "odd", c: "p", d: "odd" })])
    expect(found.at(-1)!.distance).toBeGreaterThan(3.5)
    expect(found.at(-1)!.unusual).toEqual(["a", "b", "d"])
    expect(found.slice(0, 20).every((row) => Math.abs(row.distance!) < 3.5 && row.unusual.length === 0)).toBe(true)
  })

  it("is not judged among fewer than eight, nor where the implementation is not known, nor across implementations", () => {
    expect(outliers(usual.slice(0, 7)).every((row) => row.surprise === null && row.distance === null)).toBe(true)
    const other = vector(30, { a: "odd" }, "ElectrumX")
    const unknown = vector(31, { a: "odd" }, null)
    const found = outliers([...usual, other, unknown])
    expect(found.slice(-2).map((row) => row.distance)).toEqual([null, null])
    expect(found.slice(0, 20)).toEqual(outliers(usual))
  })

  it("counts a missing trait neither for nor against", () => {
    const [missing] = outliers([vector(40, { b: "y", c: "p", d: "z" }), ...usual]).slice(0, 1)
    expect(missing!.unusual).toEqual([])
    expect(Math.abs(missing!.distance!)).toBeLessThan(3.5)
  })
})

describe("neighbours", () => {
  it("share rare values first, and those alike in everything come before all", () => {
    const all = [
      vector(1, { a: "x", b: "rare" }),
      vector(2, { a: "y", b: "rare" }),
      vector(3, { a: "x", b: "y" }),
      vector(4, { a: "x", b: "rare" }),
      vector(5, { a: "x", b: "z" })
    ]
    expect(neighbours(all, 3)[0]!.map(({ serverId }) => serverId).slice(0, 2)).toEqual([4, 2])
    expect(neighbours(all, 3)[0]![0]!.similarity).toBe(1)
  })

  it("are the same as comparing everybody with everybody", () => {
    fc.assert(fc.property(anyVectors, (vectors) => {
      const found = neighbours(vectors, 50)
      for (const [i, row] of found.entries()) {
        const self = vectors[i]!
        const sharing = vectors.filter((other) =>
          other.serverId !== self.serverId && [...self.traits].some(([trait, value]) => other.traits.get(trait) === value)
        )
        const alike = vectors.filter((other) =>
          other.serverId !== self.serverId && JSON.stringify([...other.traits]) === JSON.stringify([...self.traits])
        )
        const expected = new Set([...sharing, ...alike].map(({ serverId }) => serverId))
        expect(new Set(row.map(({ serverId }) => serverId))).toEqual(expected)
        for (const { serverId, similarity } of row) {
          expect(similarity).toBeGreaterThan(0)
          expect(similarity).toBeLessThanOrEqual(1)
          const back = found[serverId - 1]!.find((other) => other.serverId === self.serverId)
          expect(back!.similarity).toBeCloseTo(similarity, 12)
        }
        expect(row.map(({ similarity }) => similarity)).toEqual(row.map(({ similarity }) => similarity).toSorted((a, b) => b - a))
      }
    }))
  })

  it("and profiles do not depend on the order of the servers", () => {
    fc.assert(fc.property(anyVectors, (vectors) => {
      const back = vectors.toReversed()
      expect(neighbours(back).toReversed()).toEqual(neighbours(vectors))
      expect(profiles(back)).toEqual(profiles(vectors))
    }))
  })
})
