import { groupColour } from "../charts/plotted.ts"
import type { Chart } from "../document/chart.ts"
import { numberText } from "./texts.ts"

/** What one colour of a chart stands for. */
export interface LegendEntry {
  readonly colour: string
  readonly label: string
}

/** What the colours of a chart stand for; empty where it has but one. */
export const legendOf = (chart: Chart): ReadonlyArray<LegendEntry> => {
  switch (chart.kind) {
    case "parts":
      return chart.parts.map((part, i) => ({ colour: part === chart.rest ? groupColour(null) : groupColour(i), label: part }))
    case "network":
      return chart.legend.map(({ colour, label }) => ({ colour: groupColour(colour), label }))
    case "world":
      return chart.classes.map((from, i) => {
        const next = chart.classes[i + 1]
        return { colour: `var(--shade-${i})`, label: next === undefined ? `${numberText(from)} or more` : `${numberText(from)} to below ${numberText(next)}` }
      })
    case "bars":
    case "boxes":
    case "histogram":
    case "strips":
      return []
  }
}
