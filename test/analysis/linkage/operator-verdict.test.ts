import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { model } from "../../../src/analysis/linkage/model.ts"
import { addTo, type Doubt, isEnough, type Leg, noSums, operatorProbability, type Role } from "../../../src/analysis/linkage/operator-verdict.ts"

const roles = {
  key: { part: "possession", leg: "key" },
  imageKey: { part: "image", leg: "image key" },
  statement: { part: "two-sided", leg: "statement" },
  domain: { part: "two-sided", leg: "domain" },
  gift: { part: "copyable", leg: "gift" },
  naming: { part: "copyable", leg: "names" },
  minting: { part: "copyable", leg: "evening" },
  text: { part: "copyable", leg: null },
  port: { part: "copyable", leg: null },
  node: { part: "context", leg: null }
} as const satisfies Readonly<Record<string, Role>>
type Name = keyof typeof roles

const sumsOf = (names: ReadonlyArray<Name>, bits = 12, doubt: Doubt | null = null, atNode: ReadonlyArray<NodeLeg> = []) => {
  const sums = noSums()
  sums.doubt = doubt
  for (const leg of atNode) sums.legs.add(leg)
  for (const name of names) addTo(sums, roles[name], bits)
  return sums
}

/** Legs that only servers at a node have which is nobody else's. */
type NodeLeg = Extract<Leg, "node" | "names" | "evening" | "process">

interface ThirdParty {
  readonly brings: ReadonlyArray<Name>
  /** What is theirs too who share a node; nobody's by default. */
  readonly atNode?: ReadonlyArray<NodeLeg>
  /** What shows that the servers are strangers' all the same; null where legs alone have to. */
  readonly doubt: Doubt | null
}

const ownVoice = "each has a greeting or an address for gifts of its own"
const manyVoices = "several who hold what they share have greetings or addresses for gifts of their own"
const cause = "gifts of more strangers go to the same address, as to a cause"

/** What one third party brings to strangers, all that it can. */
const thirdParties: Readonly<Record<string, ThirdParty>> = {
  "an image, its key under nobody's name": { brings: ["imageKey", "gift", "text", "port", "node"], doubt: null },
  "an image, its key under each host's name": { brings: ["key", "text", "port", "node"], doubt: null },
  "that image with its author's address for gifts, to people who greet in their own words": { brings: ["key", "gift", "port", "node"], doubt: ownVoice },
  "that image with its author's address for gifts, to silent people beside those who speak": { brings: ["key", "gift", "text", "port", "node"], doubt: manyVoices },
  "a seller of appliances, to people who greet in their own words": { brings: ["imageKey", "domain", "gift", "minting", "port", "node"], doubt: ownVoice },
  "a hoster, to people who greet in their own words": { brings: ["domain", "key", "statement", "naming", "minting", "text", "port", "node"], doubt: ownVoice },
  "a hoster with a wildcard certificate on its front": { brings: ["domain", "naming", "minting", "text", "gift", "port", "node"], doubt: null },
  "a hoster whose certificates name several customers each": { brings: ["statement", "gift", "text", "minting", "port", "node"], doubt: null },
  "a proxy with one certificate": { brings: ["key", "statement", "text", "port", "node"], doubt: null },
  "that proxy, some of whose customers give to one cause": { brings: ["key", "statement", "gift", "text", "port", "node"], doubt: manyVoices },
  "that proxy, all of whose customers give to a known cause": { brings: ["key", "statement", "gift", "text", "port", "node"], doubt: cause },
  "a club with its evening and its cause": { brings: ["domain", "minting", "gift", "naming", "text", "port", "node"], doubt: null },
  "a workshop with a guide of an author who asks for gifts": { brings: ["minting", "text", "gift", "port", "node"], doubt: null },
  "a framer who writes the victim's date into its certificate": { brings: ["minting", "gift", "naming", "text", "port", "node"], doubt: null },
  "a relay of bytes under a name like the victim's": { brings: ["imageKey", "gift", "naming", "text", "port", "node"], doubt: null },
  "a relay that says nowhere whom it passes on, at its victim's node": {
    brings: ["minting", "gift", "naming", "text", "port", "node"], atNode: ["node", "names", "evening"], doubt: null
  },
  "a club at a node of its own, with its evening and its cause": {
    brings: ["minting", "gift", "text", "port", "node"], atNode: ["node", "evening", "process"], doubt: null
  },
  "a seller, to whose node its boxes lead": {
    brings: ["imageKey", "minting", "gift", "text", "port", "node"], atNode: ["node", "evening", "process"], doubt: null
  },
  "an image with a key and a way of naming, at homes": { brings: ["imageKey", "gift", "naming", "text", "port"], doubt: null },
  "a framer with processes and a node of its own": { brings: ["minting", "gift", "naming", "text", "port"], atNode: ["names", "evening", "process"], doubt: null }
}

