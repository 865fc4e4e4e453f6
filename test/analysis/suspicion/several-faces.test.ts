import { describe, expect, it } from "vitest"
import { facesOf } from "../../../src/analysis/suspicion/several-faces.ts"
import { visitedAt, visitOf } from "../../support/suspicion-evidence.ts"

const minute = 60_000

/** A visit to one host of a server, so many minutes after the first. */
const seen = (host: string, minutes: number, tipHeight: number | null, fee = 0.0001) =>
  visitOf(host, { visitedAt: visitedAt + minutes * minute, tipHeight, fees: new Map([["fee#2", fee], ["fee#6", fee]]) })

const count = (...visits: ReadonlyArray<ReturnType<typeof seen>>): number => facesOf(visits).length

describe("what one server says under several hosts", () => {
  it("contradicts itself where a later tip is lower, or far higher at once, whichever was read first", () => {
    expect(count(seen("a", 0, 2150), seen("b", 1, 2145))).toBe(1)
    expect(count(seen("b", 1, 2145), seen("a", 0, 2150))).toBe(1)
    expect(count(seen("a", 0, 2145), seen("b", 1, 2150))).toBe(1)
  })

  it("goes with time: blocks that came, one that lost, fees that moved, the same host, hosts of unknown chain", () => {
    expect(count(seen("a", 0, 2145), seen("b", 45, 2150))).toBe(0)
    expect(count(seen("a", 0, 2150), seen("b", 1, 2149))).toBe(0)
    expect(count(seen("a", 0, 2150), seen("b", 1, null))).toBe(0)
    expect(count(seen("a", 0, 2150), seen("a", 1, 2145))).toBe(0)
    expect(count(seen("a", 0, 2150), { ...seen("b", 1, 2145), chainVerdict: "unverified" })).toBe(0)
    expect(count(seen("a", 0, 2150), seen("b", 1, 2150, 0.0003))).toBe(0)
    expect(count(seen("a", 0, 2150), seen("b", 30, 2150, 0.001))).toBe(0)
  })

  it("contradicts itself where two estimates differ many times over within minutes, not where one does", () => {
    expect(count(seen("a", 0, 2150), seen("b", 1, 2150, 0.0008))).toBe(1)
    expect(count(seen("a", 0, 2150), { ...seen("b", 1, 2150), fees: new Map([["fee#2", 0.0008], ["fee#6", 0.0001]]) })).toBe(0)
    expect(count(seen("a", 0, 2150), { ...seen("b", 1, 2150), fees: new Map() })).toBe(0)
  })
})
