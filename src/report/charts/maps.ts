import * as Plot from "@observablehq/plot"
import type { FeatureCollection } from "geojson"
import type { NetworkChart, WorldChart } from "../document/chart.ts"
import { colours, groupColour, plotted } from "./plotted.ts"
import { countryShapes, placeOf } from "./countries.ts"

/** How many shades of colour there are; the style sheet has them. */
const shades = 5

/** The class of a value: the last whose lower end it reaches. */
export const classOf = (classes: ReadonlyArray<number>, value: number): number =>
  Math.min(shades - 1, Math.max(0, classes.findLastIndex((from) => value >= from)))

/** At most five classes of about equal width on a logarithmic scale, from 1: counts of countries are that uneven. */
export const countClasses = (most: number): ReadonlyArray<number> => {
  if (most <= shades) return Array.from({ length: Math.max(1, most) }, (_, i) => i + 1)
  const ends = Array.from({ length: shades }, (_, i) => Math.round(most ** (i / shades)))
  return [...new Set(ends.map((end, i) => Math.max(end, i + 1)))]
}

const shade = (index: number): string => `var(--shade-${index})`

/** Countries by shade; places too small for a shape as discs. */
export const drawWorld = ({ classes, countries }: WorldChart): string => {
  const shapes = countryShapes()
  const valueOf = new Map(countries.map(({ code, value }) => [code, value]))
  const drawn = new Set(shapes.map(({ id }) => id))
  const colourOf = (code: string): string => {
    const value = valueOf.get(code)
    return value === undefined ? colours.blank : shade(classOf(classes, value))
  }
  const discs = countries.flatMap(({ code, value }) => {
    const place = drawn.has(code) ? null : placeOf(code)
    return place === null ? [] : [{ x: place[0], y: place[1], colour: shade(classOf(classes, value)) }]
  })
  const domain: FeatureCollection = { type: "FeatureCollection", features: [...shapes] }
  return plotted({
    height: 340,
    margin: 2,
    projection: { type: "equal-earth", domain },
    marks: [
      Plot.geo(shapes, { fill: (shape: { readonly id: string }) => colourOf(shape.id), stroke: colours.surface, strokeWidth: 0.6 }),
      Plot.dot(discs, { x: "x", y: "y", r: 4, fill: "colour", stroke: colours.text, strokeWidth: 0.5 })
    ]
  }).replace(/-?\d+\.\d+/g, (number) => String(Math.round(Number(number) * 10) / 10))
}

/** Servers where the stored layout has them, above the announcements between communities. */
export const drawNetwork = ({ edges, nodes }: NetworkChart): string => {
  const xs = nodes.map(({ x }) => x)
  const ys = nodes.map(({ y }) => y)
  const range = (values: ReadonlyArray<number>): [number, number] => {
    const low = values.reduce((least, value) => Math.min(least, value), 0)
    const high = values.reduce((most, value) => Math.max(most, value), 0)
    const border = (high - low || 1) * 0.03
    return [low - border, high + border]
  }
  // Together they cover about the same part of the picture, however many they are.
  const largest = Math.min(9, Math.max(3, 160 / Math.sqrt(nodes.length + 1)))
  return plotted({
    height: 560,
    margin: 8,
    aspectRatio: 1,
    x: { axis: null, domain: range(xs) },
    y: { axis: null, domain: range(ys) },
    r: { domain: [0, nodes.reduce((most, { weight }) => Math.max(most, weight), 1)], range: [largest * 0.3, largest] },
    marks: [
      Plot.link(edges, { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: colours.quietText, strokeWidth: (edge: typeof edges[number]) => 0.5 + 9 * edge.share, strokeOpacity: 0.35, strokeLinecap: "round" }),
      // One mark for all nodes that look alike: each carries its place and size only.
      ...Map.groupBy(nodes, ({ colour, hollow }) => `${colour ?? "rest"} ${hollow}`).values().map((some) => {
        const { colour, hollow } = some[0]!
        return Plot.dot(some, { x: "x", y: "y", r: "weight", fill: hollow ? colours.surface : groupColour(colour), stroke: hollow ? groupColour(colour) : colours.surface, strokeWidth: 1 })
      })
    ]
  })
}
