import { assert, describe, it } from "vitest"
import { type SnapshotReading, type SnapshotValues, tellingReadings } from "../../src/domain/snapshot.ts"

const nothing = { outcome: "not asked", text: null, value: null } as const

const told = (fees: ReadonlyArray<number>, changes: Partial<SnapshotValues> = {}): SnapshotReading => ({
  target: { serverId: 1 } as unknown as SnapshotReading["target"],
  state: "compared",
  detail: null,
  visit: null,
  sentMs: 0,
  receivedMs: 1,
  values: {
    tipBefore: null,
    tipAfter: null,
    fees: fees.map((value, i) => ({ target: i + 1, outcome: "ok", text: String(value), value })),
    histogram: nothing,
    mempoolInfo: nothing,
    relayFee: nothing,
    ...changes
  }
})

const isTelling = (reading: SnapshotReading): boolean => tellingReadings([reading]).length === 1

describe("readings that tell nodes apart", () => {
  it("have four estimates clearly above the floor", () => {
    assert.isTrue(isTelling(told([0.00004, 0.00003, 0.00002, 0.000011, 0.00001])))
    assert.isFalse(isTelling(told([0.00004, 0.00003, 0.00002, 0.0000109, 0.00001])))
    assert.isFalse(isTelling(told([0.00004, -1, -1, -1, 0.00003, 0.00002])))
  })

  it("are above what their own node relays, and above the usual fee where it relays for less", () => {
    const fees = [0.00004, 0.00004, 0.00004, 0.00004]
    assert.isTrue(isTelling(told(fees)))
    assert.isFalse(isTelling(told(fees, { relayFee: { outcome: "ok", text: "0.00004", value: 0.00004 } })))
    const low = { relayFee: { outcome: "ok", text: "0.000001", value: 0.000001 } } as const
    assert.deepStrictEqual([0.00001, 0.00004].map((fee) => isTelling(told([fee, fee, fee, fee], low))), [false, true])
  })

  it("are none where nothing was answered", () => {
    assert.isFalse(isTelling({ ...told([]), values: null }))
  })
})
