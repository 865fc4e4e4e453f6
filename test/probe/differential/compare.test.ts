import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { seededRandom, shuffled } from "../../../src/analysis/seeded-random.ts"
import { type PersonaName, type Segment, unanswered } from "../../../src/domain/differential.ts"
import { compareSegments, testSegments } from "../../../src/probe/differential/compare.ts"

const segment = (persona: PersonaName, contents: Readonly<Record<string, string | null>>): Segment => ({
  persona,
  contents: new Map(Object.entries(contents))
})
const abba = (...contents: ReadonlyArray<Readonly<Record<string, string | null>>>): ReadonlyArray<Segment> =>
  contents.map((of, i) => segment(i === 0 || i === 3 ? "crawler" : "wallet", of))

describe("a comparison of personas", () => {
  it("finds what is answered alike within each and otherwise to the other", () => {
    expect(compareSegments(abba({ fee: "1", tip: "9" }, { fee: "2", tip: "9" }, { fee: "2", tip: "9" }, { fee: "1", tip: "9" }))).toEqual({
      outcome: "differs",
      compared: ["fee", "tip"],
      varying: [],
      differing: ["fee"]
    })
  })

  it("does not count what varies within a persona: drawn peers, a new block in the middle, a fee that goes back", () => {
    const found = compareSegments(abba(
      { peers: "a", tip: "9", fee: "1" },
      { peers: "b", tip: "9", fee: "2" },
      { peers: "c", tip: "10", fee: "1" },
      { peers: "d", tip: "10", fee: "1" }
    ))
    expect(found).toEqual({ outcome: "same", compared: ["fee", "peers", "tip"], varying: ["fee", "peers", "tip"], differing: [] })
  })

  it("does not compare what one connection has no answer to", () => {
    const found = compareSegments(abba({ fee: "1", tip: "9" }, { fee: null, tip: "9" }, { fee: "2", tip: "9" }, { fee: "1", tip: "9" }))
    expect(found).toMatchObject({ outcome: "same", compared: ["tip"] })
    expect(compareSegments(abba({ fee: "1" }, {}, { fee: "2" }, { fee: "1" }))).toMatchObject({ outcome: "not comparable" })
    expect(compareSegments([segment("crawler", { fee: "1" }), segment("wallet", { fee: "2" })]).outcome).toBe("not comparable")
  })

  it("finds what is answered in one way of asking and never in the other, also where the answers themselves are drawn", () => {
    const found = compareSegments(abba(
      { history: "whole", peers: "a", tip: "9" },
      { history: unanswered, peers: unanswered, tip: "9" },
      { history: unanswered, peers: unanswered, tip: "9" },
      { history: "whole", peers: "b", tip: "9" }
    ))
    expect(found).toEqual({ outcome: "differs", compared: ["history", "peers", "tip"], varying: [], differing: ["history", "peers"] })
    const closed = abba({ history: unanswered }, { history: "whole" }, { history: "whole" }, { history: unanswered })
    expect(compareSegments(closed)).toMatchObject({ outcome: "differs", differing: ["history"] })
  })

  it("does not compare what one way of asking is answered now and then, nor what neither ever is", () => {
    const found = compareSegments(abba(
      { history: "whole", fee: unanswered, tip: "9", balance: "1" },
      { history: unanswered, fee: unanswered, tip: "9", balance: "2" },
      { history: "whole", fee: unanswered, tip: "9", balance: unanswered },
      { history: "whole", fee: unanswered, tip: "9", balance: "1" }
    ))
    expect(found).toEqual({ outcome: "same", compared: ["tip"], varying: [], differing: [] })
    // Nor where the server asked for less: that is no silence.
    expect(compareSegments(abba({ fee: "1" }, { fee: unanswered }, { fee: null }, { fee: "1" })).outcome).toBe("not comparable")
  })

  it("never says of a question that it both varies and differs, and is the same in whatever order connections are listed", () => {
    const content = fc.constantFrom("1", "2", unanswered, null)
    fc.assert(fc.property(fc.array(fc.record({ a: content, b: content }), { minLength: 4, maxLength: 4 }), fc.integer(), (contents, seed) => {
      const segments = abba(...contents)
      const found = compareSegments(segments)
      expect(found.varying.filter((question) => found.differing.includes(question))).toEqual([])
      expect(compareSegments(shuffled(segments, seededRandom(seed)))).toEqual(found)
    }))
  })
})

