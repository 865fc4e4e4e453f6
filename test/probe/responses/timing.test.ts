import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { median } from "../../../src/domain/median.ts"
import { deviation, timingOf } from "../../../src/probe/responses/timing.ts"

const rest = { paced: false, untimed: null }

describe("the times of a visit", () => {
  it("are median, standard deviation of a sample, and median distance", () => {
    expect(timingOf({ ...rest, pingsMs: [4, 1, 9, 2] })).toEqual({
      ...rest, pings: 4, medianMs: 3, deviationMs: Math.sqrt((0 + 9 + 25 + 4) / 3), madMs: 1.5
    })
  })

  it("are null where nothing was measured, and say why", () => {
    expect(timingOf({ ...rest, paced: true, untimed: "replies are padded", pingsMs: [] })).toEqual({
      ...rest, pings: 0, medianMs: null, deviationMs: null, madMs: null, paced: true, untimed: "replies are padded"
    })
    expect(timingOf({ ...rest, untimed: "the server had stopped answering", pingsMs: [5] }))
      .toMatchObject({ pings: 1, medianMs: 5, deviationMs: null, madMs: 0, untimed: null })
  })

  it("do not depend on the order of the pings, and grow with their unit", () => {
    const times = fc.array(fc.double({ min: 0.01, max: 1e5, noNaN: true }), { minLength: 2, maxLength: 9 })
    fc.assert(fc.property(times, (values) => {
      expect(median(values.toReversed())).toBe(median(values))
      expect(median(values.map((value) => 2 * value))).toBeCloseTo(2 * median(values)!, 6)
      expect(deviation(values.map((value) => 2 * value))).toBeCloseTo(2 * deviation(values)!, 4)
      expect(median(values)).toBeGreaterThanOrEqual(Math.min(...values))
      expect(median(values)).toBeLessThanOrEqual(Math.max(...values))
    }))
  })
})
