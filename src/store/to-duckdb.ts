import { blobValue, type DuckDBBlobValue, type DuckDBListValue, DuckDBTimestampValue, listValue } from "@duckdb/node-api"

/**
 * From values of ours to values of DuckDB. Numbers may come from hostile
 * servers: what does not fit the column is null, never an error.
 */

const maxInt32 = 2 ** 31 - 1

export const int32 = (value: number | null): number | null =>
  value !== null && Number.isInteger(value) && Math.abs(value) <= maxInt32 ? value : null

/** A count of ours, which cannot be null. */
export const count = (value: number): number => Math.min(maxInt32, Math.max(0, Math.trunc(value) || 0))

export const int64 = (value: number | null): bigint | null =>
  value !== null && Number.isSafeInteger(value) ? BigInt(value) : null

export const float64 = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null

const maxDateMs = 8.64e15

/** Milliseconds since 1970 as TIMESTAMP (UTC). */
export const timestamp = (ms: number): DuckDBTimestampValue => new DuckDBTimestampValue(BigInt(Math.round(ms)) * 1000n)

export const timestampOrNull = (ms: number | null): DuckDBTimestampValue | null =>
  ms !== null && Math.abs(ms) <= maxDateMs ? timestamp(ms) : null

/** ISO 8601 text as TIMESTAMP (UTC); null when it is no date. */
export const timestampOfText = (text: string | null): DuckDBTimestampValue | null =>
  text === null ? null : timestampOrNull(Date.parse(text))

export const texts = (values: ReadonlyArray<string>): DuckDBListValue => listValue(values)

export const bytes = (value: Uint8Array | null): DuckDBBlobValue | null => value === null ? null : blobValue(value)
