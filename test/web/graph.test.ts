import { expect, it } from "vitest"
import { adjacency, neighbours } from "../../web/src/graph/adjacency.ts"
import { colourings } from "../../web/src/graph/attributes.ts"
import { colouringOf, sizingOf } from "../../web/src/graph/colouring.ts"
import { groupLines, groupLinesOf, serverLines } from "../../web/src/graph/edge-choice.ts"
import { announcementsCsv, networkGexf, serversCsv } from "../../web/src/graph/network-files.ts"
import { networkModel, shownIndices } from "../../web/src/graph/network-model.ts"
import { mixed } from "../../web/src/graph/palette.ts"
import { pictureSvg } from "../../web/src/graph/picture-svg.ts"
import { extentOf } from "../../web/src/graph/scene.ts"
import { arrows, stepTowards } from "../../web/src/graph/step-towards.ts"
import { isOnlyOf, toggledEntry } from "../../web/src/graph/legend-filter.ts"
import { matcher, type ServerFilter } from "../../src/atlas/shapes/server-filter.ts"
import type { ServerRow } from "../../src/atlas/shapes/server-row.ts"
import { namedGroups } from "../../web/src/parts/group-colour.ts"
import { inventNetwork } from "../support/invented-network.ts"

const network = inventNetwork(120, 3_000)
const graph = adjacency(network.edges)
const isAny = (): boolean => true
const attribute = (id: string) => colourings.find((one) => one.id === id)!

/** 0 and 1 name each other, 0 names 2, 3 names 0. */
const small = adjacency({
  offsets: Uint32Array.of(0, 2, 3, 3, 4),
  targets: Uint32Array.of(1, 2, 0, 0),
  shares: Uint8Array.of(255, 255, 255, 255),
  mutual: Uint8Array.of(1, 0, 1, 0)
})

it("neighbours are those named and those that name, each once and with its direction", () => {
  expect(neighbours(small, 0)).toEqual([
    { index: 1, direction: "mutual" },
    { index: 2, direction: "names" },
    { index: 3, direction: "named by" }
  ])
  expect(neighbours(small, 0, (index) => index !== 3).map(({ index }) => index)).toEqual([1, 2])
})

it("every announcement is found from both of its ends", () => {
  const seen = network.rows.flatMap((_, i) => neighbours(graph, i).map(({ direction }) => direction))
  const named = seen.filter((direction) => direction === "names").length
  expect(seen.filter((direction) => direction === "named by")).toHaveLength(named)
  expect(named + seen.filter((direction) => direction === "mutual").length).toBe(network.head.announcements)
})

it("a pair that names each other is one line, and only mutual pairs are lines of that mode", () => {
  expect(serverLines(small, isAny, "all").ends).toEqual([[0, 1, true], [0, 2, false], [3, 0, false]])
  expect(serverLines(small, isAny, "mutual").ends).toEqual([[0, 1, true]])
  expect(serverLines(graph, isAny, "mutual").total).toBe(network.head.mutual / 2)
})

it("too many lines are counted and none is drawn", () => {
  expect(serverLines(small, isAny, "all", 2)).toEqual({ ends: [], total: 3 })
})

it("lines between communities are the same from the announcements as from the pipeline's sums", () => {
  const communityOf = (index: number): number | null => network.rows[index]!.communityId
  expect(groupLines(graph, network.rows.map((_, i) => i), communityOf)).toEqual(groupLinesOf(network.head))
})

it("lines between groups count only servers that are shown", () => {
  expect(groupLines(small, [0, 1, 2], (index) => index)).toEqual([{ a: 0, b: 1, announcements: 2 }, { a: 0, b: 2, announcements: 1 }])
  expect(groupLines(small, [1, 2], (index) => index)).toEqual([])
})

