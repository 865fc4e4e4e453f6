import { escapeUnsafe } from "./json-text.ts"

/** What a spreadsheet runs as a formula, also behind blanks and in East Asian width, and the mark that is set before it. */
const active = /^\s*[=+\-@＝＋－＠']/u

/** Texts that need nothing: most of millions of cells. */
const harmless = /^[0-9A-Za-z][ -!#-+\--[\]-~]*$/

/**
 * A text as a cell of RFC 4180 that nothing runs and that is one line:
 * characters that JSON has to escape, and those that act on a terminal, are
 * written as JSON writes them (`\n`, `\u001b`, a backslash as `\\`); a text that
 * a spreadsheet would run, or that begins with an apostrophe, gets an
 * apostrophe in front. Nothing is lost, see `readCsvText`. An empty text is
 * `""`, so that it is not taken for nothing.
 */
export const csvText = (text: string): string => {
  if (harmless.test(text)) return text
  if (text === "") return "\"\""
  const escaped = escapeUnsafe(JSON.stringify(text).slice(1, -1).replaceAll("\\\"", "\""))
  return quoted(active.test(escaped) ? `'${escaped}` : escaped)
}

/** A cell that needs no escapes: JSON, a number. Quotes are set where they are needed. */
export const quoted = (cell: string): string => /[",\r\n]/.test(cell) ? `"${cell.replaceAll("\"", "\"\"")}"` : cell

/** The text of a cell after RFC 4180's own quotes were taken off: what `csvText` was given. */
export const readCsvText = (cell: string): string =>
  JSON.parse(`"${(cell.startsWith("'") ? cell.slice(1) : cell).replaceAll("\"", "\\\"")}"`) as string

/** A line of cells. */
export const csvLine = (cells: ReadonlyArray<string>): string => `${cells.join(",")}\r\n`
