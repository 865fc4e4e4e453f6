import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ComparedPair } from "../../../src/analysis/linkage/compared-pair.ts"
import { link, type Linkage } from "../../../src/analysis/linkage/linkage.ts"
import { seededRandom, shuffled } from "../../../src/analysis/seeded-random.ts"
import type { ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { equalIn, everyKind, fakeServer, type FakeValues } from "../../support/fake-comparisons.ts"
import { strangers } from "../../support/fake-network.ts"
import { presentedAt } from "../../support/server-traits.ts"
import { withDetails } from "../../support/told-pairs.ts"

const verdict = 0.95

const pairOf = ({ pairs }: Linkage, a: number, b: number): ComparedPair | undefined =>
  pairs.find((pair) => pair.a === a && pair.b === b)

/** Probability of one operator; pairs that are not returned are below 0.02. */
const operatorOf = (linkage: Linkage, a: number, b: number): number => pairOf(linkage, a, b)?.sameOperator ?? 0.003

/** Servers 1 and up with these values among sixty strangers from 1001 on. */
const among = (...some: ReadonlyArray<FakeValues>): ReadonlyArray<ServerTraits> => [
  ...strangers(some.length, 1, 3, (i) => some[i]!),
  ...strangers(60, 1001, 5)
]

describe("two servers", () => {
  it("of which nothing is known never match", () => {
    const unknown = Array.from({ length: 30 }, (_, i) => fakeServer(i + 1, {
      key: null, donation: null, banner: null, evening: null, name: null, port: null, asn: null, software: null, node: null, address: null
    }))
    expect(link(unknown, everyKind).pairs).toEqual([])
  })

  it("with one key alone are undecided: an image or a proxy may have brought it", () => {
    const pair = pairOf(link(among({ key: "k", donation: null }, { key: "k", donation: null }), everyKind), 1, 2)!
    expect(pair.sameOperator).toBe(0.5)
    expect(pair.limit).toBe("only a shared key, which an image or a proxy may have brought")
    expect(pair.hypothesis).toBe("undecided")
  })

  it("with one key and one donation address have probably one operator", () => {
    const both = { key: "k", donation: "d" }
    const pair = pairOf(link(among(both, both), everyKind), 1, 2)!
    expect(pair.sameOperator).toBeGreaterThan(verdict)
    expect(pair.hypothesis).toBe("same operator")
    expect(pair.evidence.filter(({ counted }) => counted).map(({ comparison }) => comparison)).toEqual(
      expect.arrayContaining(["key", "donation"])
    )
  })

  it("made on one evening with one text and one address for gifts have nothing that a framer has not", () => {
    const both = { evening: "e", banner: "b", donation: "d", name: "n", port: "p" }
    expect(operatorOf(link(among(both, both, both, both), everyKind), 1, 2)).toBeLessThan(0.02)
  })

  it("under one domain with one banner are undecided: a hoster explains both", () => {
    const one = { mutual: "domain", banner: "managed by the hoster", donation: null }
    const pair = pairOf(link(among(one, one), everyKind), 1, 2)!
    expect(pair.sameOperator).toBeLessThanOrEqual(0.5)
    expect(pair.limit).toBe("only things in common that a hoster or a club explains")
    const ofClub = { ...one, name: "of both", evening: "e", donation: "d" }
    expect(operatorOf(link(among(ofClub, ofClub), everyKind), 1, 2)).toBeLessThanOrEqual(0.5)
  })

  it("behind one node share infrastructure, which says nothing of their operator", () => {
    const pair = pairOf(link(among({ node: "n", address: "x" }, { node: "n", address: "x" }), everyKind), 1, 2)!
    expect(pair.sharedInfrastructure).toBeGreaterThan(0.8)
    expect(pair.sameMachine).toBeGreaterThan(0.7)
    expect(pair.sameOperator).toBeLessThan(0.05)
  })

  it("with copies of everything that can be copied, rented or relayed are never a verdict", () => {
    const copyable = everyKind.filter(({ forgeability }) => !["possession", "two-sided"].includes(forgeability))
    fc.assert(fc.property(fc.subarray(copyable.map(({ name }) => name)), fc.integer({ min: 2, max: 9 }), (traits, copies) => {
      const same = Object.fromEntries(traits.map((trait) => [trait, "the same"]))
      const { pairs } = link(among(...Array.from({ length: copies }, () => same)), everyKind)
      for (const pair of pairs) expect(pair.sameOperator).toBeLessThan(0.1)
    }), { numRuns: 40 })
  })

  it("are weighed by the stronger of two traits that are one decision", () => {
    const two = [equalIn({ trait: "key", forgeability: "possession" }), equalIn({ trait: "copy of key", forgeability: "possession", bundle: "key", u: 0.01 })]
    const same = { key: "k", "copy of key": "k", donation: null }
    const pair = pairOf(link(among(same, same), [...everyKind.slice(1), ...two]), 1, 2)!
    expect(pair.evidence.map(({ comparison, counted, reduction }) => [comparison, counted, reduction]).slice(0, 2)).toEqual([
      ["key", true, null],
      ["copy of key", false, "same decision"]
    ])
    expect(pair.sameOperator).toBeLessThanOrEqual(0.5)
  })

  it("of which one claims the other's hosts and shows its texts are a copier and an original, who does not move", () => {
    const victim = fakeServer(1, { donation: "d", banner: "b", name: "n", key: "k1", evening: "e1" }, { hosts: ["victim.test"] })
    const copier = fakeServer(2, { donation: "d", banner: "b", name: "n", key: "k2", evening: "e1", node: "n" }, {
      hosts: ["copier.test"],
      claimedHosts: [{ host: "victim.test", tcpPort: 50001, tlsPort: 50002 }]
    })
    const linkage = link([victim, copier, ...strangers(60, 1001, 5)], everyKind)
    expect(operatorOf(linkage, 1, 2)).toBeLessThan(0.02)
  })

  it("that share a key and claim one way are no copier and original, unless all that one shows is the other's", () => {
    const certificate = presentedAt("a.test")
    const values = { key: "k", donation: "d", banner: "b" }
    const one = fakeServer(1, values, { hosts: ["a.test"], certificates: [certificate] })
    const claimed = [{ host: "a.test", tcpPort: null, tlsPort: 50002 }]
    const two = (own: Partial<ServerTraits>) => fakeServer(2, values, { hosts: ["b.test"], certificates: [certificate], claimedHosts: claimed, ...own })
    const judged = (other: ServerTraits) => operatorOf(link([one, other, ...strangers(60, 1001, 5)], everyKind), 1, 2)
    expect(judged(two({ certificates: [certificate, { ...certificate, sha256: "own" }] }))).toBeGreaterThan(verdict)
    expect(judged(two({}))).toBeLessThan(0.02)
  })
})

describe("values", () => {
  const contradicting = (key: string, count: number) => Array.from({ length: count }, (_, i) => ({ key, donation: `own ${i}`, banner: null }))

  it("of a key whose holders contradict each other decide nothing, and one decoy parts no others", () => {
    const linkage = link(among(...contradicting("of an image", 6)), everyKind)
    for (const { sameOperator } of linkage.pairs) expect(sameOperator).toBeLessThanOrEqual(0.5)
    const fleet = Array.from({ length: 5 }, () => ({ key: "k", donation: "d", banner: null }))
    const decoy = { key: "k", donation: "another", banner: null }
    const alone = operatorOf(link(among(...fleet), everyKind), 1, 2)
    expect(alone).toBeGreaterThan(verdict)
    expect(Math.abs(operatorOf(link(among(...fleet, decoy), everyKind), 1, 2) - alone)).toBeLessThan(0.02)
  })

  it("of a fleet weigh the same however large the fleet is", () => {
    const bitsOfName = [2, 10, 40].map((size) => {
      const fleet = Array.from({ length: size }, () => ({ key: "k", donation: "d", banner: null, name: "ours", asn: 77 }))
      return pairOf(link(among(...fleet), everyKind), 1, 2)!.evidence.find(({ comparison }) => comparison === "name")!.bits
    })
    for (const bits of bitsOfName) expect(Math.abs(bits - bitsOfName[0]!)).toBeLessThan(0.75)
  })

  it("that strangers have together count once", () => {
    const ofImage = [
      equalIn({ trait: "setting 1", forgeability: "copyable", m: 0.7, u: 0.001, measured: true }),
      equalIn({ trait: "setting 2", forgeability: "copyable", m: 0.7, u: 0.001, measured: true })
    ]
    const world = strangers(150, 1, 9, (i) => ({ "setting 1": i % 12, "setting 2": i % 12 }))
    const linkage = link(world, [...everyKind, ...ofImage], { leastProbability: 0 })
    const both = linkage.pairs.find(({ evidence }) => evidence.some(({ comparison }) => comparison === "setting 1"))!
    const counted = both.evidence.filter(({ comparison }) => comparison.startsWith("setting")).map(({ bits }) => bits)
    expect(Math.max(...counted)).toBeGreaterThan(2)
    expect(Math.min(...counted)).toBeLessThan(0.5)
  })
})

describe("a network", () => {
  const fleet = (name: string, size: number): ReadonlyArray<FakeValues> =>
    Array.from({ length: size }, () => ({ key: name, donation: name, name: `names of ${name}` }))
  const mixed = among(
    ...fleet("f", 6),
    ...fleet("g", 3),
    { evening: "meet-up" },
    { evening: "meet-up" },
    { banner: "copied", donation: "copied" },
    { banner: "copied", donation: "copied" },
    { key: "of an image", donation: null },
    { key: "of an image", donation: null }
  )

  it("gives the same result in any order of its servers", () => {
    const expected = withDetails(link(mixed, everyKind))
    for (const seed of [1, 2, 3]) expect(withDetails(link(shuffled(mixed, seededRandom(seed)), everyKind))).toEqual(expected)
  })

  it("of which a hundred strangers more become known judges the others the same", () => {
    const before = link(mixed, everyKind)
    for (const seed of [11, 12]) {
      const after = link([...mixed, ...strangers(100, 5001, seed)], everyKind)
      for (const { a, b, sameOperator } of before.pairs) {
        expect(Math.abs(operatorOf(after, a, b) - sameOperator), `${a} ${b}`).toBeLessThan(0.02)
      }
      for (const { a, b, sameOperator } of after.pairs.filter((pair) => pair.b < 5001)) {
        expect(Math.abs(operatorOf(before, a, b) - sameOperator), `${a} ${b}`).toBeLessThan(0.02)
      }
    }
  })

  it("in which a server is known twice judges unrelated pairs the same", () => {
    const before = link(mixed, everyKind)
    const after = link([...mixed, { ...mixed[0]!, serverId: 9001 }], everyKind)
    for (const { a, b, sameOperator } of before.pairs.filter((pair) => pair.a !== 1 && pair.b !== 1)) {
      expect(Math.abs(operatorOf(after, a, b) - sameOperator), `${a} ${b}`).toBeLessThan(0.02)
    }
  })

  it("loses no fleet in a large block: every server of it is linked to others", () => {
    const size = 400
    const linkage = link([...strangers(size, 1, 4, () => ({ key: "k", donation: "d", banner: null })), ...strangers(400, 2001, 6)], everyKind)
    expect(linkage.sampledBlocks).toBeGreaterThan(0)
    const linked = new Map<number, number>()
    for (const { a, b } of linkage.pairs.filter(({ sameOperator }) => sameOperator >= verdict)) {
      linked.set(a, (linked.get(a) ?? 0) + 1)
      linked.set(b, (linked.get(b) ?? 0) + 1)
    }
    expect(linked.size).toBe(size)
    expect(Math.min(...linked.values())).toBeGreaterThan(1)
  })

  it("of one server, or none, has no pairs", () => {
    expect(link([], everyKind).pairs).toEqual([])
    expect(link(among().slice(0, 1), everyKind).pairs).toEqual([])
  })
})