it("the ten largest groups have colours of their own, whatever the filter leaves", () => {
  const colouring = colouringOf(attribute("asn"), network.rows)
  const whole = colouring.legend(network.rows)
  expect(whole.filter(({ slot }) => slot.kind === "group")).toHaveLength(namedGroups)
  expect(whole.reduce((sum, { servers }) => sum + servers, 0)).toBe(network.rows.length)
  const half = network.rows.filter((_, i) => i % 2 === 0)
  expect(colouring.legend(half).map(({ key, slot }) => ({ key, slot }))).toEqual(whole.map(({ key, slot }) => ({ key, slot })))
})

/** Servers of which each thing in turn is not known. */
const gappy: ReadonlyArray<ServerRow> = network.rows.map((row, i): ServerRow => {
  const unknown = (k: number): boolean => i % 11 === k
  return {
    ...row,
    ...(unknown(0) ? { country: null } : {}), ...(unknown(1) ? { asn: null } : {}), ...(unknown(2) ? { cloud: null } : { cloud: i % 2 === 0 ? "a cloud" : "another" }),
    ...(unknown(3) ? { reachable: null } : {}), ...(unknown(4) ? { networkClasses: [] } : {}), ...(unknown(5) ? { tls: null } : {}),
    ...(unknown(6) ? { walletAccepts: null } : {}), ...(unknown(7) ? { score: null } : {}), ...(unknown(8) ? { latencyMs: null } : {}),
    ...(unknown(9) ? { uptimeShare: null } : { uptimeShare: i / network.rows.length }), ...(unknown(10) ? { core: null, clusterId: null, communityId: null, implementation: null } : {})
  }
})

it("every entry of every legend filters, and to just those servers that it counts", () => {
  for (const one of colourings) {
    const entries = colouringOf(one, gappy).legend(gappy).filter(({ servers }) => servers > 0)
    expect(entries.length, one.id).toBeGreaterThan(0)
    for (const entry of entries) {
      expect(entry.filter, `${one.id}: ${entry.label}`).not.toBeNull()
      expect(gappy.filter(matcher(entry.filter!)), `${one.id}: ${entry.label}`).toHaveLength(entry.servers)
    }
  }
})

it("an entry that is pressed replaces the other of its legend, leaves other filters alone, and is left by pressing it again", () => {
  const country = colouringOf(attribute("country"), gappy).legend(gappy)
  const [first, second] = country
  const unknown = country.at(-1)!
  const press = (now: ServerFilter, entry: typeof unknown, one = attribute("country")): ServerFilter => {
    const changed = Object.entries({ ...now, ...toggledEntry(now, one, entry) }).filter(([, value]) => value !== undefined)
    return Object.fromEntries(changed) as ServerFilter
  }
  const before: ServerFilter = { search: "x", unknown: ["asn"] }
  const one = press(before, first!)
  expect(one).toEqual({ ...before, ...first!.filter })
  expect(isOnlyOf(one, attribute("country"), first!)).toBe(true)
  expect(press(one, second!)).toEqual({ ...before, ...second!.filter })
  const none = press(one, unknown)
  expect(none).toEqual({ search: "x", unknown: ["asn", "country"] })
  expect([isOnlyOf(none, attribute("country"), unknown), isOnlyOf(none, attribute("country"), first!)]).toEqual([true, false])
  expect(press(none, unknown)).toEqual(before)
})

it("all the smaller groups together are no filter where an address could not hold them", () => {
  const many = Array.from({ length: 2_000 }, (_, i): ServerRow => ({ ...network.rows[0]!, serverId: i, asn: 100_000 + i }))
  const rest = colouringOf(attribute("asn"), many).legend(many).find(({ key }) => key === "rest")!
  expect([rest.filter, rest.servers]).toEqual([null, 2_000 - namedGroups])
})

it("what is not known has a place of its own and never counts as the lowest", () => {
  const rows: ReadonlyArray<ServerRow> = [{ ...network.rows[0]!, score: 0 }, { ...network.rows[1]!, score: null }]
  const colouring = colouringOf(attribute("score"), rows)
  expect(rows.map((row) => colouring.slotOf(row).kind)).toEqual(["step", "unknown"])
  expect(colouring.labelOf(rows[1]!)).toBe("not analysed")
})

