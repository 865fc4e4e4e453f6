import * as Plot from "@observablehq/plot"
import { parseHTML } from "linkedom"

/** Colours of groups, by the tokens that report and viewer share. */
export const groupColour = (index: number | null): string =>
  index === null || index > 9 ? "var(--group-rest)" : `var(--group-${index})`

export const colours = {
  value: "var(--accent)",
  quiet: "var(--group-rest)",
  text: "var(--text)",
  quietText: "var(--text-quiet)",
  surface: "var(--surface)",
  /** Countries of which nothing is known. */
  blank: "var(--blank)"
} as const

/** What is used of the element that a plot is; the library's types are those of browsers. */
interface SvgElement {
  readonly outerHTML: string
  readonly querySelectorAll: (selector: string) => Iterable<SvgElement>
  readonly remove: () => void
  readonly setAttribute: (name: string, value: string) => void
  readonly removeAttribute: (name: string) => void
}

/** Width of all drawings, CSS pixels; they shrink with the page. */
const chartWidth = 720

/** Text size in drawings, pixels. */
const fontSize = 12

/** Room for the longest of these labels, pixels: letters are about 7 wide. */
export const labelRoom = (labels: ReadonlyArray<string>): number =>
  Math.min(300, Math.max(40, ...labels.map((label) => label.length * 7 + 16)))

const rounded = /-?\d+\.\d{3,}/g

/** Width and height of a plot, as its view box has them. */
export const plottedSize = (svg: string): { readonly width: number; readonly height: number } => {
  const [, width, height] = /^<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  return { width: Number(width ?? chartWidth), height: Number(height ?? 0) }
}

/** A plot as SVG text, without the style sheet that each would repeat, and with coordinates of two decimals. */
export const plotted = (options: Plot.PlotOptions): string => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>")
  const svg = Plot.plot({
    width: chartWidth,
    style: { fontSize: `${fontSize}px`, background: "none" },
    ...options,
    document
  }) as unknown as SvgElement
  for (const style of svg.querySelectorAll("style")) style.remove()
  // The drawing is one picture with one description: its groups have no role that a label could belong to.
  for (const group of svg.querySelectorAll("[aria-label], [aria-hidden]")) {
    group.removeAttribute("aria-label")
    group.removeAttribute("aria-hidden")
  }
  svg.setAttribute("class", "plot")
  svg.removeAttribute("width")
  svg.removeAttribute("height")
  svg.removeAttribute("style")
  svg.setAttribute("font-size", String(fontSize))
  return svg.outerHTML.replace(rounded, (number: string) => String(Math.round(Number(number) * 100) / 100))
}
