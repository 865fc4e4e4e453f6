import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { evidenceCommunities } from "../../../src/analysis/clusters/evidence-communities.ts"
import { explainCluster, probabilityText } from "../../../src/analysis/clusters/explanation.ts"
import { expectedFalseGroups, operatorClusters } from "../../../src/analysis/clusters/operator-clusters.ts"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import type { ComparedPair, Evidence } from "../../../src/analysis/linkage/compared-pair.ts"
import { link } from "../../../src/analysis/linkage/linkage.ts"
import { everyKind } from "../../support/fake-comparisons.ts"
import { strangers } from "../../support/fake-network.ts"
import { strangers as shownStrangers, words, worldOf } from "../../support/shown-servers.ts"

const evidenceOf = (bits: number): Evidence => ({
  comparison: "donation", level: bits < 0 ? "differs" : "equal", value: null, bits, counted: true, reduction: null
})

const pair = (a: number, b: number, sameOperator: number, bits = 10, legs = "gift, key"): ComparedPair => ({
  a, b, evidence: [evidenceOf(bits)], details: () => [{}], sameServer: 0.001, sameMachine: 0.003, sharedInfrastructure: 0.01, sameOperator,
  operatorBits: bits, hypothesis: sameOperator >= 0.95 ? "same operator" : "strangers", limit: null, legs, copier: null
})

const membersOf = (pairs: ReadonlyArray<ComparedPair>) => operatorClusters(pairs).map(({ serverIds }) => serverIds)

