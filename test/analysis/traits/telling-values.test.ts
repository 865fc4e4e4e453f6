import { assert, describe, it } from "vitest"
import { type ComparedReading, snapshotsByServer } from "../../../src/analysis/traits/telling-values.ts"

const reading = (serverId: number, snapshotId: number, fees: Readonly<Record<number, number>>, changes: Partial<ComparedReading> = {}): ComparedReading => ({
  serverId,
  snapshotId,
  implementation: "Fulcrum",
  tipHeight: 900_000,
  tipHash: "aa",
  fees: new Map(Object.entries(fees).map(([target, fee]) => [Number(target), fee])),
  relayFee: null,
  histogramText: null,
  histogram: null,
  ...changes
})

const telling = (readings: ReadonlyArray<ComparedReading>, serverId: number) =>
  snapshotsByServer(readings).get(serverId)!.map(({ tellingTargets }) => [...tellingTargets.keys()])

describe("what tells nodes apart in a snapshot", () => {
  it("is above what the node relays, and not missing", () => {
    const one = reading(1, 1, { 1: 0.00012, 5: 0.00002, 25: 0.00001 })
    assert.deepStrictEqual(telling([one], 1), [[1, 5]])
    assert.deepStrictEqual(telling([{ ...one, relayFee: 0.00002 }], 1), [[1]])
    assert.deepStrictEqual(telling([{ ...one, relayFee: 0.000001 }], 1), [[1, 5, 25]])
  })

  it("is not what most servers estimated at that tip", () => {
    const fees = [0.00012, 0.00012, 0.00012, 0.00012, 0.00013, 0.00014]
    const readings = fees.map((fee, i) => reading(i + 1, 1, { 1: fee, 2: 0.0002 + i / 1e6 }))
    assert.deepStrictEqual([1, 5].map((server) => telling(readings, server)), [[[2]], [[1, 2]]])
    const apart = readings.map((it, i) => ({ ...it, tipHash: `tip ${i}` }))
    assert.deepStrictEqual([1, 5].map((server) => telling(apart, server)), [[[1, 2]], [[1, 2]]])
    // Of one late node, they are all at its tip and few of those asked.
    const late = fees.map((fee, i) => reading(i + 11, 1, { 1: fee }, { tipHash: "late" })).slice(0, 4)
    assert.deepStrictEqual([11, 5].map((server) => telling([...readings, ...late], server)), [[[1]], [[1, 2]]])
  })

  it("has the chance that another node estimates the same, equal nodes counted once", () => {
    const chance = (readings: ReadonlyArray<ComparedReading>, serverId: number, target: number) =>
      snapshotsByServer(readings).get(serverId)![0]!.tellingTargets.get(target)!
    // Nodes of their own, all different; then two more servers of the first one's node; then two more nodes with its value.
    const nodes = Array.from({ length: 11 }, (_, i) => reading(i + 1, 1, { 1: 0.00020017 + i / 1e6, 2: 0.00010003 + i / 1e6 }))
    const fleet = [...nodes, reading(21, 1, { 1: 0.00020017, 2: 0.00010003 }), reading(22, 1, { 1: 0.00020017, 2: 0.00010003 })]
    const usual = [...nodes, reading(21, 1, { 1: 0.00020017, 2: 0.0003 }), reading(22, 1, { 1: 0.00020017, 2: 0.0004 })]
    const alone = reading(31, 1, { 1: 0.00020017, 2: 0.00010003 }, { tipHash: "bb" })
    assert.closeTo(chance(nodes, 1, 1), 0.5 / 56, 1e-9)
    assert.closeTo(chance(fleet, 1, 1), 0.5 / 56, 1e-9)
    assert.closeTo(chance(usual, 1, 1), 2.5 / 13, 1e-9)
    assert.closeTo(chance(usual, 2, 1), 3.5 / 79, 1e-9)
    assert.closeTo(chance(usual, 1, 2), 0.5 / 79, 1e-9)
    // Alone at its tip, with the chance that the others show.
    assert.closeTo(chance([...usual, alone], 31, 1), 3.5 / 79, 1e-9)
  })

  it("is hardly anything a few satoshi above the floor, however few nodes there are", () => {
    const near = [reading(1, 1, { 1: 0.00001003 }), reading(2, 1, { 1: 0.00001003 }, { relayFee: 0.000001 })]
    for (const server of [1, 2]) assert.closeTo(snapshotsByServer(near).get(server)![0]!.tellingTargets.get(1)!, 1 / 1.3, 1e-9)
  })

  it("is little where a server rounds: nodes within a step of it would round to the same", () => {
    const fees = [12_345, 12_512, 13_101, 14_777, 15_002, 16_540, 17_003, 18_999]
    const exact = fees.map((fee, i) => reading(i + 1, 1, { 1: fee / 1e8, 2: (fee - 2222) / 1e8 }))
    const rounding = reading(9, 1, { 1: 0.00013, 2: 0.00011 })
    const chance = (server: number) => snapshotsByServer([...exact, rounding]).get(server)![0]!.tellingTargets.get(1)!
    // Three others and its own are nearer than 1,000.
    assert.closeTo(chance(9), Math.max(3.5 / 9, 1 / 2.2), 1e-9)
    assert.closeTo(chance(3), 0.5 / 37, 1e-9)
  })

  it("has the snapshots of a server in order", () => {
    const all = [3, 1, 2].map((snapshotId) => reading(1, snapshotId, {}))
    assert.deepStrictEqual(snapshotsByServer(all).get(1)!.map(({ snapshotId }) => snapshotId), [1, 2, 3])
  })
})
