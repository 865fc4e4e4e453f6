import * as fc from "fast-check"
import { expect, it } from "vitest"
import { byPlace, countryName, fillBounds } from "../../web/src/map/by-place.ts"
import { pushedApart, seed } from "../../web/src/map/packing.ts"
import { drawWorld } from "../../web/src/map/world.ts"
import { bounded, readZoom, whole, zoomText } from "../../web/src/map/zoom.ts"
import { inventNetwork } from "../support/invented-network.ts"

const { rows } = inventNetwork(200, 1_000)

it("every server is in a country, reached through Tor only, or of unknown place, and in one of these", () => {
  const mixedRows = [{ ...rows[0]!, country: null, networkClasses: ["onion"] }, { ...rows[1]!, country: null, networkClasses: ["ipv4", "onion"] }, { ...rows[2]!, country: "DE", city: null, networkClasses: ["onion"] }]
  const places = byPlace(mixedRows)
  expect(places.onion).toEqual([mixedRows[0]])
  expect(places.unknown).toEqual([mixedRows[1]])
  expect(places.countries).toEqual([{ code: "DE", rows: [mixedRows[2]] }])
  const all = byPlace(rows)
  expect(all.onion.length + all.unknown.length + all.countries.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(rows.length)
})

it("servers of one city stand together, and those without a city at their country, each once", () => {
  const { countries, places } = byPlace(rows)
  expect(places.flatMap(({ rows }) => rows).toSorted((a, b) => a.serverId - b.serverId)).toEqual(countries.flatMap(({ rows }) => rows).toSorted((a, b) => a.serverId - b.serverId))
  expect(places.some(({ at }) => at === null) && places.some(({ at }) => at !== null)).toBe(true)
  for (const { at, code, rows } of places) {
    for (const row of rows) expect([row.country, row.city, row.latitude, row.longitude]).toEqual([code, at?.city ?? null, at?.latitude ?? null, at?.longitude ?? null])
  }
  // A city of which nobody says where it is stands at its country as well.
  const unplaced = byPlace([{ ...rows[0]!, country: "DE", city: "Falkenstein", latitude: null, longitude: null }])
  expect(unplaced.places.map(({ at, code }) => [code, at])).toEqual([["DE", null]])
})

it("places are drawn within the map, east to the right and north above", () => {
  const world = drawWorld()
  const [london, tokyo, sydney] = [world.at(51.5, -0.1), world.at(35.7, 139.7), world.at(-33.9, 151.2)]
  expect(london.x).toBeLessThan(tokyo.x)
  expect(london.y).toBeLessThan(tokyo.y)
  expect(tokyo.y).toBeLessThan(sydney.y)
  for (const [latitude, longitude] of [[90, 0], [-90, 0], [0, 180], [0, -180], [10, -169.5]] as const) {
    const { x, y } = world.at(latitude, longitude)
    expect(x >= 0 && x <= world.width && y >= 0 && y <= world.height, `${latitude},${longitude}: ${x},${y}`).toBe(true)
  }
})

it("fills begin at 1, grow in threes and tens, and are five at most", () => {
  expect(fillBounds(0)).toEqual([])
  expect(fillBounds(25)).toEqual([1, 3, 10])
  expect(fillBounds(5_000)).toEqual([1, 100, 300, 1_000, 3_000])
})

it("a code that is no country's stays as it is", () => {
  expect(countryName("DE")).toBe("Germany")
  expect(countryName("<b>")).toBe("<b>")
})

it("every country with a code has a place on the map, those too small for a shape as well", () => {
  const world = drawWorld()
  for (const code of ["DE", "US", "SG", "HK", "LI", "MT", "TW", "XX"]) {
    const country = world.countries.get(code)
    if (code === "XX") expect(country).toBeUndefined()
    else {
      expect(country!.x).toBeGreaterThan(0)
      expect(country!.x).toBeLessThan(world.width)
      expect(country!.y).toBeGreaterThan(0)
      expect(country!.y).toBeLessThan(world.height)
    }
  }
  expect(world.countries.get("SG")!.path).toBeNull()
  expect(world.countries.get("FR")!.x, "France's middle is in Europe").toBeGreaterThan(world.width * 0.4)
})

it("the address says which part of the map is shown: read again it is the same, to a pixel of the screen", () => {
  const size = { width: 1_000, height: 500 }
  const place = fc.integer({ min: -30_000, max: 2_000 })
  fc.assert(fc.property(fc.double({ min: 1, max: 30, noNaN: true }), place, place, (scale, x, y) => {
    const zoom = bounded({ scale, x, y }, size)
    const text = zoomText(zoom, size)
    const again = readZoom(text, size)
    expect(zoomText(again, size)).toBe(text)
    expect(Math.abs(again.scale - zoom.scale)).toBeLessThanOrEqual(0.00501)
    for (const [axis, length] of [["x", size.width], ["y", size.height]] as const) {
      const centre = (one: typeof zoom) => (length / 2 - one[axis]) / one.scale
      expect(Math.abs(centre(again) - centre(zoom))).toBeLessThan(0.06 + length * 0.0051)
    }
  }))
  expect(zoomText(whole, size)).toBe("")
  expect(zoomText({ scale: 2, x: -500, y: -250 }, size)).toBe("2,500,250")
})

it("an address that makes no sense shows the whole map, and none shows what lies beside it", () => {
  const size = { width: 1_000, height: 500 }
  for (const text of ["", "x", "2", "2,3", "NaN,1,1", "0.5,1,1", "2,1e9,3", "-2,1,1", "1,2,3"]) expect(readZoom(text, size), text).toEqual(whole)
  expect(readZoom("99,99999,99999", size)).toEqual({ scale: 24, x: -23_000, y: -11_500 })
})

it("seeds of a heap lie apart", () => {
  const seeds = Array.from({ length: 80 }, (_, k) => seed(k, 1))
  for (const [i, a] of seeds.entries()) {
    for (const b of seeds.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(1.4)
  }
})

it("heaps are pushed apart until none covers another, and one alone stays at home", () => {
  const heap = fc.record({ key: fc.constant("X"), x: fc.integer({ min: 0, max: 100 }), y: fc.integer({ min: 0, max: 100 }), radius: fc.integer({ min: 1, max: 6 }) })
  fc.assert(fc.property(fc.array(heap, { minLength: 1, maxLength: 12 }), (heaps) => {
    const placed = pushedApart(heaps)
    for (const [i, a] of placed.entries()) {
      for (const b of placed.slice(i + 1)) expect(Math.hypot(a.atX - b.atX, a.atY - b.atY)).toBeGreaterThan((a.radius + b.radius) * 0.8)
    }
    if (heaps.length === 1) expect(placed[0]).toMatchObject({ atX: heaps[0]!.x, atY: heaps[0]!.y })
  }))
})
