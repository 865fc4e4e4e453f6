import { rememberingOf } from "../../domain/remembering.ts"
import type { Chart } from "../document/chart.ts"
import { drawnText } from "../write/texts.ts"
import { drawBars, drawParts } from "./bars.ts"
import { drawBoxes, drawHistogram } from "./distributions.ts"
import { drawNetwork, drawWorld } from "./maps.ts"
import { drawStrips } from "./strips.ts"

/** All texts of a chart, made visible and short; the library escapes them. */
const shown = <A>(value: A): A => {
  if (typeof value === "string") return drawnText(value) as A
  if (Array.isArray(value)) return value.map((one: unknown) => shown(one)) as A
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one)])) as A : value
}

/** Page and pictures show the same charts: each is drawn once. */
const drawn = rememberingOf((chart: Chart): string => draw(shown(chart)))

/** A chart as an SVG element; colours are custom properties of the page. */
export const drawChart = (chart: Chart): string => drawn(chart)

const draw = (chart: Chart): string => {
  switch (chart.kind) {
    case "bars":
      return drawBars(chart)
    case "parts":
      return drawParts(chart)
    case "histogram":
      return drawHistogram(chart)
    case "boxes":
      return drawBoxes(chart)
    case "world":
      return drawWorld(chart)
    case "network":
      return drawNetwork(chart)
    case "strips":
      return drawStrips(chart)
  }
}
