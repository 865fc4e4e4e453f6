import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { stripLetters } from "../../src/atlas/shapes/watched-words.ts"
import type { EventRow, OutageOfMany } from "../../src/atlas/watched/read-happened.ts"
import type { RunRow } from "../../src/atlas/watched/read-runs.ts"
import { mostSteps, stepOf, stripOf, toldParts, uptimeOf } from "../../src/atlas/watched/strip.ts"

const hour = 3_600_000
const run = (state: RunRow["state"], from: number, to: number): RunRow =>
  ({ serverId: 1, endpointId: 1, host: "one.example.org", port: 50002, transport: "tls", state, from: from * hour, to: to * hour, held: true })
const event = (kind: string, earliest: number, latest: number, cause: string | null = null): EventRow =>
  ({ serverId: 1, endpointId: 1, host: "one.example.org", kind, earliest: earliest * hour, latest: latest * hour, before: null, after: null, cause })
const ours = (from: number, to: number): OutageOfMany =>
  ({ kind: "vantage outage", where: null, from: from * hour, to: to * hour, over: true, silent: 9, up: 10 })
const window = { from: 0, to: 12 * hour }

const strip = (runs: ReadonlyArray<RunRow>, events: ReadonlyArray<EventRow> = [], outages: ReadonlyArray<OutageOfMany> = []): string =>
  stripOf(toldParts(runs, window, events, outages), window, hour)

describe("a strip of watched time", () => {
  it("tells up, down, both, and times in which nobody looked, before, between and after looks", () => {
    expect(strip([run("up", 1, 4), run("changed", 4, 4.5), run("down", 4.5, 7), run("changed", 7, 7.5), run("up", 7.5, 9), run("up", 10, 11)])).toBe("-uuumddmu-u-")
  })

  it("says whose outage a silence was, and never that of one server by another's", () => {
    const runs = [run("up", 0, 2), run("down", 2, 4), run("up", 4, 6), run("down", 6, 8), run("up", 8, 12)]
    const events = [event("went silent", 2, 2, "network outage of AS 64500"), event("came back", 4, 4, "network outage of AS 64500"), event("went silent", 6, 6), event("came back", 8, 8)]
    expect(strip(runs, events)).toBe("uunnuudduuuu")
    expect(toldParts(runs, window, events, []).map(({ cause, state }) => `${state} ${cause}`)).toContain("n network outage of AS 64500")
    // One that began before the window is known by its end.
    expect(strip([run("down", 0, 3), run("up", 3, 12)], [event("came back", 3, 3, "network outage of country DE")])).toBe("nnnuuuuuuuuu")
  })

  it("takes what failed while our own line was down for not known, and counts none of it", () => {
    const runs = [run("up", 0, 3), run("unknown", 3, 6), run("up", 6, 12)]
    expect(strip(runs, [], [ours(3, 5)])).toBe("uuuoo-uuuuuu")
    expect(uptimeOf(toldParts(runs, window, [], [ours(3, 5)]))).toEqual({ upShare: 1, observedHours: 9, unknownHours: 3 })
  })

  it("takes Tor's outage for our own where onions are, and for nothing elsewhere", () => {
    const tor: OutageOfMany = { ...ours(3, 5), kind: "network outage", where: "Tor" }
    const runs = [run("up", 0, 3), run("unknown", 3, 6), run("up", 6, 12)]
    const onion = runs.map((it) => ({ ...it, host: `${"a".repeat(56)}.onion` }))
    expect(strip(onion, [], [tor])).toBe("uuuoo-uuuuuu")
    expect(toldParts(onion, window, [], [tor]).map(({ cause }) => cause)).toContain("network outage of Tor")
    expect(strip(runs, [], [tor])).toBe("uuu---uuuuuu")
  })

  it("never hides a short silence behind the more of a step in which it answered", () => {
    expect(strip([run("up", 0, 5.2), run("down", 5.2, 5.3), run("up", 5.3, 12)])).toBe("uuuuumuuuuuu")
  })

  it("covers its window without gap or overlap, and has a letter for each step, whatever was looked", () => {
    const states = fc.constantFrom("up", "down", "changed", "unknown")
    const spans = fc.array(fc.record({ state: states, gap: fc.double({ min: 0, max: 3, noNaN: true }), length: fc.double({ min: 0.01, max: 5, noNaN: true }) }), { maxLength: 30 })
    fc.assert(fc.property(spans, fc.integer({ min: 1, max: 900 }), fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 9 })), { maxLength: 3 }), (spans, hours, outages) => {
      let at = -2
      const runs = spans.map(({ gap, length, state }) => {
        const from = at + gap
        at = from + length
        return run(state as RunRow["state"], from, at)
      })
      const whole = { from: 0, to: hours * hour }
      const parts = toldParts(runs, whole, [event("went silent", 3, 3, "network outage of AS 1"), event("came back", 9, 9)], outages.map(([from, length]) => ours(from, from + length)))
      expect(parts[0]!.from).toBe(0)
      expect(parts.at(-1)!.to).toBe(whole.to)
      parts.slice(1).forEach(({ from }, i) => expect(from).toBe(parts[i]!.to))
      const step = stepOf(whole)
      const letters = stripOf(parts, whole, step)
      expect(letters.length).toBe(Math.max(1, Math.ceil((whole.to - whole.from) / step)))
      expect(letters.length).toBeLessThanOrEqual(mostSteps)
      for (const letter of letters) expect(stripLetters).toContain(letter)
      const { observedHours, unknownHours } = uptimeOf(parts)
      expect(observedHours + unknownHours).toBeCloseTo(hours, 6)
    }))
  })
})
