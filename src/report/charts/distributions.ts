import * as Plot from "@observablehq/plot"
import type { BoxChart, HistogramChart } from "../document/chart.ts"
import { colours, labelRoom, plotted } from "./plotted.ts"
import { density } from "./statistics.ts"

/** Fewer values say nothing about a shape. */
const leastForDensity = 20

/** Bars between the steps; the density is scaled to the same counts. */
export const drawHistogram = ({ axis, count, hasDensity, steps, values }: HistogramChart): string => {
  const bins = steps.slice(0, -1).map((from, i) => {
    const to = steps[i + 1]!
    const isLast = i === steps.length - 2
    return { from, to, n: values.filter((value) => value >= from && (value < to || (isLast && value === to))).length }
  })
  const width = steps[1]! - steps[0]!
  const isEven = steps.every((step, i) => i === 0 || Math.abs(step - steps[i - 1]! - width) < 1e-9)
  const curve = hasDensity && isEven && values.length >= leastForDensity
    ? density(values, steps[0]!, steps.at(-1)!).map(({ at, per }) => ({ at, n: per * values.length * width }))
    : []
  return plotted({
    height: 260,
    marginLeft: 48,
    marginRight: 24,
    marginBottom: 44,
    x: { label: axis, labelArrow: "none", labelAnchor: "center", domain: [steps[0]!, steps.at(-1)!] },
    y: { label: count, labelArrow: "none", grid: true, nice: true },
    marks: [
      Plot.rectY(bins, { x1: "from", x2: "to", y: "n", fill: colours.value, insetLeft: 0.5, insetRight: 0.5 }),
      Plot.lineY(curve, { x: "at", y: "n", stroke: "var(--group-1)", strokeWidth: 2 }),
      Plot.ruleY([0], { stroke: colours.quietText })
    ]
  })
}

/** Boxes one below the other; a point for each value beyond the whiskers. */
export const drawBoxes = ({ axis, boxes }: BoxChart): string => {
  const labels = boxes.map(({ label }) => label)
  const rows = boxes.flatMap(({ values }, i) => values.map((value) => ({ label: labels[i]!, value })))
  return plotted({
    height: boxes.length * 26 + 56,
    marginLeft: labelRoom(labels),
    marginRight: 24,
    marginTop: 4,
    marginBottom: 44,
    x: { label: axis, labelArrow: "none", labelAnchor: "center", grid: true, nice: true, zero: true },
    y: { label: null, domain: labels, tickSize: 0 },
    marks: [
      Plot.boxX(rows, { x: "value", y: "label", fill: "var(--accent-surface)", stroke: colours.text, r: 2 })
    ]
  })
}
