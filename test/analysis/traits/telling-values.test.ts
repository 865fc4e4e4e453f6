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
  mempoolMinFee: null,
  histogramText: null,
  histogram: null,
  ...changes
})

const telling = (readings: ReadonlyArray<ComparedReading>, serverId: number) =>
  snapshotsByServer(readings).get(serverId)!.map(({ tellingTargets }) => [...tellingTargets])

describe("what tells nodes apart in a snapshot", () => {
  it("is above the floor of the node, and not missing", () => {
    const one = reading(1, 1, { 1: 0.00012, 5: 0.00002, 25: 0.00001 })
    assert.deepStrictEqual(telling([one], 1), [[1, 5]])
    assert.deepStrictEqual(telling([{ ...one, relayFee: 0.00002 }], 1), [[1]])
    assert.deepStrictEqual(telling([{ ...one, mempoolMinFee: 0.0002 }], 1), [[]])
    assert.deepStrictEqual(telling([{ ...one, relayFee: 0.000001 }], 1), [[1, 5, 25]])
  })

  it("is not what most servers estimated at that tip", () => {
    const fees = [0.00012, 0.00012, 0.00012, 0.00012, 0.00013, 0.00014]
    const readings = fees.map((fee, i) => reading(i + 1, 1, { 1: fee, 2: 0.0002 + i / 1e6 }))
    assert.deepStrictEqual([1, 5].map((server) => telling(readings, server)), [[[2]], [[1, 2]]])
    const apart = readings.map((it, i) => ({ ...it, tipHash: `tip ${i}` }))
    assert.deepStrictEqual([1, 5].map((server) => telling(apart, server)), [[[1, 2]], [[1, 2]]])
  })

  it("marks histograms that most servers of one implementation showed", () => {
    const texts = ["[[5,1]]", "[[5,1]]", "[[5,1]]", "[[5,1]]", "[[6,1]]", "[[7,1]]"]
    const readings = texts.map((histogramText, i) => reading(i + 1, 1, {}, { histogramText }))
    const common = [1, 5].map((server) => snapshotsByServer(readings).get(server)![0]!.histogramCommon)
    assert.deepStrictEqual(common, [true, false])
  })

  it("has the snapshots of a server in order", () => {
    const all = [3, 1, 2].map((snapshotId) => reading(1, snapshotId, {}))
    assert.deepStrictEqual(snapshotsByServer(all).get(1)!.map(({ snapshotId }) => snapshotId), [1, 2, 3])
  })
})
