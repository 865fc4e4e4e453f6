import { assert, describe, it } from "vitest"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { tipNodesOf } from "../../../src/analysis/comparisons/tip-nodes.ts"
import type { ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { tipResidualsOf } from "../../../src/analysis/traits/tip-residuals.ts"
import { traitsOf } from "../../support/server-traits.ts"
import { type PlantedLateness, type PlantedServer, plantedArrivals } from "../../support/tip-arrivals.ts"

const strangers = (count: number): ReadonlyArray<PlantedServer> =>
  Array.from({ length: count }, (_, i) => ({ node: 100 + i, implementation: i % 2 === 0 ? "Fulcrum" : "ElectrumX" }))
const fleet = (node: number, quick: number, slow: number): ReadonlyArray<PlantedServer> => [
  ...Array.from({ length: quick }, (): PlantedServer => ({ node, implementation: "Fulcrum" })),
  ...Array.from({ length: slow }, (): PlantedServer => ({ node, implementation: "ElectrumX" }))
]

/** Nodes are as quick as people's are: 0.3 to 3 seconds on average, those of numbers below 10 two. */
const usual: PlantedLateness = { mean: (node) => node < 10 ? 2_000 : 300 + (node * 7_919) % 2_700 }

const watched = (servers: ReadonlyArray<PlantedServer>, lateness: PlantedLateness, randomSeed = 1): ReadonlyArray<ServerTraits> => {
  const residuals = tipResidualsOf(plantedArrivals(servers, lateness, randomSeed), new Map(servers.map(({ implementation }, i) => [i + 1, implementation])))
  return servers.map(({ implementation }, i) => traitsOf(i + 1, {
    implementation,
    watch: { from: 0, to: 86_400_000, software: [], changes: [], rareTips: new Set(), events: [], tipResiduals: residuals.get(i + 1)! }
  }))
}

/** Groups of servers at a node, by number. */
const groups = (traits: ReadonlyArray<ServerTraits>): ReadonlyArray<ReadonlyArray<number>> =>
  [...Map.groupBy(tipNodesOf(traits), ([, { node }]) => node).values()].map((some) => some.map(([id]) => id).toSorted((a, b) => a - b))

describe("nodes that tips tell", () => {
  it("are those of servers that are late together, whatever they run", () => {
    assert.deepStrictEqual(groups(watched([...fleet(1, 3, 3), ...strangers(18)], usual)), [[1, 2, 3, 4, 5, 6]])
    assert.deepStrictEqual(groups(watched([...fleet(1, 3, 0), ...fleet(2, 2, 0), ...strangers(18)], usual)).toSorted((a, b) => a[0]! - b[0]!), [[1, 2, 3], [4, 5]])
  })

  it("join no strangers, in any of ten worlds, nor where slow blocks are slower for slow nodes, or some hear of blocks together", () => {
    const servers = strangers(24)
    for (let seed = 1; seed <= 10; seed++) assert.deepStrictEqual(groups(watched(servers, usual, seed)), [])
    for (let seed = 1; seed <= 5; seed++) {
      const slow = (block: number): number => Math.abs(Math.sin(block * 12.9898 + seed)) * 2_500
      assert.deepStrictEqual(groups(watched(servers, { ...usual, more: (node, block) => slow(block) * ((node * 31) % 17) / 17 }, seed)), [])
      assert.deepStrictEqual(groups(watched(servers, { ...usual, more: (node, block) => node % 4 === 0 ? slow(block) / 3 : 0 }, seed)), [])
    }
  })

  it("do not join servers that look at the same beat", () => {
    assert.deepStrictEqual(groups(watched(strangers(24), { ...usual, beat: () => [1_000, 3_000] })), [])
  })

  it("are found where a node is minutes late and shows fewer blocks for it", () => {
    const servers = [...fleet(1, 2, 2), ...strangers(18)]
    const late = { ...usual, mean: (node: number) => node === 1 ? 400_000 : usual.mean(node), blocks: 120 }
    assert.deepStrictEqual(groups(watched(servers, late)), [[1, 2, 3, 4]])
  })

  it("are none where a watch was short, or where one has more than a third of all: it is when blocks come then", () => {
    assert.deepStrictEqual(groups(watched([...fleet(1, 3, 3), ...strangers(18)], { ...usual, blocks: 90 })), [])
    assert.deepStrictEqual(groups(watched([...fleet(1, 8, 6), ...strangers(18)], { ...usual, mean: (node) => node === 1 ? 300_000 : usual.mean(node) })), [])
  })

  it("do not depend on the order of servers", () => {
    const traits = watched([...fleet(1, 3, 2), ...strangers(12)], usual)
    assert.deepStrictEqual([...tipNodesOf(traits.toReversed())].toSorted(([a], [b]) => a - b), [...tipNodesOf(traits)].toSorted(([a], [b]) => a - b))
  })
})

describe("servers that are late together", () => {
  const traits = watched([...fleet(1, 2, 2), ...strangers(16)], usual)
  const snapshots = (fee: (snapshot: number) => number): ServerTraits["snapshots"] => [1, 2, 3].map((snapshotId) => ({
    snapshotId, tipHeight: snapshotId, tipHash: `tip ${snapshotId}`, fees: new Map([[2, fee(snapshotId)]]), tellingTargets: new Map(),
    relayFee: null, histogramText: null, histogram: null, histogramChance: 1
  }))
  const compare = (one: ServerTraits, other: ServerTraits) =>
    comparisons({ servers: traits }).find(({ name }) => name === "late together")!.compare(one, other)

  it("agree with those of their node alone, and say how many blocks it stands on", () => {
    assert.strictEqual(compare(traits[0]!, traits[1]!)?.level, 0)
    assert.deepStrictEqual(compare(traits[0]!, traits[3]!)?.detail()["servers"], 4)
    assert.isUndefined(compare(traits[0]!, traits[4]!))
  })

  it("do not where their fee estimates differ in most snapshots, and do where they are alike or at the floor", () => {
    const [a, b] = [traits[0]!, traits[2]!]
    assert.isUndefined(compare({ ...a, snapshots: snapshots(() => 1e-5) }, { ...b, snapshots: snapshots((snapshot) => snapshot === 1 ? 1e-5 : 2e-5) }))
    assert.isDefined(compare({ ...a, snapshots: snapshots(() => 1e-5) }, { ...b, snapshots: snapshots((snapshot) => snapshot === 1 ? 2e-5 : 1e-5) }))
  })
})