it("sizes grow with the measure and stay within their range", () => {
  const radiusOf = sizingOf(attribute("named-by") as never, network.rows, [2, 8])
  const sizes = network.rows.toSorted((a, b) => a.namedBy - b.namedBy).map(({ namedBy }) => radiusOf(namedBy))
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2)
  expect(Math.max(...sizes)).toBe(8)
})

it("an arrow goes to the nearest server that way and nowhere where there is none", () => {
  const from = { index: 0, x: 0, y: 0 }
  const places = [{ index: 1, x: 5, y: 1 }, { index: 2, x: 9, y: 0 }, { index: 3, x: 0, y: 4 }, { index: 4, x: 1, y: 7 }]
  expect(stepTowards(from, places, arrows["ArrowRight"]!)).toBe(1)
  expect(stepTowards(from, places, arrows["ArrowUp"]!)).toBe(3)
  expect(stepTowards(from, places, arrows["ArrowLeft"]!)).toBeNull()
})

it("colours are mixed channel by channel", () => {
  expect(mixed("#000000", "#ffffff", 0)).toBe("#000000")
  expect(mixed("#000000", "#ff8000", 0.5)).toBe("#804000")
})

it("a single server has an extent, too", () => {
  expect(extentOf([3], [4])).toEqual({ x: [2, 4], y: [3, 5] })
})

const hostile = `=HYPERLINK("http://evil.example","x")<script>alert(1)</script>\u202Egpj.exe\u001B[31m\u0000`
const rows = network.rows.map((row, i) => (i === 0 ? { ...row, host: hostile, hosts: [hostile], org: hostile } : row))
const model = networkModel(network.head, new Map(rows.map((row) => [row.serverId, row])))
const nodes = shownIndices(model, rows, new Set([2])).map((index) => ({ index, x: index, y: 0, size: 3, colour: "#123456", hollow: false, rim: "#ffffff", label: model.rows[index]!.host, pinned: false }))
const origin = { crawlId: 7, simulated: true, version: "1.2.3" }

it("hidden servers are not among those shown", () => {
  expect(nodes).toHaveLength(rows.length - 1)
  expect(nodes.map(({ index }) => model.head.servers[index])).not.toContain(2)
})

it("files of what is shown carry the crawl and have no formula, markup or control character of servers in them", () => {
  const csv = serversCsv(model, nodes, origin)
  expect(csv.split("\r\n")).toHaveLength(nodes.length + 2)
  expect(csv).toContain(`"'=HYPERLINK`)
  expect(csv.split("\r\n")[1]).toMatch(/,7,true,1\.2\.3,CC-BY-4\.0$/)
  const gexf = networkGexf(model, graph, nodes, origin)
  expect(gexf).toContain("SIMULATED: announcements of crawl 7")
  expect(gexf).not.toContain("<script")
  const svg = pictureSvg({ nodes, anchors: [], groupLines: [], lines: { ends: [], total: 0 } }, extentOf([0, 120], [0, 1]), { surface: "#ffffff", quiet: "#777777", accent: "#0000ff" } as never, { title: "t", simulated: true })
  expect(svg).not.toContain("<script")
  expect(svg).toContain("SIMULATED")
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  for (const text of [csv, gexf, svg]) expect(text).not.toMatch(/[\u0000\u001B\u202E]/)
})

it("announcements of a file are those among the servers shown", () => {
  const lines = announcementsCsv(model, graph, nodes, origin).trim().split("\r\n").slice(1)
  const among = network.rows.flatMap((_, i) => neighbours(graph, i)).length
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThan(among)
  expect(lines.every((line) => !line.startsWith("2,") && line.split(",")[2] !== "2")).toBe(true)
})
