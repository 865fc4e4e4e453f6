import { forDisplay, middleTruncate } from "../../../src/domain/display.ts"

/** The one way by which text of strangers reaches the page: always a text node, nothing in it invisible, none of it endless. */
export const shown = (text: string, limit = 500): string => forDisplay(text, limit)

/** Hosts, onions and hashes: both ends tell them apart, the middle does not. */
export const shortened = (text: string, limit = 36): string => middleTruncate(forDisplay(text, Number.POSITIVE_INFINITY), limit)

/** JSON as indented text fit for display; lines stay lines. */
export const jsonLines = (value: unknown, limit = 20_000): string => {
  const text = JSON.stringify(value, null, 2) ?? "null"
  const cut = text.length > limit ? `${text.slice(0, limit)}\n… ${text.length - limit} more characters` : text
  return cut.split("\n").map((line) => forDisplay(line, Number.POSITIVE_INFINITY)).join("\n")
}

/** One value of a field as a line. */
export const valueText = (value: unknown): string => {
  if (value === null || value === undefined) return "unknown"
  if (typeof value === "boolean") return value ? "yes" : "no"
  if (typeof value === "string") return forDisplay(value, 2_000)
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)))
  if (Array.isArray(value) && value.every((item) => typeof item === "string" || typeof item === "number")) {
    return value.length === 0 ? "none" : forDisplay(value.join(", "), 2_000)
  }
  return forDisplay(JSON.stringify(value), 2_000)
}
