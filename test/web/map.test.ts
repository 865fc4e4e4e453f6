import * as fc from "fast-check"
import { expect, it } from "vitest"
import { byPlace, countryName, fillBounds } from "../../web/src/map/by-place.ts"
import { pushedApart, seed } from "../../web/src/map/packing.ts"
import { drawWorld } from "../../web/src/map/world.ts"
import { inventNetwork } from "../support/invented-network.ts"

const { rows } = inventNetwork(200, 1_000)

it("every server is in a country, reached through Tor only, or of unknown place, and in one of these", () => {
  const mixedRows = [{ ...rows[0]!, country: null, networkClasses: ["onion"] }, { ...rows[1]!, country: null, networkClasses: ["ipv4", "onion"] }, { ...rows[2]!, country: "DE", networkClasses: ["onion"] }]
  const places = byPlace(mixedRows)
  expect(places.onion).toEqual([mixedRows[0]])
  expect(places.unknown).toEqual([mixedRows[1]])
  expect(places.countries).toEqual([{ code: "DE", rows: [mixedRows[2]] }])
  const all = byPlace(rows)
  expect(all.onion.length + all.unknown.length + all.countries.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(rows.length)
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

it("seeds of a heap lie apart", () => {
  const seeds = Array.from({ length: 80 }, (_, k) => seed(k, 1))
  for (const [i, a] of seeds.entries()) {
    for (const b of seeds.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(1.4)
  }
})

it("heaps are pushed apart until none covers another, and one alone stays at home", () => {
  const heap = fc.record({ code: fc.constant("X"), x: fc.integer({ min: 0, max: 100 }), y: fc.integer({ min: 0, max: 100 }), radius: fc.integer({ min: 1, max: 6 }) })
  fc.assert(fc.property(fc.array(heap, { minLength: 1, maxLength: 12 }), (heaps) => {
    const placed = pushedApart(heaps)
    for (const [i, a] of placed.entries()) {
      for (const b of placed.slice(i + 1)) expect(Math.hypot(a.atX - b.atX, a.atY - b.atY)).toBeGreaterThan((a.radius + b.radius) * 0.8)
    }
    if (heaps.length === 1) expect(placed[0]).toMatchObject({ atX: heaps[0]!.x, atY: heaps[0]!.y })
  }))
})
