import * as fc from "fast-check"
import { expect, it } from "vitest"
import { cameraText, largestRatio, readCamera, smallestRatio, wholePicture } from "../../web/src/graph/camera.ts"
import { laidText, type LaidPlace, readLaid } from "../../web/src/graph/laid-text.ts"
import { formatHash, longestWord, readHash, unaddressedWords } from "../../web/src/state/view.ts"

const coordinate = fc.double({ min: -5_000, max: 5_000, noNaN: true })
const places: fc.Arbitrary<ReadonlyArray<LaidPlace>> = fc.uniqueArray(
  fc.record({ serverId: fc.nat(3_000_000_000), x: coordinate, y: coordinate }),
  { minLength: 1, maxLength: 60, selector: ({ serverId }) => serverId }
)

it("an address says where servers were laid out: read again they are there, to a pixel of the whole picture", () => {
  fc.assert(fc.property(places, (given) => {
    const text = laidText(given)
    const again = new Map(readLaid(text).map((place) => [place.serverId, place]))
    expect(again.size).toBe(given.length)
    const span = Math.max(...["x", "y"].map((axis) => {
      const values = given.map((place) => place[axis as "x" | "y"])
      return Math.max(...values) - Math.min(...values)
    }))
    for (const { serverId, x, y } of given) {
      expect(Math.abs(again.get(serverId)!.x - x)).toBeLessThan(span / 4_000 + 0.01)
      expect(Math.abs(again.get(serverId)!.y - y)).toBeLessThan(span / 4_000 + 0.01)
    }
    expect(decodeURIComponent(new URLSearchParams({ laid: text }).toString().slice(5))).toBe(text)
  }))
})

it("a text that says no places says none, whatever it is", () => {
  for (const text of ["", "x", "0,0,1,", "0,0,1,!!!!", "0,0,1,AAA", "1,2,3,____________________", "0,0,1,gICAgICAgICAgICAgICAAAAA"]) expect(readLaid(text), text).toEqual([])
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    expect(Array.isArray(readLaid(text))).toBe(true)
  }))
})

it("a layout of a thousand servers goes into an address, and what does not is kept in the page and named", () => {
  const many = (servers: number) => laidText(Array.from({ length: servers }, (_, i) => ({ serverId: 2 * i, x: Math.sin(i) * 900, y: Math.cos(i) * 900 })))
  expect(many(1_000).length).toBeLessThan(longestWord)
  const view = { ...readHash("#/network"), own: { laid: many(3_000), at: "2.00,0.500,0.500" } }
  expect(unaddressedWords(view)).toEqual(["laid"])
  expect(formatHash(view)).toBe("#/network?at=2.00,0.500,0.500")
})

it("the address says which part of the network is shown: read again it is the same", () => {
  const middle = fc.double({ min: -2, max: 3, noNaN: true })
  fc.assert(fc.property(fc.double({ min: smallestRatio, max: largestRatio, noNaN: true }), middle, middle, (ratio, x, y) => {
    const again = readCamera(cameraText({ ratio, x, y }))
    expect(cameraText(again)).toBe(cameraText({ ratio, x, y }))
    expect(Math.abs(again.x - x)).toBeLessThan(0.001)
    expect(again.ratio / ratio).toBeCloseTo(1, 1)
  }))
  expect(cameraText(wholePicture)).toBe("")
  for (const text of ["", "x", "2.25,310.5,120", "0.00,0.500,0.500", "999.00,0.500,0.500", "NaN,1,1"]) expect(readCamera(text), text).toEqual(wholePicture)
})
