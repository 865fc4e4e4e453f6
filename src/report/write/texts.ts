import { forDisplay, middleTruncate } from "../../domain/display.ts"
import { percent } from "../../analysis/exposure/recommendation.ts"
import type { Cell, Column, FigureSource } from "../document/document.ts"

/**
 * The one place where texts of a report are made harmless. Whatever a server
 * wrote becomes visible characters first (controls, escapes and marks that
 * turn the direction of writing are shown as escapes), then loses all meaning
 * in the language that is written.
 */
const visible = (text: string, limit: number): string =>
  // What is cut off anyway is not looked at: texts of servers can have megabytes.
  forDisplay(text.length > limit + 2 ? text.slice(0, limit + 2) : text, limit)

/** Longest text of a server that a report shows; the database has the rest. */
const longest = 400

/** Longest command that is shown. */
const longestCommand = 4_000

/** For HTML, as text and within quotes. */
export const htmlText = (text: string, limit = longest): string =>
  visible(text, limit)
    // A number and its sign stay on one line.
    .replace(/(\d) %/g, "$1\u00a0%")
    .replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)

/** For Markdown with its HTML and its extensions (tables, autolinks, mentions). */
export const markdownText = (text: string, limit = longest): string =>
  visible(text, limit)
    .replace(/[\\`*_{}[\]()#+!|<>&~$^=]/g, "\\$&")
    // Autolinks and mentions have no escape: a character that is not shown stands in their way.
    .replace(/(https?|ftp)(:\/\/)|(www)(\.)|@/gi, (found) => found === "@" ? "&#64;" : found.replace(/[:.]/, (c) => `&#${c.charCodeAt(0)};`))
    .replace(/^(\d+)([.)])/, "$1\\$2")
    .replace(/^-/, "\\-")

/** For text inside drawings, which a library escapes. */
export const drawnText = (text: string, limit = 40): string => middleTruncate(visible(text, longest), limit)

/** A string of a style sheet: everything but letters, figures and spaces is written as its number. */
export const cssString = (text: string): string =>
  `"${visible(text, longest).replace(/[^A-Za-z0-9 ]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `)}"`

/** Several lines of our own, e.g. SQL: each made visible, the line ends kept. */
export const htmlLines = (text: string): string => text.split("\n").map((line) => htmlText(line, 2_000)).join("\n")

const units = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
const decimals = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 })

/** A number with as many digits as it carries. */
export const numberText = (value: number): string =>
  Math.abs(value) >= 1_000 ? units.format(value) : decimals.format(value)

/** A value as text, not escaped yet; null is said, never a zero or a blank. */
export const cellText = (cell: Cell, { as }: Pick<Column, "as">): string => {
  if (cell === null) return "unknown"
  if (typeof cell === "boolean") return cell ? "yes" : "no"
  if (typeof cell === "number") {
    return as === "share" ? percent(cell) : as === "count" ? units.format(cell) : numberText(cell)
  }
  return typeof cell === "string" ? cell : cell.length === 0 ? "none" : cell.join(", ")
}

/** Numbers stand to the right. */
export const isNumeric = ({ as }: Pick<Column, "as">): boolean => as === "count" || as === "number" || as === "share"

const quoted = (value: string): string => /^[\w.:-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`

/** How a figure's rows are had again, as one line to type; characters that do not show are written as escapes. */
export const commandOf = (source: FigureSource): string => {
  const command = source.kind === "SQL"
    ? `observatory query --sql "${source.text}"`
    : `observatory query ${source.name}${Object.entries(source.parameters).map(([name, value]) => ` --param ${name}=${quoted(String(value))}`).join("")}`
  return visible(command.replace(/\s+/g, " "), longestCommand)
}
