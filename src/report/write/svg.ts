import { drawChart } from "../charts/draw.ts"
import { plottedSize } from "../charts/plotted.ts"
import type { Chart } from "../document/chart.ts"
import type { Figure, ReportDocument, Section } from "../document/document.ts"
import { legendOf } from "./legend.ts"
import { htmlText } from "./texts.ts"

/** Where the picture of a figure stands beside the Markdown. */
export const pictureName = ({ id }: Pick<Figure, "id">): string => `figures/${id}.svg`

const figuresIn = ({ blocks, sections = [] }: Section): ReadonlyArray<Figure> =>
  [...blocks.filter((block) => block.kind === "figure"), ...sections.flatMap(figuresIn)]

/** All figures of a document, in their order. */
export const figuresOf = ({ sections }: Pick<ReportDocument, "sections">): ReadonlyArray<Figure> => sections.flatMap(figuresIn)

/** The colours of light pages, by the custom properties that drawings use: programs that read pictures know no style sheet of ours. */
const lightColours = (styles: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const found = [...styles.join("\n").matchAll(/(--[a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),/g)].map((match) => [match[1]!, match[2]!] as const)
  const colours = new Map(found)
  const mixes = [...styles.join("\n").matchAll(/(--[a-z0-9-]+):\s*color-mix\(in \w+, var\((--[a-z0-9-]+)\) (\d+)%, var\((--[a-z0-9-]+)\)\)/g)]
  for (const [, name, of, percent, into] of mixes) colours.set(name!, mixed(colours.get(of!) ?? "#000000", colours.get(into!) ?? "#ffffff", Number(percent) / 100))
  const same = [...styles.join("\n").matchAll(/(--[a-z0-9-]+):\s*var\((--[a-z0-9-]+)\);/g)]
  for (const [, name, of] of same) colours.set(name!, colours.get(of!) ?? "#000000")
  return colours
}

/** A mix of two colours, part by part; the page mixes them in another space, which the eye hardly tells. */
const mixed = (a: string, b: string, share: number): string => {
  const parts = (hex: string) => [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16))
  const [one, other] = [parts(a), parts(b)]
  return `#${one.map((value, i) => Math.round(share * value + (1 - share) * other[i]!).toString(16).padStart(2, "0")).join("")}`
}

const font = "system-ui, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"
const width = 720
const lineHeight = 18

/** Lines of at most so many letters, broken at blanks. */
const wrapped = (text: string, most: number): ReadonlyArray<string> => {
  const lines = [""]
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!
    if (last !== "" && last.length + 1 + word.length > most) lines.push(word)
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`
  }
  return lines
}

/** Lines of text from the top, and where they end. */
const texts = (lines: ReadonlyArray<string>, top: number, look: string): readonly [svg: string, bottom: number] => [
  lines.map((line, i) => `<text x="8" y="${top + 14 + i * lineHeight}" ${look}>${htmlText(line, 1_000)}</text>`).join("\n"),
  top + lines.length * lineHeight
]

/** What colours stand for, in rows of as many as fit. */
const legend = (chart: Chart, top: number): readonly [svg: string, bottom: number] => {
  let [x, y] = [8, top]
  const entries = legendOf(chart).map(({ colour, label }) => {
    const room = label.length * 6.6 + 34
    if (x > 8 && x + room > width) [x, y] = [8, y + lineHeight]
    const entry = `<rect x="${x}" y="${y + 4}" width="11" height="11" rx="2" fill="${colour}" stroke="var(--line)"/><text x="${x + 17}" y="${y + 14}" font-size="12" fill="var(--text)">${htmlText(label)}</text>`
    x += Math.round(room)
    return entry
  })
  return entries.length === 0 ? ["", top] : [entries.join("\n"), y + lineHeight + 6]
}

/**
 * A figure as a picture of its own: title, what it shows, level, caveat and
 * legend are in it, and where it comes from, so that it says so wherever it is
 * copied to. It loads nothing; its colours are those of light pages.
 *
 * @param foot the line about crawl and licence, beginning with SIMULATED where it is
 * @param styles the style sheets whose colours are used
 */
export const writeFigure = (figure: Figure, chart: Chart, foot: string, styles: ReadonlyArray<string>): string => {
  const drawn = drawChart(chart)
  const { height } = plottedSize(drawn)
  const [title, afterTitle] = texts(wrapped(figure.title, 84), 6, "font-size=\"15\" font-weight=\"600\" fill=\"var(--text)\"")
  const [shows, afterShows] = texts(wrapped(figure.shows, 112), afterTitle, "font-size=\"12\" fill=\"var(--text)\"")
  const [level, afterLevel] = texts(wrapped(`Counted: ${figure.level}.${figure.caveat === null ? "" : ` ${figure.caveat}`}`, 112), afterShows, "font-size=\"12\" fill=\"var(--text-quiet)\"")
  const [keys, afterKeys] = legend(chart, afterLevel + 6)
  const [last, bottom] = texts(wrapped(foot, 112), afterKeys + height + 4, "font-size=\"11\" fill=\"var(--text-quiet)\"")
  const colours = lightColours(styles)
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 8}" width="${width}" height="${bottom + 8}" role="img" font-family="${font}" aria-labelledby="${figure.id}-title">
<title id="${figure.id}-title">${htmlText(figure.title)}</title>
<rect width="100%" height="100%" fill="var(--surface)"/>
${[title, shows, level, keys].filter((part) => part !== "").join("\n")}
${drawn.replace(/^<svg /, `<svg y="${afterKeys}" width="${width}" height="${height}" color="var(--text)" `)}
${last}
</svg>
`
  return text.replace(/var\((--[a-z0-9-]+)\)/g, (_, name: string) => colours.get(name) ?? "#888888")
}
