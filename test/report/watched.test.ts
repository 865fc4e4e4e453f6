import { assert, describe, it } from "vitest"
import type { WatchedPage } from "../../src/atlas/shapes/watched.ts"
import { drawChart } from "../../src/report/charts/draw.ts"
import { watchedSection } from "../../src/report/sections/watched.ts"
import { factsOf } from "../support/report-facts.ts"

const rowOf = (serverId: number, strip: string, upShare: number | null, fellSilent = 0, explained = 0) => ({
  serverId, endpointId: serverId, host: `${serverId}.example.org`, port: 50002, transport: "tls", strip, upShare, observedHours: 40, unknownHours: 8,
  held: true, fellSilent, explained, restarted: 0, reliability: [{ window: "1 week", share: upShare, evidenceHours: 30 }]
})

const page: WatchedPage = {
  crawlId: 1, simulated: false, vantage: "home", window: "month", from: "2026-01-01T00:00:00.000Z", until: "2026-01-03T00:00:00.000Z",
  stepMs: 6 * 3_600_000, steps: 8, unwatched: 0,
  rows: [rowOf(1, "uuuuuuuu", 1), rowOf(2, "uuddmuuu", 0.7, 1), rowOf(3, "uunno-uu", 0.8, 1, 1)],
  outages: [{ kind: "network outage", where: "AS 64500", from: "2026-01-01T12:00:00.000Z", to: "2026-01-02T00:00:00.000Z", over: true, silent: 3, up: 3 }]
}

const facts = factsOf()
const sectionOf = (watched: WatchedPage) => watchedSection({ ...facts, watched: { ...facts.watched, page: watched } })

describe("availability over time in a report", () => {
  it("is left out where nobody watched", () => {
    assert.isNull(watchedSection(facts))
  })

  it("counts each watched server once, and says which silences an outage of many explains", () => {
    const section = sectionOf(page)!
    const [text, uptime, strips] = section.blocks
    assert.match(JSON.stringify(text), /3 servers were watched .* 1 of 3 \(33 %\) .* fell silent 2 times, 1 of these as most of their network/)
    assert(uptime?.kind === "figure" && uptime.chart?.kind === "bars")
    assert.deepStrictEqual(uptime.chart.bars.map(({ value }) => value), [1, 0, 0, 0, 2, 0])
    assert.deepStrictEqual(uptime.table.rows.map(([host]) => host), ["2.example.org", "3.example.org", "1.example.org"])
    assert(strips?.kind === "figure" && strips.chart?.kind === "strips")
    assert.deepStrictEqual(strips.chart.rows.map(({ label }) => label), ["2.example.org", "3.example.org", "1.example.org"])
    for (const { runs } of strips.chart.rows) assert.strictEqual(runs.reduce((sum, { steps }) => sum + steps, 0), page.steps)
    assert.deepStrictEqual(strips.table.rows.map(([where]) => where), ["AS 64500"])
  })

  it("draws a mark for every stretch that is known, within the picture", () => {
    const strips = sectionOf(page)!.blocks[2]!
    assert(strips.kind === "figure" && strips.chart !== null)
    const svg = drawChart(strips.chart)
    // Bands: uu and uuu and the whole of the first, uu and uu of the third, one below "both"; blocks: one silent, one both, one of a network, one of our line.
    assert.strictEqual(svg.match(/<rect /g)!.length, 6 + 1 + 1 + 1 + 1)
    for (const [, x, width] of svg.matchAll(/<rect x="([\d.]+)" width="([\d.]+)"/g)) assert.isAtMost(Number(x) + Number(width), 720)
    for (const label of ["1. 2.example.org", "3. 1.example.org"]) assert.include(svg, label)
  })
})
