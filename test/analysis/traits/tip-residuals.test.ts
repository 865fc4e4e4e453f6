import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { tipArrivals } from "../../../src/analysis/comparisons/tip-arrivals.ts"
import { tipResidualsOf } from "../../../src/analysis/traits/tip-residuals.ts"
import { traitsOf } from "../../support/server-traits.ts"
import { type PlantedServer, plantedArrivals } from "../../support/tip-arrivals.ts"

const fulcrums = (nodes: ReadonlyArray<number>): ReadonlyArray<PlantedServer> => nodes.map((node) => ({ node, implementation: "Fulcrum" }))
const implementations = (servers: ReadonlyArray<PlantedServer>) => new Map(servers.map(({ implementation }, i) => [i + 1, implementation] as const))

/** Correlation of ranks that the comparison tells of two servers; null below what it tells. */
const alike = (servers: ReadonlyArray<PlantedServer>, residuals: ReturnType<typeof tipResidualsOf>, a: number, b: number): unknown => {
  const of = (id: number) => traitsOf(id, {
    implementation: servers[id - 1]!.implementation,
    watch: { from: 0, to: 1, software: [], changes: [], rareTips: new Set(), events: [], tipResiduals: residuals.get(id)! }
  })
  return tipArrivals.compare(of(a), of(b))?.detail()["correlation"] ?? null
}

describe("by how much tips came late", () => {
  it("is beyond what is usual for a server, by when all showed the block", () => {
    const delays = [[0, 0, 0, 0, 700], [20, 20, 20, 20, 20], [90, 90, 90, 90, 90]]
    const rows = delays.flatMap((own, server) => own.map((ms, block) =>
      ({ server_id: server + 1, run_id: 1, height: block, block_hash: `b${block}`, steady_ms: 600_000 * block + ms })))
    const residuals = tipResidualsOf(rows, new Map([1, 2, 3].map((id) => [id, "Fulcrum"])))
    assert.deepStrictEqual([1, 2, 3].map((id) => residuals.get(id)!.get("b4")), [700, 0, 0])
    assert.deepStrictEqual([1, 2, 3].map((id) => residuals.get(id)!.get("b1")), [0, 0, 0])
  })

  it("does not depend on lines, on when blocks come, or on whose rows come first", () => {
    const servers = fulcrums([1, 1, 2, 3, 4])
    const rows = plantedArrivals(servers, { mean: () => 900, blocks: 30 })
    const before = tipResidualsOf(rows, implementations(servers))
    fc.assert(fc.property(fc.array(fc.integer({ min: -5_000, max: 60_000 }), { minLength: 5, maxLength: 5 }), fc.integer({ min: 0, max: 86_400_000 }), (lines, start) => {
      const moved = rows.map((row) => ({ ...row, steady_ms: row.steady_ms + start + lines[row.server_id - 1]! })).toReversed()
      const after = tipResidualsOf(moved, implementations(servers))
      for (const [server, all] of before) for (const [block, ms] of all) assert.closeTo(after.get(server)!.get(block)!, ms, 1e-3)
    }), { numRuns: 20 })
  })

  it("leaves out blocks that few show, other runs' clocks and servers of unknown software", () => {
    const rows = [1, 2, 3, 4].flatMap((server_id) => [1, 2].map((block) => ({ server_id, run_id: 1, height: block, block_hash: `b${block}`, steady_ms: 1_000 * block })))
    const odd = { server_id: 1, run_id: 1, height: 999_999, block_hash: "made up", steady_ms: 5 }
    const later = { server_id: 1, run_id: 2, height: 3, block_hash: "b3", steady_ms: 7 }
    const residuals = tipResidualsOf([...rows, odd, later], new Map([[1, "Fulcrum"], [2, "Fulcrum"], [3, "Fulcrum"], [4, null]]))
    assert.deepStrictEqual([...residuals.get(1)!.keys()], ["b1", "b2"])
    assert.isUndefined(residuals.get(4))
  })

  it("makes servers behind one node alike whose tips come late and early together, and no others", () => {
    const servers = fulcrums([1, 1, 2, 3, 4, 5, 6])
    const residuals = tipResidualsOf(plantedArrivals(servers, { mean: () => 1_500 }), implementations(servers))
    assert.isAbove(Number(alike(servers, residuals, 1, 2)), 0.95)
    assert.isNull(alike(servers, residuals, 1, 3))
    assert.isNull(alike(servers, residuals, 4, 5))
  })

  it("does not tell the beat at which two look for blocks", () => {
    const servers: ReadonlyArray<PlantedServer> = [...[1, 2].map((node) => ({ node, implementation: "ElectrumX" as const })), ...fulcrums([3, 4, 5, 6, 7, 8, 9])]
    const rows = plantedArrivals(servers, { mean: () => 300, beat: () => [1_000, 3_000] })
    const asked = implementations(servers)
    const spread = (residuals: ReturnType<typeof tipResidualsOf>): number =>
      residuals.get(1)!.values().reduce((sum, ms) => sum + Math.abs(ms), 0) / residuals.get(1)!.size
    // Taken for software that is told at once, it is late by its beat.
    assert.isAbove(spread(tipResidualsOf(rows, new Map([...asked].map(([id]) => [id, "Fulcrum"])))), 1_000)
    assert.isBelow(spread(tipResidualsOf(rows, asked)), 700)
  })
})
