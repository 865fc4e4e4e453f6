import { csvLine, csvText, quoted } from "../../../src/domain/csv.ts"
import { jsonText } from "../../../src/domain/json-text.ts"

const cell = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : typeof value === "string" ? csvText(value) : quoted(jsonText(value))

/** RFC 4180 with a header line, in the cells of the exports: nothing in them runs, and what is not known is empty. */
export const csvFile = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  [columns, ...rows].map((row) => csvLine(row.map(cell))).join("")
