import { csvText, quoted } from "../domain/csv.ts"
import { escapeUnsafe, jsonText } from "../domain/json-text.ts"
import type { Column, Row, Value } from "../store/database.ts"

const isNumeric = ({ type }: Column): boolean => /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type)

/** A JSON text of the store: its own digits stay, unless it holds control characters, which stand between tokens. */
// oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
const storedJson = (text: string): string => /[\u0000-\u001f]/.test(text) ? jsonText(JSON.parse(text)) : escapeUnsafe(text)

/** Texts that are themselves between quotes: most of millions of values. */
const harmless = /^[ !#-[\]-~]*$/

const textMember = (text: string): string => harmless.test(text) ? `"${text}"` : jsonText(text)

const isJson = ({ type }: Column): boolean => type === "JSON"

const cell = (value: Value, column: Column): string => {
  if (value === null) return ""
  if (typeof value === "object") return quoted(jsonText(value))
  if (typeof value !== "string") return String(value)
  if (isNumeric(column)) return value
  return isJson(column) ? quoted(storedJson(value)) : csvText(value)
}

/** A row as cells of CSV, see `csvText`; lists, objects and JSON are JSON, null is nothing, numbers are numbers. */
export const csvCells = (columns: ReadonlyArray<Column>, row: Row): ReadonlyArray<string> =>
  columns.map((column) => cell(row[column.name] ?? null, column))

const member = (value: Value, column: Column): string =>
  typeof value === "string" ? isJson(column) ? storedJson(value) : isNumeric(column) ? value : textMember(value) : typeof value === "object" ? jsonText(value) : String(value)

/** A row as one JSON object, every column in it; JSON of the store is nested, not quoted. */
export const jsonLine = (columns: ReadonlyArray<Column>, row: Row): string =>
  `{${columns.map((column) => `"${column.name}":${member(row[column.name] ?? null, column)}`).join(",")}}\n`
