import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { countryName, countryShapes, placeOf } from "../../src/report/charts/countries.ts"
import { drawChart } from "../../src/report/charts/draw.ts"
import { classOf, countClasses } from "../../src/report/charts/maps.ts"
import { density, describe as described, evenSteps, quantile } from "../../src/report/charts/statistics.ts"
import { parsePage } from "../support/page-check.ts"

describe("numbers", () => {
  it("are described as usual", () => {
    expect(described([4, 1, 3, 2])).toEqual({ count: 4, mean: 2.5, deviation: Math.sqrt(5 / 3), least: 1, quarter: 1.75, median: 2.5, threeQuarters: 3.25, most: 4 })
    expect(described([])).toEqual({ count: 0, mean: null, deviation: null, least: null, quarter: null, median: null, threeQuarters: null, most: null })
    expect(described([7])).toMatchObject({ count: 1, median: 7, deviation: null })
    expect(quantile([10, 20], 0.5)).toBe(15)
  })

  it("have a density whose area is one, also where most are nearly equal", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 20, maxLength: 60 }), (values) => {
      const curve = density(values, -400, 500)
      fc.pre(curve.length > 0)
      const area = curve.reduce((sum, { per }) => sum + per * (900 / 160), 0)
      expect(area).toBeCloseTo(1, 2)
    }))
    expect(density([5, 5, 5], 0, 10)).toEqual([])
  })

  it("are covered by even steps", () => {
    expect(evenSteps([0, 95], 10)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    expect(evenSteps([], 10)).toEqual([0, 1])
    fc.assert(fc.property(fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
      const steps = evenSteps(values, 20)
      expect(steps.at(-1)!).toBeGreaterThanOrEqual(Math.max(...values))
      expect(steps.length).toBeLessThanOrEqual(22)
    }))
  })

  it("fall into classes that hold every count", () => {
    expect(countClasses(3)).toEqual([1, 2, 3])
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }), (most) => {
      const classes = countClasses(most)
      expect(classes[0]).toBe(1)
      expect(classes.length).toBeLessThanOrEqual(5)
      expect(classes.every((from, i) => i === 0 || from > classes[i - 1]!)).toBe(true)
      expect(classOf(classes, 1)).toBe(0)
      expect(classOf(classes, most)).toBe(classes.length - 1)
    }))
  })
})

describe("countries", () => {
  it("have a shape or a place, and a name that is theirs", () => {
    const shapes = countryShapes().map(({ id }) => id)
    expect(shapes).toContain("DE")
    expect(placeOf("SG")).toEqual([103.8, 1.35])
    expect(placeOf("DE")).toBeNull()
    expect(countryName("DE")).toBe("Germany")
    expect(countryName("<b>")).toBe("<b>")
    for (const shape of countryShapes()) {
      const name = (shape.properties as { readonly name: string }).name
      // Those that the map abbreviates or calls by an older name are not compared.
      if (shape.id !== "" && !/\.|Turkey|Macedonia|Congo/.test(name)) expect(countryName(String(shape.id)).slice(0, 4).toLowerCase()).toBe(name.slice(0, 4).toLowerCase())
    }
  })
})

describe("drawings", () => {
  const marks = (svg: string, selector: string) => [...parsePage(`<body>${svg}</body>`).querySelectorAll(selector)]

  it("have a bar for each row, also where rows are called alike, and a number beside it", () => {
    const svg = drawChart({ kind: "bars", axis: "servers", bars: [{ label: "a", value: 3 }, { label: "a", value: 1, low: 0, high: 2 }, { label: "rest", value: 2, quiet: true }] })
    expect(marks(svg, "rect")).toHaveLength(3)
    expect(marks(svg, "text").map(({ textContent }) => textContent)).toEqual(expect.arrayContaining(["a", "a (2)", "rest", "3"]))
    expect(svg).toContain("var(--group-rest)")
    expect(svg).not.toContain("<style")
  })

  it("put every value of a histogram into one bin, the largest into the last", () => {
    const svg = drawChart({ kind: "histogram", axis: "ms", count: "servers", values: [0, 1, 1, 2], steps: [0, 1, 2], hasDensity: true })
    const heights = marks(svg, "rect").map((rect) => Number(rect.getAttribute("height")))
    expect(heights[1]! / heights[0]!).toBeCloseTo(3)
  })

  it("colour countries by class and leave the others blank; a place without a shape is a disc", () => {
    const svg = drawChart({ kind: "world", axis: "servers", countries: [{ code: "DE", value: 9 }, { code: "SG", value: 1 }], classes: [1, 5] })
    expect(svg.match(/var\(--shade-1\)/g)).toHaveLength(1)
    expect(marks(svg, "circle")).toHaveLength(1)
    expect(svg).toContain("var(--blank)")
  })

  it("show servers that did not answer hollow, and the others in the colour of their community", () => {
    const node = { x: 1, y: 1, weight: 2, colour: 0, hollow: false }
    const svg = drawChart({ kind: "network", nodes: [node, { ...node, x: 5, hollow: true }, { ...node, y: 4, colour: null }], edges: [{ x1: 0, y1: 0, x2: 5, y2: 5, share: 1 }], legend: [] })
    expect(marks(svg, "circle")).toHaveLength(3)
    expect(svg).toContain("stroke=\"var(--group-0)\"")
    expect(svg).toContain("fill=\"var(--group-rest)\"")
  })
})
