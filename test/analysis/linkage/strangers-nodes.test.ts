import { assert, describe, it } from "vitest"
import { infrastructureGroups } from "../../../src/analysis/clusters/infrastructure.ts"
import { comparisons } from "../../../src/analysis/comparisons/catalogue.ts"
import { link } from "../../../src/analysis/linkage/linkage.ts"
import { seededRandom } from "../../../src/analysis/seeded-random.ts"
import { type ComparedReading, snapshotsByServer } from "../../../src/analysis/traits/telling-values.ts"
import { presentedAt, traitsAt } from "../../support/server-traits.ts"

type Bins = ReadonlyArray<readonly [rate: number, size: number]>

/** What a server answers in snapshots 1, 2 and 3. */
interface Told {
  readonly fees?: ReadonlyArray<ReadonlyArray<number>>
  readonly histograms?: ReadonlyArray<Bins>
}

const targets = [2, 3, 5, 10, 25, 144, 1008]
const snapshots = [1, 2, 3]

/** Groups that are said to share a node, servers counted from 0; what nodes tell is all that is alike of them. */
const groupsOf = (servers: ReadonlyArray<Told>): ReadonlyArray<ReadonlyArray<number>> => {
  const readings = snapshots.flatMap((snapshotId) => servers.map(({ fees, histograms }, i): ComparedReading => {
    const histogram = histograms?.[snapshotId - 1] ?? null
    return {
      serverId: i,
      snapshotId,
      implementation: "Fulcrum",
      tipHeight: 900_000 + snapshotId,
      tipHash: `block ${snapshotId}`,
      fees: new Map(targets.map((target, j) => [target, (fees?.[snapshotId - 1]?.[j] ?? 1000) / 1e8])),
      relayFee: 0.00001,
      histogram,
      histogramText: histogram === null ? null : JSON.stringify(histogram)
    }
  }))
  const shown = snapshotsByServer(readings)
  const all = servers.map((_, i) => traitsAt(i, `s.d${i}.example`, { certificates: [presentedAt(`s.d${i}.example`)], implementation: "Fulcrum", snapshots: shown.get(i)! }))
  return infrastructureGroups(link(all, comparisons({ servers: all })).pairs, {
    infrastructure: new Set(["fee estimates", "fee histogram", "mempool curve"]),
    machine: new Set()
  }).map(({ serverIds }) => serverIds)
}

const from = <A>(count: number, make: (i: number) => A): ReadonlyArray<A> => Array.from({ length: count }, (_, i) => make(i))

describe("mempools of strangers", () => {
  /** Servers of so many policies; transactions that a policy rejects are its nodes' alone to lack. */
  const strangers = (random: () => number, count: number, transactions: number, visibility: number, classOf: (server: number) => number): ReadonlyArray<Told> => {
    const worlds = snapshots.map(() => from(transactions, () => ({
      rate: 1 + Math.floor(random() * random() * 20),
      size: 140 + Math.floor(random() * random() * 900),
      lackedBy: random() < 0.1 ? Math.floor(random() * 3) : -1
    })))
    return from(count, (i) => ({
      histograms: worlds.map((world) => {
        const bins = new Map<number, number>()
        for (const { lackedBy, rate, size } of world) {
          if (lackedBy !== classOf(i) && random() < visibility) bins.set(rate, (bins.get(rate) ?? 0) + size)
        }
        return [...bins].toSorted(([x], [y]) => y - x)
      })
    }))
  }

  it("are no shared node where each knows nearly all of a few transactions", () => {
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed)
      assert.deepStrictEqual(groupsOf(strangers(random, 40, 30, 0.97, () => -2)), [])
      assert.deepStrictEqual(groupsOf(strangers(random, 40, 60, 0.98, () => -2)), [])
    }
  })

  it("are no shared node where a few relay policies tell them apart", () => {
    for (const visibility of [1, 0.9995, 0.999]) {
      const random = seededRandom(7)
      assert.deepStrictEqual(groupsOf(strangers(random, 40, 800, visibility, (i) => i < 18 ? 0 : i < 30 ? 1 : 2)), [], String(visibility))
    }
  })

  it("leave a shared node to be found where they differ in much", () => {
    const busy = strangers(seededRandom(3), 30, 3000, 0.97, () => -2)
    assert.deepStrictEqual(groupsOf([...busy, busy[4]!, busy[4]!]), [[4, 30, 31]])
  })
})

describe("fee estimates of strangers", () => {
  const markets = [1, 1.2, 0.8].map((factor) => [28_000, 24_000, 17_000, 9000, 5000, 2500, 1500].map((fee) => fee * factor))
  /** Nodes that differ by some per cent of what their estimates are above the floor. */
  const estimating = (random: () => number, spread: number, rounded: (fee: number) => number): Told => ({
    fees: markets.map((market) => market.map((fee) => Math.max(1000, rounded(Math.round(1000 + (fee - 1000) * (1 + spread * (random() + random() + random() - 1.5)))))))
  })
  const rounding: Readonly<Record<string, (fee: number) => number>> = {
    "whole sat/vB": (fee) => Math.round(fee / 1000) * 1000,
    "up to whole sat/vB": (fee) => Math.ceil(fee / 1000) * 1000,
    "5 sat/vB": (fee) => Math.round(fee / 5000) * 5000,
    "Bitcoin Core's buckets": (fee) => Math.round(1000 * 1.05 ** Math.floor(Math.log(fee / 1000) / Math.log(1.05))),
    "wide buckets": (fee) => Math.round(1000 * 1.25 ** Math.round(Math.log(fee / 1000) / Math.log(1.25)))
  }

  it("are no shared node where a few of them round", () => {
    for (const [name, rounded] of Object.entries(rounding)) {
      for (const spread of [0.1, 0.05, 0.02]) {
        const random = seededRandom(11)
        const servers = [...from(30, () => estimating(random, spread, (fee) => fee)), ...from(4, () => estimating(random, spread, rounded))]
        assert.deepStrictEqual(groupsOf(servers), [], `${name}, ${spread}`)
      }
    }
  })

  it("leave a shared node to be found that is exact to the satoshi", () => {
    const random = seededRandom(12)
    const servers = from(30, () => estimating(random, 0.05, (fee) => fee))
    assert.deepStrictEqual(groupsOf([...servers, servers[4]!, servers[4]!]), [[4, 30, 31]])
  })
})
