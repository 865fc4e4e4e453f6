import { describe, expect, it } from "vitest"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { parseSoftware } from "../../../src/simnet/model/software.ts"
import { type PlannedSchedule, planSchedule } from "../../../src/simnet/plan/plan-schedule.ts"
import type { ScheduleSpec } from "../../../src/simnet/scenario/schedule-spec.ts"

const hour = 3_600_000

const planned = (schedule: ScheduleSpec, software = "ElectrumX 1.18.0", id = "a"): PlannedSchedule =>
  planSchedule({ id, schedule }, parseSoftware(software)!, seededRandom(1))!

describe("a planned schedule", () => {
  it("has the upgrades that are one: of its own software, to a later release, in order of time", () => {
    const upgrades = [
      { at: "60h", software: "ElectrumX 2.0b1" },
      { at: "30h", software: "ElectrumX 1.20.0" },
      { at: "30h", software: "Fulcrum 2.1.0" },
      { at: "70h", software: "ElectrumX 1.19.0" }
    ]
    const of = (software: string) => planned({ upgrades }, software).upgrades.map((upgrade) => [upgrade.at / hour, upgrade.software.text])
    expect(of("ElectrumX 1.18.0")).toEqual([[30, "ElectrumX 1.20.0"], [60, "ElectrumX 2.0b1"]])
    expect(of("ElectrumX 1.20.0")).toEqual([[60, "ElectrumX 2.0b1"]])
    expect(of("Fulcrum 2.0")).toEqual([[30, "Fulcrum 2.1.0"]])
    expect(of("Fulcrum 2.1.0")).toEqual([])
    expect(of("electrs/0.10.9")).toEqual([])
  })

  it("draws for each server whether and when", () => {
    const moves = [{ at: "10h", within: "20h", share: 0.4 }]
    const times = Array.from({ length: 500 }, (_, i) => planned({ moves }, "Fulcrum 2.0", `s-${i}`).moves).flat().map(({ at }) => at / hour)
    // 200 expected, sd 11.
    expect(Math.abs(times.length - 200)).toBeLessThan(45)
    expect(Math.min(...times)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...times)).toBeLessThan(30)
    expect(new Set(times).size).toBe(times.length)
  })

  it("is none for a server that does not run", () => {
    const schedule: ScheduleSpec = { restarts: "5d" }
    expect(planSchedule({ id: "a", schedule, fails: "refused" }, parseSoftware("Fulcrum 2.0")!, seededRandom(1))).toBeNull()
    expect(planned(schedule).restarts).toBe(120 * hour)
  })
})
