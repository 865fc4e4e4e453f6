/** Rust's Debug form of a decoded JSON value, as serde_json's values print it. */
const rustDebug = (value: unknown): string => {
  if (value === null || value === undefined) return "Null"
  if (typeof value === "boolean") return `Bool(${value})`
  if (typeof value === "number") return `Number(${value})`
  if (typeof value === "string") return `String(${JSON.stringify(value)})`
  if (Array.isArray(value)) return `Array [${value.map(rustDebug).join(", ")}]`
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `Object {${entries.map(([k, v]) => `${JSON.stringify(k)}: ${rustDebug(v)}`).join(", ")}}`
}

/** The same of a list of values. */
export const rustDebugList = (values: ReadonlyArray<unknown>): string => `[${values.map(rustDebug).join(", ")}]`