describe("operator clusters", () => {
  it("are what links of probable pairs join, the largest first", () => {
    expect(membersOf([pair(7, 9, 0.97), pair(1, 2, 0.99), pair(2, 3, 0.96), pair(3, 7, 0.9), pair(4, 5, 0.5)])).toEqual([[1, 2, 3], [7, 9]])
    expect(membersOf([])).toEqual([])
  })

  it("stand or fall as one where all links stand on the same legs", () => {
    const [cluster] = operatorClusters([pair(1, 2, 0.99), pair(2, 3, 0.96), pair(1, 3, 0.97)])
    expect(cluster!.posterior).toBe(0.97)
  })

  it("say how sure the weakest link is, and how sure it is that links on different legs hold", () => {
    const [cluster] = operatorClusters([pair(1, 2, 0.99), pair(2, 3, 0.96), pair(1, 3, 0.97, 10, "domain, key")])
    expect(cluster!.tree.map(({ sameOperator }) => sameOperator)).toEqual([0.97, 0.99])
    expect(cluster!.weakestLink).toBe(0.97)
    expect(cluster!.posterior).toBeCloseTo(0.97 * 0.99, 10)
    expect([...cluster!.memberPosterior]).toEqual([[1, 0.99], [2, 0.99], [3, 0.97]])
    expect(expectedFalseGroups([cluster!])).toBeCloseTo(1 - 0.97 * 0.99, 10)
  })

  it("are cut where one server alone joins members that speak against each other", () => {
    const chain = [pair(1, 2, 0.99), pair(2, 3, 0.96), pair(3, 4, 0.99), pair(1, 4, 0.001, -2)]
    const clusters = operatorClusters(chain)
    expect(clusters.map(({ serverIds, wasSplit }) => [serverIds, wasSplit])).toEqual([[[1, 2], true], [[3, 4], true]])
  })

  it("report what speaks against them where several links hold both sides together", () => {
    const square = [pair(1, 2, 0.99), pair(2, 3, 0.96), pair(3, 4, 0.99), pair(1, 4, 0.96), pair(2, 4, 0.97), pair(1, 3, 0.001, -2)]
    const [cluster] = operatorClusters(square)
    expect(cluster!.serverIds).toEqual([1, 2, 3, 4])
    expect(cluster!.contradictions.map(({ pair: { a, b } }) => [a, b])).toEqual([[1, 3]])
  })

  it("are the same in any order of the pairs, and each server is in at most one", () => {
    const link = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 18 }), fc.constantFrom(0.001, 0.5, 0.96, 0.99), fc.constantFrom(-2, 10))
    fc.assert(fc.property(fc.uniqueArray(link, { selector: ([a, b]) => `${a} ${b}`, maxLength: 40 }), fc.integer(), (rows, seed) => {
      const pairs = rows.map((row) => pair(...row))
      const clusters = membersOf(pairs)
      const turned = pairs.toSorted((x, y) => ((x.a * 31 + x.b) ^ seed) - ((y.a * 31 + y.b) ^ seed))
      expect(membersOf(turned)).toEqual(clusters)
      expect(new Set(clusters.flat()).size).toBe(clusters.flat().length)
      const linked = new Set(pairs.filter(({ sameOperator }) => sameOperator >= 0.95).flatMap(({ a, b }) => [a, b]))
      for (const server of clusters.flat()) expect(linked.has(server)).toBe(true)
    }))
  })

  it("are explained by what speaks for and against them, and by what would change the verdict", () => {
    const fleet = strangers(4, 1, 3, () => ({ key: "k", donation: "d" }))
    const linkage = link([...fleet, ...strangers(60, 1001, 5)], everyKind)
    const [cluster] = operatorClusters(linkage.pairs)
    const explained = explainCluster(cluster!, everyKind, linkage.operatorPrior, true)
    expect(explained.statement).toMatch(/^SIMULATED: 4 servers, probably one operator \(p = 0\.98; weakest link 0\.98\)\.$/)
    expect(explained.evidence.slice(0, 2).map(({ comparison, links, values }) => [comparison, links, values])).toEqual([
      ["key", 6, ["k"]],
      ["donation", 6, ["d"]]
    ])
    expect(explained.evidence[0]!.rows[0]).toEqual({ a: 1, b: 2, detail: { value: "k" } })
    expect(explained.wouldChange.slice(0, 2)).toEqual([
      'Without "key" 0 of the 3 links that hold the group together would remain.',
      'Without "donation" 0 of the 3 links that hold the group together would remain.'
    ])
    expect(explained.against).toEqual([])
  })

  it("say of each member what ties it to others, not what ties others", () => {
    const by = (comparison: string, bits: number): Evidence => ({ ...evidenceOf(bits), comparison })
    const pairs = [
      { ...pair(1, 2, 0.99), evidence: [by("key", 14), by("donation", 9)] },
      { ...pair(2, 3, 0.98), evidence: [by("donation", 9), { ...by("key", 14), counted: false }] }
    ]
    const [cluster] = operatorClusters(pairs)
    expect([...explainCluster(cluster!, everyKind, 0.01, true).ofMember]).toEqual([
      [1, ["key", "donation"]],
      [2, ["donation", "key"]],
      [3, ["donation"]]
    ])
  })

  it("that stand on their node say so, and what they stand without", () => {
    const fleet = [0, 1, 2].map((i) => ({ host: `${words[i]}-plover.example`, node: "plover", gift: "of plover", greeting: "plover", made: i * 9 }))
    const servers = [...worldOf(...fleet), ...shownStrangers]
    const all = comparisons({ servers })
    const linkage = link(servers, all)
    const [cluster] = operatorClusters(linkage.pairs)
    const { evidence, wouldChange } = explainCluster(cluster!, all, linkage.operatorPrior, true)
    expect(evidence.map(({ comparison }) => comparison)).toContain("fee estimates")
    const standing = (name: string) => wouldChange.find((line) => line.startsWith(`Without "${name}"`))
    expect(standing("banner")).toBe('Without "banner" the verdict would stand.')
    for (const name of ["donation address", "minted together", "naming pattern", "fee estimates"]) {
      expect(standing(name), name).toMatch(/ 0 of the 2 links that hold the group together would remain\.$/)
    }
  })

  it("are never called certain", () => {
    expect([0.99999, 0.9996, 0.97, 0.5, 0.004].map(probabilityText)).toEqual(["0.999", "0.999", "0.97", "0.50", "below 0.01"])
  })

  it("stand beside Louvain communities of the same evidence, which decide nothing", () => {
    const pairs = [pair(1, 2, 0.99), pair(2, 3, 0.99), pair(1, 3, 0.99), pair(7, 8, 0.97)]
    expect(evidenceCommunities(pairs, operatorClusters(pairs), 1)).toEqual({ servers: 5, communities: 2, agreement: 1, wouldSplit: 0, wouldJoin: 0 })
    expect(evidenceCommunities([], [], 1).agreement).toBe(null)
  })
})
