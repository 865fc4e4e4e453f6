import stringWidth from "string-width"
import { csvLine, csvText, quoted } from "../domain/csv.ts"
import { forDisplay, middleTruncate } from "../domain/display.ts"
import { jsonText } from "../domain/json-text.ts"
import type { Column, QueryResult, Row, Value } from "../store/database.ts"

/** How rows are printed: for people (table), spreadsheets (csv), programs (json, jsonl) and documents (md). */
export const rowFormats = ["table", "csv", "json", "jsonl", "md"] as const
export type RowFormat = (typeof rowFormats)[number]

type Rows = Pick<QueryResult, "columns" | "rows">

/** The columns in their order, so that every row has the same keys. */
const record = (columns: ReadonlyArray<Column>, row: Row): Record<string, Value> =>
  Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]))

const isNumeric = (column: Column): boolean =>
  /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|UINTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(column.type)

/** One value as a line of text for a person; unknown is shown as such, never as zero or nothing. */
const cellText = (value: Value, column: string, limit: number): string => {
  if (value === null) return "-"
  if (column === "simulated" && typeof value === "boolean") return value ? "SIMULATED" : "no"
  if (typeof value === "boolean") return value ? "yes" : "no"
  if (typeof value === "number") return String(value)
  if (typeof value === "string") return middleTruncate(forDisplay(value, Number.POSITIVE_INFINITY), limit)
  const text = Array.isArray(value) && value.every((v) => typeof v === "string") ? value.join(", ") : JSON.stringify(value)
  return middleTruncate(forDisplay(text, Number.POSITIVE_INFINITY), limit)
}

const padding = (text: string, width: number): string => " ".repeat(Math.max(0, width - stringWidth(text)))

const formatTable = ({ columns, rows }: Rows, limit: number): string => {
  const heads = columns.map(({ name }) => forDisplay(name, limit))
  const cells = rows.map((row) => columns.map(({ name }) => cellText(row[name] ?? null, name, limit)))
  const widths = heads.map((head, i) =>
    cells.reduce((width, line) => Math.max(width, stringWidth(line[i]!)), stringWidth(head))
  )
  const line = (texts: ReadonlyArray<string>): string =>
    texts.map((text, i) =>
      isNumeric(columns[i]!) ? padding(text, widths[i]!) + text : text + padding(text, widths[i]!)
    ).join("  ").trimEnd()
  const rule = widths.map((width) => "-".repeat(width)).join("  ")
  return `${[line(heads), rule, ...cells.length === 0 ? ["(no rows)"] : cells.map(line)].join("\n")}\n`
}

/** RFC 4180 with a header line; texts are made inert without loss, since they may come from hostile servers. */
const formatCsv = ({ columns, rows }: Rows): string => {
  const cell = (value: Value): string =>
    value === null ? "" : typeof value === "string" ? csvText(value) : typeof value === "object" ? quoted(jsonText(value)) : String(value)
  return [columns.map(({ name }) => csvText(name)), ...rows.map((row) => columns.map(({ name }) => cell(row[name] ?? null)))].map(csvLine).join("")
}

/** GitHub's tables; text of strangers can neither leave its cell nor become a link, an image or markup. */
const formatMarkdown = ({ columns, rows }: Rows, limit: number): string => {
  const plain = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>&~]/g, "\\$&")
  const line = (texts: ReadonlyArray<string>): string => `| ${texts.join(" | ")} |`
  return `${
    [
      line(columns.map(({ name }) => plain(forDisplay(name, limit)))),
      line(columns.map((column) => isNumeric(column) ? "---:" : "---")),
      ...rows.map((row) => line(columns.map(({ name }) => plain(cellText(row[name] ?? null, name, limit)))))
    ].join("\n")
  }\n`
}

/**
 * Rows as text, ending with a line end. `json` is one array and nothing else,
 * `jsonl` one object a line; both are lossless. Tables cut cells in the middle
 * at `cellLimit` characters (80 by default).
 */
export const formatRows = (result: Rows, format: RowFormat, options?: { readonly cellLimit?: number }): string => {
  const limit = options?.cellLimit ?? 80
  const { columns, rows } = result
  switch (format) {
    case "table":
      return formatTable(result, limit)
    case "csv":
      return formatCsv(result)
    case "json":
      return rows.length === 0 ? "[]\n" : `[\n${rows.map((row) => `  ${jsonText(record(columns, row))}`).join(",\n")}\n]\n`
    case "jsonl":
      return rows.map((row) => `${jsonText(record(columns, row))}\n`).join("")
    case "md":
      return formatMarkdown(result, limit)
  }
}
