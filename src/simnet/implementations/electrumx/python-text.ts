import { pythonFloat } from "../../model/dialect.ts"

/** Python's repr of a decoded JSON value, as some ElectrumX error texts show it. */
export const pythonRepr = (value: unknown): string => {
  if (value === null || value === undefined) return "None"
  if (value === true) return "True"
  if (value === false) return "False"
  if (typeof value === "number") {
    if (Number.isNaN(value)) return "nan"
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf"
    return Number.isInteger(value) ? String(value) : pythonFloat(value)
  }
  if (typeof value === "string") return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value}'`
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(", ")}]`
  return `{${Object.entries(value)
    .map(([k, v]) => `${pythonRepr(k)}: ${pythonRepr(v)}`)
    .join(", ")}}`
}

/** Python's str: strings without quotes. */
export const pythonText = (value: unknown): string => (typeof value === "string" ? value : pythonRepr(value))
