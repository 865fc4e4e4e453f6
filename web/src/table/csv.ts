import { forDisplay } from "../../../src/domain/display.ts"

const quote = (text: string): string => /[",\r\n]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text

/** Text that a spreadsheet would run as a formula, or takes for a quote of one, gets an apostrophe in front. */
const cell = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return quote(forDisplay(/^[\s\p{C}]*[=+\-@\t\r|]/u.test(text) ? `'${text}` : text, Number.POSITIVE_INFINITY))
}

/** RFC 4180 with a header line, fit for a spreadsheet though strangers wrote the texts; unknown is an empty cell. */
export const csvText = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("")