/** Eighteen connections in an order drawn at random, answered by a pretended server. */
const series = (seed: number, answer: (persona: PersonaName, random: () => number, at: number) => Readonly<Record<string, string>>) => {
  const random = seededRandom(seed)
  const order = shuffled(Array.from({ length: 18 }, (_, i): PersonaName => i < 9 ? "crawler" : "wallet"), random)
  return order.map((persona, at) => segment(persona, answer(persona, random, at)))
}

// What innocent servers do, whoever asks: balanced names, drawn lists, fees that drift, blocks that come.
const innocents: Readonly<Record<string, (random: () => number, at: number) => string>> = {
  "two servers behind one name": (random) => random() < 0.5 ? "one" : "other",
  "two servers in turn": (_, at) => String(at % 2),
  "a list drawn anew each time": (random) => String(random()),
  "a block in the middle": (_, at) => at < 7 ? "9" : "10",
  "fees that drift": (_, at) => String(Math.floor(at / 3)),
  "a warning now and then": (random) => random() < 0.1 ? "busy" : "ok",
  "no answer now and then": (random) => random() < 0.5 ? unanswered : "ok"
}

describe("the test of many connections", () => {
  it("is sure of a server that answers the wallet's way otherwise, also where it does so most of the time only", () => {
    const always = series(1, (persona) => ({ history: persona === "wallet" ? "cut" : "whole" }))
    expect(testSegments(always, ["history"])).toEqual({ statistic: 1, pValue: 2 / 48_620 })
    const silent = series(1, (persona) => ({ history: persona === "wallet" ? unanswered : "whole" }))
    expect(testSegments(silent, ["history"])).toEqual({ statistic: 1, pValue: 2 / 48_620 })
    const mostly = series(2, (persona, random) => ({ history: persona === "wallet" && random() < 0.9 ? "cut" : "whole" }))
    expect(testSegments(mostly, ["history"]).pValue).toBeLessThan(0.01)
  })

  it.each(Object.keys(innocents))("finds %s as often as chance allows, over many orders", (name) => {
    const pValues = Array.from({ length: 40 }, (_, seed) =>
      testSegments(series(seed + 10, (_persona, random, at) => ({ content: innocents[name]!(random, at) })), ["content"]).pValue)
    // Of 40 orders 4 are expected below 0.1 at the most; 12 would be four standard deviations more.
    expect(pValues.filter((p) => p <= 0.1).length).toBeLessThan(12)
    expect(Math.min(...pValues)).toBeGreaterThan(1.7e-4)
  }, 60_000)
})

describe("both looks together", () => {
  /** Connections in an order, answered by an innocent. */
  const asked = (order: ReadonlyArray<PersonaName>, name: string, random: () => number) =>
    order.map((persona, at) => segment(persona, { content: innocents[name]!(random, at) }))

  it("accuse no innocent server among hundreds, over many seeds, though many differ at the first look", () => {
    let [servers, suspects] = [0, 0]
    for (let seed = 0; seed < 20; seed++) {
      const pValues: Array<number> = []
      for (const name of Object.keys(innocents)) {
        for (let i = 0; i < 20; i++) {
          const random = seededRandom(seed * 10_000 + servers)
          servers++
          const first = compareSegments(asked(["crawler", "wallet", "wallet", "crawler"], name, random))
          if (first.outcome !== "differs") continue
          suspects++
          const order = shuffled(Array.from({ length: 18 }, (_, j): PersonaName => j < 9 ? "crawler" : "wallet"), random)
          pValues.push(testSegments(asked(order, name, random), first.differing).pValue)
        }
      }
      // Benjamini and Hochberg over the 140 servers of one network, those that showed nothing counted with 1.
      const found = pValues.toSorted((a, b) => a - b).filter((p, i) => p <= (0.05 * (i + 1)) / 140)
      expect(found).toEqual([])
    }
    expect([servers, suspects > 40]).toEqual([2800, true])
  }, 60_000)
})
