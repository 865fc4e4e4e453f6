import * as Plot from "@observablehq/plot"
import type { Bar, BarChart, PartsChart } from "../document/chart.ts"
import { cellText } from "../write/texts.ts"
import { colours, groupColour, labelRoom, plotted } from "./plotted.ts"

const rowHeight = 22

/** Labels that are drawn alike would share a bar: later ones get a number. */
const distinct = (labels: ReadonlyArray<string>): ReadonlyArray<string> => {
  const seen = new Map<string, number>()
  return labels.map((label) => {
    const times = (seen.get(label) ?? 0) + 1
    seen.set(label, times)
    return times === 1 ? label : `${label} (${times})`
  })
}

/** Few whole things have no halves: ticks at whole numbers, or the library's own. */
const wholeTicks = (most: number, values: ReadonlyArray<number>): { readonly ticks?: ReadonlyArray<number>; readonly tickFormat?: string } =>
  most <= 10 && values.every(Number.isInteger) ? { ticks: Array.from({ length: Math.floor(most) + 1 }, (_, i) => i), tickFormat: "d" } : {}

/** Sorted bars with their number beside them; limits as whiskers. */
export const drawBars = ({ axis, bars, isShare = false }: BarChart): string => {
  const labels = distinct(bars.map(({ label }) => label))
  const rows = bars.map((bar: Bar, i) => ({ ...bar, label: labels[i]!, text: cellText(bar.value, { as: isShare ? "share" : "number" }) }))
  const limited = rows.filter(({ high, low }) => low != null && high != null)
  const most = Math.max(0, ...rows.map(({ high, value }) => Math.max(value, high ?? 0)))
  return plotted({
    height: rows.length * rowHeight + 56,
    marginLeft: labelRoom(labels),
    marginRight: 76,
    marginTop: 4,
    marginBottom: 44,
    x: { label: axis, labelArrow: "none", labelAnchor: "center", grid: true, domain: [0, most === 0 ? 1 : most], ...(isShare ? { tickFormat: "%" } : wholeTicks(most, rows.map(({ value }) => value))) },
    y: { label: null, domain: labels, tickSize: 0 },
    marks: [
      Plot.barX(rows, { x: "value", y: "label", fill: (row: typeof rows[number]) => row.quiet === true ? colours.quiet : colours.value, insetTop: 2, insetBottom: 2 }),
      Plot.ruleY(limited, { y: "label", x1: "low", x2: "high", stroke: colours.text, strokeWidth: 1.5 }),
      Plot.tickX(limited, { y: "label", x: "low", insetTop: 6, insetBottom: 6, stroke: colours.text }),
      Plot.tickX(limited, { y: "label", x: "high", insetTop: 6, insetBottom: 6, stroke: colours.text }),
      Plot.text(rows, { x: (row: typeof rows[number]) => Math.max(row.value, row.high ?? 0), y: "label", text: "text", dx: 6, textAnchor: "start", fill: colours.text }),
      Plot.ruleX([0], { stroke: colours.quietText })
    ]
  })
}

/** Parts of a whole from left to right; the legend is in the page. */
export const drawParts = ({ axis, parts, rest, rows }: PartsChart): string => {
  const labels = distinct(rows.map(({ label }) => label))
  const cells = rows.flatMap(({ values }, row) => {
    let from = 0
    return parts.map((part, i) => {
      const x1 = from
      from += values[i] ?? 0
      return { label: labels[row]!, part, x1, x2: from, value: values[i] ?? 0, colour: part === rest ? groupColour(null) : groupColour(i) }
    })
  }).filter(({ value }) => value > 0)
  const most = Math.max(1, ...cells.map(({ x2 }) => x2))
  return plotted({
    height: labels.length * (rowHeight + 8) + 56,
    marginLeft: labelRoom(labels),
    marginRight: 24,
    marginTop: 4,
    marginBottom: 44,
    x: { label: axis, labelArrow: "none", labelAnchor: "center", grid: true, domain: [0, most], ...wholeTicks(most, cells.map(({ value }) => value)) },
    y: { label: null, domain: labels, tickSize: 0 },
    marks: [
      Plot.barX(cells, { x1: "x1", x2: "x2", y: "label", fill: "colour", insetTop: 2, insetBottom: 2, insetRight: 1 }),
      // A number where it has room, in the colour of the page: it stands on dark parts in light and on light ones in dark.
      Plot.text(cells.filter(({ value }) => value / most > 0.05), {
        x: (cell: typeof cells[number]) => (cell.x1 + cell.x2) / 2,
        y: "label",
        text: (cell: typeof cells[number]) => cellText(cell.value, { as: "count" }),
        fill: colours.surface
      }),
      Plot.ruleX([0], { stroke: colours.quietText })
    ]
  })
}
