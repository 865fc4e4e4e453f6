import type { DuckDBConnection } from "@duckdb/node-api"
import type { Column, Parameter, Value } from "./database.ts"
import { toValue } from "./from-duckdb.ts"
import { bindValues, prepareQuery } from "./read-only.ts"

export interface ReadBounds {
  readonly maxRows: number
  /** Characters of the rows as JSON. */
  readonly maxChars: number
}

export interface BoundedRows {
  readonly columns: ReadonlyArray<Column>
  /** Each row as a JSON array. */
  readonly rows: ReadonlyArray<string>
  /** There was more than the bounds let through. */
  readonly truncated: boolean
}

/**
 * Runs one query as `runReadOnly` does and reads no more than the bounds allow,
 * row by row, so that wide rows end it as well as many. Rejects with DuckDB's
 * error, or a `StoreError` for what is not allowed.
 */
export const readBounded = async (
  connection: DuckDBConnection,
  sql: string,
  parameters: Readonly<Record<string, Parameter>>,
  { maxChars, maxRows }: ReadBounds
): Promise<BoundedRows> => {
  const prepared = await prepareQuery(connection, sql)
  try {
    bindValues(prepared, parameters)
    const result = await prepared.stream()
    const columns = result.deduplicatedColumnNames().map((name, i) => ({ name, type: result.columnType(i).toString() }))
    const rows: Array<string> = []
    let chars = 0
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      for (let i = 0; i < chunk.rowCount; i++) {
        const row = JSON.stringify(chunk.convertRowValues<Value>(i, toValue))
        chars += row.length + 1
        if (rows.length === maxRows || chars > maxChars) return { columns, rows, truncated: true }
        rows.push(row)
      }
    }
    return { columns, rows, truncated: false }
  } finally {
    prepared.destroySync()
  }
}
