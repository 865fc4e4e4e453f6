import * as Plot from "@observablehq/plot"
import type { StripChart } from "../document/chart.ts"
import { colours, labelRoom, plotted } from "./plotted.ts"

const rowHeight = 20

/**
 * Strips one below the other. Marks differ in height and filling, not in colour only:
 * a thin band answered, a block did not, a half block both, a hollow block a whole
 * network, a line above our own line; nothing is drawn where nothing is known.
 */
export const drawStrips = ({ from, rows, stepMs, until }: StripChart): string => {
  const labels = rows.map(({ label }, i) => `${i + 1}. ${label}`)
  const marks = rows.flatMap(({ runs }, row) => {
    let step = 0
    return runs.map(({ letter, steps }) => {
      const x1 = new Date(from + step * stepMs)
      step += steps
      return { letter, row, x1, x2: new Date(Math.min(until, from + step * stepMs)) }
    })
  })
  const block = (letters: string, low: number, high: number, look: Plot.RectOptions) =>
    Plot.rect(marks.filter(({ letter }) => letters.includes(letter)), {
      x1: "x1", x2: "x2", y1: (mark: typeof marks[number]) => mark.row + low, y2: (mark: typeof marks[number]) => mark.row + high, ...look
    })
  return plotted({
    height: rows.length * rowHeight + 56,
    marginLeft: labelRoom(labels),
    marginRight: 24,
    marginTop: 4,
    marginBottom: 44,
    x: { type: "utc", label: "UTC", labelArrow: "none", labelAnchor: "center", domain: [new Date(from), new Date(until)] },
    y: { label: null, domain: [0, rows.length], reverse: true, ticks: labels.map((_, i) => i + 0.5), tickFormat: (at: number) => labels[Math.floor(at)] ?? "", tickSize: 0 },
    marks: [
      block("um", 0.62, 0.85, { fill: colours.value }),
      block("d", 0.15, 0.85, { fill: colours.text }),
      block("m", 0.4, 0.62, { fill: colours.text }),
      block("n", 0.15, 0.85, { fill: "none", stroke: colours.text, strokeWidth: 1.2 }),
      block("o", 0.3, 0.36, { fill: colours.quietText })
    ]
  })
}
