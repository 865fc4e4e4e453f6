import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValueConverter,
  DuckDBBlobValue,
  JsonDuckDBValueConverter
} from "@duckdb/node-api"
import type { Value } from "./database.ts"

const maxDateMs = 8_640_000_000_000_000n

const iso = (ms: bigint, text: unknown): string =>
  ms <= maxDateMs && ms >= -maxDateMs ? new Date(Number(ms)).toISOString() : String(text)

const integer = (value: bigint): number | string =>
  value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value.toString()

/** From a value of DuckDB to the form every reader gets; see `Value`. */
export const toValue: DuckDBValueConverter<Value> = (value, type, converter) => {
  if (value === null) return null
  if (typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "bigint") return integer(value)
  if (value instanceof DuckDBTimestampValue) return iso(value.micros / 1000n, value)
  if (value instanceof DuckDBTimestampTZValue) return iso(value.micros / 1000n, value)
  if (value instanceof DuckDBTimestampMillisecondsValue) return iso(value.millis, value)
  if (value instanceof DuckDBTimestampSecondsValue) return iso(value.seconds * 1000n, value)
  if (value instanceof DuckDBTimestampNanosecondsValue) return iso(value.nanos / 1_000_000n, value)
  if (value instanceof DuckDBDateValue) return value.toString()
  if (value instanceof DuckDBDecimalValue) return value.toDouble()
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) {
    return Object.fromEntries(value.entries.map((entry) => [
      String(toValue(entry.key, type.keyType, converter)),
      toValue(entry.value, type.valueType, converter)
    ]))
  }
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex")
  return JsonDuckDBValueConverter(value, type, converter as unknown as typeof JsonDuckDBValueConverter) as Value
}
