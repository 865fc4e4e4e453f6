import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { model } from "../../../src/analysis/linkage/model.ts"
import { addTo, isEnough, type Leg, noSums, operatorProbability, type Role } from "../../../src/analysis/linkage/operator-verdict.ts"

const roles = {
  key: { part: "possession", leg: "key" },
  imageKey: { part: "image", leg: "image key" },
  statement: { part: "two-sided", leg: "statement" },
  domain: { part: "two-sided", leg: "domain" },
  naming: { part: "copyable", leg: "naming" },
  minting: { part: "minting", leg: "minting" },
  gift: { part: "copyable", leg: "gift" },
  text: { part: "copyable", leg: null },
  port: { part: "copyable", leg: null },
  node: { part: "context", leg: null }
} as const satisfies Readonly<Record<string, Role>>
type Name = keyof typeof roles

const sumsOf = (names: ReadonlyArray<Name>, bits = 12) => {
  const sums = noSums()
  for (const name of names) addTo(sums, roles[name], bits)
  return sums
}

/** What one third party brings to strangers. */
const thirdParties: Readonly<Record<string, ReadonlyArray<Name>>> = {
  "an image, its key under each host's name": ["key", "text", "port", "node"],
  "an image, its key under nobody's name": ["imageKey", "gift", "text", "port", "node"],
  "a seller of that image": ["imageKey", "domain", "text", "port", "node"],
  "a hoster": ["domain", "statement", "minting", "text", "port", "node"],
  "a proxy with one certificate": ["key", "statement", "text", "port", "node"],
  "a club": ["domain", "gift", "text", "port"],
  "a meet-up with a guide": ["minting", "text", "port", "node"],
  "a framer": ["gift", "naming", "text", "port", "node"]
}

describe("the conditions of a verdict", () => {
  for (const [who, brings] of Object.entries(thirdParties)) {
    it(`are not met by what ${who} brings to strangers, all of it or a part`, () => {
      fc.assert(fc.property(fc.subarray([...brings]), fc.integer({ min: 0, max: 40 }), (names, bits) => {
        const { p } = operatorProbability(sumsOf(names, bits), 0.003)
        expect(isEnough(sumsOf(names, bits))).toBe(false)
        expect(p).toBeLessThanOrEqual(model.undecided)
      }))
    })
  }

  it("are met by a key and something of one's own", () => {
    for (const other of ["gift", "naming", "minting", "domain"] as const) {
      expect(isEnough(sumsOf(["key", other]))).toBe(true)
      expect(operatorProbability(sumsOf(["key", other]), 0.003).p).toBeGreaterThanOrEqual(model.verdict)
    }
  })

  it("are met without a key by what no single third party brings", () => {
    expect(isEnough(sumsOf(["minting", "naming", "gift"]))).toBe(true)
    expect(isEnough(sumsOf(["minting", "gift", "text"]))).toBe(true)
    expect(isEnough(sumsOf(["domain", "naming", "gift"]))).toBe(true)
    expect(isEnough(sumsOf(["imageKey", "minting", "gift"]))).toBe(true)
  })

  it("are never undone by more that agrees, and never make anybody certain", () => {
    const all = Object.keys(roles) as ReadonlyArray<Name>
    fc.assert(fc.property(fc.subarray([...all]), fc.constantFrom(...all), (names, more) => {
      // A key under somebody's name and one under nobody's are one thing in two ways: a pair has one of them.
      fc.pre(!names.includes(more) && more !== "imageKey" && !(more === "key" && names.includes("imageKey")))
      if (isEnough(sumsOf(names)) && !(more === "key" && names.includes("statement"))) expect(isEnough(sumsOf([...names, more]))).toBe(true)
      expect(operatorProbability(sumsOf(names, 60), 0.02).p).toBeLessThan(1)
    }))
  })

  it("make a verdict the surer the more legs it has", () => {
    const of = (...names: ReadonlyArray<Name>) => operatorProbability(sumsOf(names, 30), 0.003).p
    expect(of("key", "gift")).toBeLessThan(of("key", "gift", "domain"))
    expect(of("key", "gift", "domain")).toBeLessThan(of("key", "gift", "domain", "naming"))
  })

  it("name their legs as they are", () => {
    const legs: ReadonlySet<Leg> = sumsOf(["key", "gift", "text"]).legs
    expect([...legs]).toEqual(["key", "gift"])
  })
})
