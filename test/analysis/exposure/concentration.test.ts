import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { ClusterMembership } from "../../../src/analysis/exposure/candidate.ts"
import { type Concentration, concentrationOf, hhiOf, nakamotoOf, type PlacedServer } from "../../../src/analysis/exposure/concentration.ts"
import { drawWorlds } from "../../../src/analysis/exposure/worlds.ts"
import { range } from "../../support/wallet-network.ts"

const placed = (serverId: number, asn: ReadonlyArray<string>): PlacedServer => ({
  serverId,
  values: { asn, "cloud region": [], country: [], software: [], bucket: [] }
})

const concentrated = (servers: ReadonlyArray<PlacedServer>, clusters: ReadonlyArray<ClusterMembership>) =>
  concentrationOf(servers, clusters, drawWorlds(clusters, { worlds: 200, randomSeed: 1 }))

const rowOf = (rows: ReadonlyArray<Concentration>, dimension: string, level = "server"): Concentration =>
  rows.find((row) => row.dimension === dimension && row.level === level)!

const certain = (value: number) => ({ mean: value, low: value, high: value })

describe("indices of concentration", () => {
  it("are what their definitions say", () => {
    assert.closeTo(hhiOf([5, 3, 2]), 0.25 + 0.09 + 0.04, 1e-12)
    assert.strictEqual(nakamotoOf([5, 3, 2]), 2)
    assert.strictEqual(nakamotoOf([6, 3, 1]), 1)
    assert.strictEqual(nakamotoOf(range(0, 9).map(() => 1 / 3)), 5)
    assert.deepStrictEqual([hhiOf([]), nakamotoOf([])], [0, 0])
  })

  it("lie between even shares and one owner of all, whatever the order", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 }), (weights) => {
      assert.isAtLeast(hhiOf(weights) + 1e-12, 1 / weights.length)
      assert.isAtMost(hhiOf(weights), 1 + 1e-12)
      assert.isAtMost(nakamotoOf(weights), Math.floor(weights.length / 2) + 1)
      assert.closeTo(hhiOf(weights.toReversed()), hhiOf(weights), 1e-12)
      assert.strictEqual(nakamotoOf(weights.toReversed()), nakamotoOf(weights))
    }))
  })
})

describe("concentration of a crawl", () => {
  const fleet = (size: number, posterior: number): ClusterMembership => ({ clusterId: 7, serverIds: range(1, size + 1), posterior })

  it("of servers that are surely apart is that of every server its own operator", () => {
    const row = rowOf(concentrated(range(1, 11).map((id) => placed(id, [])), []), "operator")
    for (const value of [row.hhi.mean, row.hhi.low, row.hhi.high, row.hhiApart]) assert.closeTo(value, 0.1, 1e-12)
    assert.deepStrictEqual([row.nakamoto, row.nakamotoApart], [certain(6), 6])
    assert.deepStrictEqual([row.counted, row.unknown, row.groups], [10, 0, 10])
  })

  it("with a sure cluster counts it as one, and says what it would be without it", () => {
    const row = rowOf(concentrated(range(1, 11).map((id) => placed(id, [])), [fleet(6, 1)]), "operator")
    assert.closeTo(row.hhi.mean, 0.36 + 4 * 0.01, 1e-12)
    assert.deepStrictEqual([row.nakamoto, row.nakamotoApart, row.largest, row.largestShare], [certain(1), 6, "cluster 7", 0.6])
    assert.closeTo(row.hhiApart, 0.1, 1e-12)
  })

  it("with an uncertain cluster is an interval from its servers apart to its servers together", () => {
    const row = rowOf(concentrated(range(1, 11).map((id) => placed(id, [])), [fleet(6, 0.6)]), "operator")
    assert.closeTo(row.hhi.low, 0.1, 1e-12)
    assert.closeTo(row.hhi.high, 0.4, 1e-12)
    assert.deepStrictEqual([row.nakamoto.low, row.nakamoto.high], [1, 6])
    assert.isAbove(row.hhi.mean, 0.2)
    assert.isBelow(row.hhi.mean, 0.35)
  })

  it("counts servers by system at one level and operators at the other", () => {
    // A fleet of six in one system, four others each in its own.
    const servers = range(1, 11).map((id) => placed(id, [id <= 6 ? "AS1" : `AS${id}`]))
    const rows = concentrated(servers, [fleet(6, 1)])
    assert.closeTo(rowOf(rows, "asn").hhi.mean, 0.36 + 0.04, 1e-12)
    const operators = rowOf(rows, "asn", "operator")
    assert.deepStrictEqual([operators.counted, operators.nakamoto], [5, certain(3)])
    assert.closeTo(operators.hhi.mean, 0.2, 1e-12)
  })

  it("spreads a server over its systems, and an operator over its servers", () => {
    const rows = concentrated([placed(1, ["AS1", "AS2"]), placed(2, ["AS1"])], [])
    assert.closeTo(rowOf(rows, "asn").largestShare, 0.75, 1e-12)
    const operators = concentrated([placed(1, ["AS1"]), placed(2, ["AS2"])], [fleet(2, 1)])
    assert.closeTo(rowOf(operators, "asn", "operator").hhi.mean, 0.5, 1e-12)
  })

  it("says how many are unknown, and its limits hold whatever they are", () => {
    const row = rowOf(
      concentrated([...range(1, 5).map((id) => placed(id, [`AS${id}`])), ...range(5, 9).map((id) => placed(id, []))], []),
      "asn"
    )
    assert.deepStrictEqual([row.counted, row.unknown, row.groups], [4, 4, 4])
    assert.closeTo(row.hhi.mean, 1 / 4, 1e-12)
    assert.closeTo(row.hhi.low, 1 / 8, 1e-12)
    assert.closeTo(row.hhi.high, (25 + 3) / 64, 1e-12)
    assert.deepStrictEqual([row.nakamoto.low, row.nakamoto.high], [1, 5])
  })

  it("of a crawl that met nobody is nothing", () => {
    assert.deepStrictEqual(concentrated([], [fleet(3, 1)]), [])
  })
})
