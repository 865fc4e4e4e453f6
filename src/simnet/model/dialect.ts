/** A number that the servers hold as floating point: printed `12.0` by Python, `12` by others. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** What can be printed. */
export type Json = null | boolean | number | string | Float | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** How one family of servers prints JSON. */
export interface Dialect {
  readonly item: string
  readonly key: string
  /** Characters that become `\uXXXX` beyond those that JSON asks for; null = none. */
  readonly escaped: RegExp | null
  readonly sorted: boolean
  readonly float: (value: number) => string
}

const exponent = (value: number): number => Math.floor(Math.log10(Math.abs(value)))

const scientific = (value: number, digits: (exponent: number) => string): string => {
  const [mantissa, power] = value.toExponential().split("e") as [string, string]
  return `${mantissa}e${digits(Number(power))}`
}

/** With a sign and at least two digits, as C and Python write it. */
const twoDigits = (power: number): string => `${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`

/** Python's repr: shortest digits, exponent of two digits below 1e-4 and from 1e16 on, `.0` on whole numbers. */
export const pythonFloat = (value: number): string => {
  if (value === 0) return "0.0"
  const power = exponent(value)
  if (power < -4 || power >= 16) return scientific(value, twoDigits)
  const text = String(value)
  return text.includes(".") ? text : `${text}.0`
}

/** C's %1.16g, as Fulcrum prints. */
export const percentG = (value: number): string => {
  if (value === 0) return "0"
  const power = exponent(value)
  return power < -4 || power >= 16
    ? scientific(value, twoDigits)
    : String(Number(value.toPrecision(16)))
}

/** serde_json up to its use of ryu: shortest digits, exponents without padding below 1e-5 and from 1e16 on, `.0` on whole numbers. */
export const rustFloat = (value: number): string => {
  if (value === 0) return "0.0"
  const power = Number(value.toExponential().split("e")[1])
  if (power < -5 || power >= 16) return scientific(value, String)
  // JavaScript writes exponents below 1e-6 only.
  const text = String(value)
  return text.includes(".") ? text : `${text}.0`
}

// oxlint-disable-next-line no-control-regex -- DEL and everything beyond it, as Python does
const beyondAscii = /[\u007f-\uffff]/g

const dialect = (overrides: Partial<Dialect>): Dialect => ({
  item: ",",
  key: ":",
  escaped: null,
  sorted: true,
  float: percentG,
  ...overrides
})

/** aiorpcX up to 0.21.0 (ElectrumX releases up to 1.16). */
export const spacedPython = dialect({ item: ", ", key: ": ", escaped: beyondAscii, sorted: false, float: pythonFloat })
/** aiorpcX from 0.21.1. */
export const compactPython = dialect({ escaped: beyondAscii, sorted: false, float: pythonFloat })
/** Fulcrum: keys sorted, DEL escaped. */
export const qtSorted = dialect({ escaped: /\u007f/g, float: percentG })
/** Both electrs families: keys sorted. */
export const serdeSorted = dialect({ float: rustFloat })

const quoted = (text: string, escaped: RegExp | null): string => {
  const json = JSON.stringify(text)
  return escaped === null
    ? json
    : json.replace(escaped, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

/** Print a value as servers of that dialect do. */
export const print = (value: Json, style: Dialect): string => {
  if (value === null || typeof value === "boolean") return String(value)
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : style.float(value)
  if (typeof value === "string") return quoted(value, style.escaped)
  if (value instanceof Float) return style.float(value.value)
  if (Array.isArray(value)) return `[${value.map((item) => print(item as Json, style)).join(style.item)}]`
  const record = value as { readonly [key: string]: Json }
  const keys = style.sorted ? Object.keys(record).toSorted() : Object.keys(record)
  return `{${keys.map((key) => `${print(key, style)}${style.key}${print(record[key]!, style)}`).join(style.item)}}`
}
