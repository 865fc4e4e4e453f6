import * as fc from "fast-check"
import { expect, it } from "vitest"
import { shippedIndicators } from "../../src/analysis/suspicion/indicator-table.ts"
import { headlineOf } from "../../web/src/pages/headline.ts"
import { flaggedOf, openIn, toggledIn } from "../../web/src/pages/suspicion-model.ts"
import { otherHosts } from "../../web/src/panel/other-hosts.ts"

it("servers without a score are counted apart from those that were judged", () => {
  const histogram = [250, 8, 0, 0, 1, 0, 0, 0, 0, 0]
  expect(flaggedOf({ flagged: 0, histogram, servers: 288, threshold: 40 }))
    .toBe("0 servers of 259 judged are at 40 or above, where it is worth to look. 29 servers have no score: nothing of them could be tested.")
  expect(flaggedOf({ flagged: 1, histogram, servers: 260, threshold: 40 }))
    .toBe("1 server of 259 judged is at 40 or above, where it is worth to look. 1 server has no score: nothing of it could be tested.")
  expect(flaggedOf({ flagged: 1, histogram, servers: 259, threshold: 40 })).not.toContain("no score")
})

it("an indicator that is opened twice is closed, and others stay as they are", () => {
  const names = shippedIndicators.indicators.map(({ name }) => name)
  fc.assert(fc.property(fc.subarray(names), fc.constantFrom(...names), (open, name) => {
    const word = open.join(",")
    const toggled = openIn(toggledIn(word, name))
    expect(toggled.has(name)).toBe(!open.includes(name))
    expect(openIn(toggledIn(toggledIn(word, name), name))).toEqual(new Set(open))
  }))
})

it("a server is also known by every name but the one in its heading, wherever that stands", () => {
  const hosts = ["elder.example", "lower.onion", "other.example"]
  expect(otherHosts({ host: "lower.onion", hosts })).toEqual(["elder.example", "other.example"])
  expect(otherHosts({ host: "elder.example", hosts: ["elder.example"] })).toEqual([])
})

it("the first screen repeats nothing of the line that says a crawl was simulated", () => {
  const headline = ["SIMULATED network (mainnet-sim): invented.", "5 servers answered."]
  expect(headlineOf({ crawl: { simulated: true }, headline })).toEqual(["5 servers answered."])
  expect(headlineOf({ crawl: { simulated: false }, headline: ["5 servers answered."] })).toEqual(["5 servers answered."])
})
