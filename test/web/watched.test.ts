import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { stripLetters } from "../../src/atlas/shapes/watched-words.ts"
import { lateText, lateWords, placeOf } from "../../web/src/watched/lateness-model.ts"
import { lengthText, partAt, partsOf, partText, uptimeText } from "../../web/src/watched/strip-model.ts"
import { isInJoint, mostRows, ticksOf, timelineRows } from "../../web/src/watched/timeline-model.ts"

const hour = 3_600_000
const begin = Date.parse("2026-01-02T00:00:00.000Z")
const iso = (hours: number): string => new Date(begin + hours * hour).toISOString()

describe("a strip in the viewer", () => {
  it("has the letters of the server as parts that follow each other, and finds each under the pointer", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...stripLetters), { minLength: 1, maxLength: 180 }), fc.double({ min: 0, max: 0.5, noNaN: true }), (letters, short) => {
      const page = { from: iso(0), until: iso(letters.length - short), stepMs: hour }
      const parts = partsOf(letters.join(""), page)
      expect(parts[0]!.from).toBe(begin)
      expect(parts.at(-1)!.to).toBe(Date.parse(page.until))
      parts.slice(1).forEach((part, i) => {
        expect(part.from).toBe(parts[i]!.to)
        expect(part.state).not.toBe(parts[i]!.state)
      })
      const whole = parts.at(-1)!.to - begin
      for (const [i, { from, to }] of parts.entries()) expect(partAt(parts, ((from + to) / 2 - begin) / whole)).toBe(i)
      letters.forEach((letter, i) => {
        const middle = begin + (i + 0.25) * hour
        if (middle < Date.parse(page.until)) expect(parts.find(({ from, to }) => middle >= from && middle < to)!.state).toBe(letter)
      })
    }))
  })

  it("says in words when, how long, what, and whose outage it was", () => {
    const part = { from: begin, to: begin + 4 * hour, cause: null }
    expect(partText({ ...part, state: "n", cause: "network outage of AS 64500" }))
      .toBe("2026-01-02 00:00 UTC to 2026-01-02 04:00 UTC (4 h): did not answer us, as most of its network or country did not (network outage of AS 64500)")
    expect(partText({ ...part, state: "o", cause: "vantage outage" })).toMatch(/: not known: our own line was down$/)
    expect([30_000, 20 * 60_000, 3.5 * hour, 30 * hour, 72 * hour].map(lengthText)).toEqual(["less than a minute", "20 min", "3.5 h", "30 h", "3 days"])
  })

  it("never rounds an uptime up to all of the time", () => {
    expect([null, 1, 0.999_99, 0.5, 0].map(uptimeText)).toEqual(["unknown", "100\u202f%", "99.99\u202f%", "50\u202f%", "0\u202f%"])
  })
})

describe("lateness", () => {
  it("reads in the unit that suits it, with its sign", () => {
    expect([0, 120, -2_400, 90_000].map(lateText)).toEqual(["0 ms", "+120 ms", "\u22122.4 s", "+1.5 min"])
    expect([0, 120, -2_400].map(lateWords)).toEqual(["no later than", "120 ms later than", "2.4 s earlier than"])
    expect([-500, 0, 500, 5_000].map((ms) => placeOf(ms, 1_000))).toEqual([25, 50, 75, 100])
  })
})

const event = (serverId: number, kind: string, hours: number, cause: string | null = null) => ({
  serverId, endpointId: serverId, host: `${serverId}.example.org`, kind, earliest: iso(hours), latest: iso(hours), before: null, after: null, cause
})

describe("the timeline", () => {
  const joint = [{ kind: "restarted", at: iso(5), servers: [{ serverId: 3, host: "3.example.org" }, { serverId: 4, host: "4.example.org" }], leftOut: 0, oneSystem: false, baseRate: 0.01 }]
  const events = [event(1, "went silent", 2, "network outage of AS 64500"), event(2, "restarted", 5), event(3, "restarted", 5), event(4, "restarted", 5), event(5, "listed", 1)]

  it("shows first what happened to several, then what happened to one, then what an outage explains, and only what the filter leaves", () => {
    const idsOf = (left: (id: number) => boolean) => timelineRows({ events, joint }, null, left).map(({ serverId }) => serverId)
    expect(idsOf(() => true)).toEqual([3, 4, 2, 1])
    expect(idsOf((id) => id !== 4)).toEqual([3, 2, 1])
    const chosen = Array.from({ length: 50 }, (_, i) => ({ serverId: i, host: `${i}` }))
    expect(timelineRows({ events, joint }, chosen, () => false)).toEqual(chosen.slice(0, mostRows))
  })

  it("joins the servers that it happened to, at that time, and never what an outage explains", () => {
    expect(events.map((one) => isInJoint(one, joint))).toEqual([false, false, true, true, false])
    expect(isInJoint(event(3, "restarted", 6), joint)).toBe(false)
    expect(isInJoint(event(3, "restarted", 5, "network outage of AS 64500"), joint)).toBe(false)
  })

  it("has at most six round times below it", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 20_000 }), (hours) => {
      const ticks = ticksOf(begin + 1234, begin + 1234 + hours * hour)
      expect(ticks.length).toBeLessThanOrEqual(7)
      for (const tick of ticks) expect(tick % hour).toBe(0)
    }))
  })
})