describe("the conditions of a verdict", () => {
  for (const [who, { atNode = [], brings, doubt }] of Object.entries(thirdParties)) {
    it(`are not met by what ${who} brings to strangers, all of it or a part`, () => {
      fc.assert(fc.property(fc.subarray([...brings]), fc.subarray([...atNode]), fc.integer({ min: 0, max: 40 }), (names, legs, bits) => {
        const sums = sumsOf(names, bits, doubt, legs)
        expect(isEnough(sums)).toBe(false)
        expect(operatorProbability(sums, 0.003).p).toBeLessThanOrEqual(model.undecided)
      }))
    })
  }

  it("are met by a key and one address for gifts", () => {
    expect(isEnough(sumsOf(["key", "gift"]))).toBe(true)
    expect(operatorProbability(sumsOf(["key", "gift"]), 0.003).p).toBeGreaterThanOrEqual(model.verdict)
    expect(isEnough(sumsOf(["key"]))).toBe(false)
  })

  it("take a domain of both too where the key is under nobody's name, or certificates name each other", () => {
    for (const owned of ["imageKey", "statement"] as const) {
      expect(operatorProbability(sumsOf([owned, "domain", "gift"]), 0.003).p).toBeGreaterThanOrEqual(model.verdict)
      expect(isEnough(sumsOf([owned, "gift"]))).toBe(false)
      expect(isEnough(sumsOf([owned, "domain", "text", "naming"]))).toBe(false)
    }
  })

  it("are met by a key under names of one domain, not by a certificate alone that names both", () => {
    expect(isEnough(sumsOf(["key", "domain"]))).toBe(true)
    expect(isEnough(sumsOf(["statement", "domain"]))).toBe(false)
  })

  it("are met by a key and one way of naming at a node that is nobody else's", () => {
    for (const [key, more] of [["key", []], ["imageKey", ["process"]]] as const) {
      expect(operatorProbability(sumsOf([key, "node"], 12, null, ["node", "names", ...more]), 0.003).p).toBeGreaterThanOrEqual(model.verdict)
      expect(isEnough(sumsOf([key], 12, null, ["node"]))).toBe(false)
      expect(isEnough(sumsOf([key], 12, null, ["names"]))).toBe(false)
    }
    expect(isEnough(sumsOf(["imageKey", "node"], 12, null, ["node", "names"]))).toBe(false)
  })

  it("are not met by a key under nobody's name at such a node, which is likely one operator's all the same unless anything shows a third party", () => {
    const p = (...more: Parameters<typeof sumsOf>) => operatorProbability(sumsOf(...more), 0.003)
    expect(p(["imageKey", "node"], 20, null, ["node", "names"])).toEqual({ p: expect.closeTo(model.likely), limit: expect.stringMatching(/^a shared key of no name at a node/) })
    for (const [doubt, legs] of [[ownVoice, ["node", "names"]], [null, ["node"]], [null, ["names"]]] as const) {
      expect(p(["imageKey", "node"], 20, doubt, legs).p).toBeLessThanOrEqual(model.undecided)
    }
  })

  it("are met without a key by two processes at such a node only with all that third parties and copiers lack", () => {
    const all = ["node", "names", "evening", "process"] as const
    expect(operatorProbability(sumsOf(["gift", "minting", "node"], 12, null, all), 0.003).p).toBe(model.certainOnNode)
    expect(isEnough(sumsOf(["minting", "node"], 12, null, all))).toBe(false)
    for (const without of all) expect(isEnough(sumsOf(["gift", "minting", "node"], 12, null, all.filter((leg) => leg !== without)))).toBe(false)
  })

  it("are never met by what can be copied, whatever it weighs, and a pair of it stays below 2 %, however many fleets a crawl has", () => {
    const copyable = Object.entries(roles).flatMap(([name, { part }]) => part === "copyable" ? [name as Name] : [])
    fc.assert(fc.property(fc.subarray(copyable), fc.integer({ min: 0, max: 60 }), fc.double({ min: 0.0001, max: 0.015, noNaN: true }), (names, bits, prior) => {
      expect(operatorProbability(sumsOf(names, bits), prior).p).toBeLessThan(0.02)
    }))
  })

  it("are never undone by more that agrees, and never make anybody certain", () => {
    const all = Object.keys(roles) as ReadonlyArray<Name>
    fc.assert(fc.property(fc.subarray([...all]), fc.constantFrom(...all), (names, more) => {
      fc.pre(!names.includes(more))
      if (isEnough(sumsOf(names))) expect(isEnough(sumsOf([...names, more]))).toBe(true)
      expect(operatorProbability(sumsOf(names, 60), 0.02).p).toBeLessThan(1)
    }))
  })

  it("are never met in doubt, which is what the pair is then held by", () => {
    for (const doubt of [ownVoice, manyVoices, cause] as const) {
      expect(operatorProbability(sumsOf(["key", "domain", "gift", "text", "naming"], 30, doubt), 0.003)).toEqual({ p: model.undecided, limit: doubt })
    }
  })

  it("make a verdict the surer the more legs it has", () => {
    const of = (...names: ReadonlyArray<Name>) => operatorProbability(sumsOf(names, 30), 0.003).p
    expect(of("key", "gift")).toBeLessThan(of("key", "gift", "domain"))
  })

  it("name their legs as they are", () => {
    const legs: ReadonlySet<Leg> = sumsOf(["key", "gift", "text"]).legs
    expect([...legs]).toEqual(["key", "gift"])
  })
})
