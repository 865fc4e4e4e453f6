import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  listValue
} from "@duckdb/node-api"
import duckdb from "@duckdb/node-bindings"
import { Effect, Schema } from "effect"
import type { ColumnValues, TableColumns, TableRows, Value } from "./database.ts"
import { duckError, identifier, run } from "./duckdb.ts"
import { chunkRows, nativeColumn } from "./native-column.ts"
import { readRows } from "./read-rows.ts"
import { StoreError } from "./store-error.ts"
import { timestampOfText, timestampOrNull } from "./to-duckdb.ts"

/** A value as its column takes it; throws a sentence when it does not fit. */
const toColumn = (value: Value, type: DuckDBType): DuckDBValue => {
  if (value === null || typeof value === "boolean") return value
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
      return BigInt(value as number | string)
    case DuckDBTypeId.TIMESTAMP:
      return typeof value === "string" ? timestampOfText(value) : timestampOrNull(value as number)
    case DuckDBTypeId.LIST:
      return listValue((value as ReadonlyArray<Value>).map((v) => toColumn(v, (type as { valueType: DuckDBType }).valueType)))
    case DuckDBTypeId.VARCHAR:
      return typeof value === "string" ? value : JSON.stringify(value)
    default:
      return value as DuckDBValue
  }
}

type ValueAt = (row: number) => Value

const inColumn = (values: ColumnValues): ValueAt => {
  if (values instanceof Uint8Array) return (row) => values[row] === 1
  if (!("words" in values)) return (row) => Number.isNaN(values[row]) ? null : values[row]!
  const { places, words } = values
  return (row) => places[row]! < 0 ? null : words[places[row]!]!
}

/** For every column of a table what a row has in it; null for columns that nobody gave. */
const valuesOf = (rows: TableRows | TableColumns, names: ReadonlyArray<string>): ReadonlyArray<ValueAt> =>
  names.map((name) => {
    if (name === "crawl_id") return () => rows.crawlId
    if ("values" in rows) {
      const values = rows.values[name]
      return values === undefined ? () => null : inColumn(values)
    }
    const place = rows.columns.indexOf(name)
    return place === -1 ? () => null : (row) => rows.rows[row]![place] ?? null
  })

const append = (
  appender: DuckDBAppender,
  length: number,
  values: ReadonlyArray<ValueAt>
): void => {
  const types = values.map((_, i) => appender.columnType(i))
  const columns = types.map(nativeColumn)
  const chunk = DuckDBDataChunk.create(types)
  for (let from = 0; from < length; from += chunkRows) {
    const count = Math.min(chunkRows, length - from)
    columns.forEach((column, i) => {
      const [type, valueAt] = [types[i]!, values[i]!]
      column.begin(duckdb.data_chunk_get_vector(chunk.chunk, i))
      for (let row = 0; row < count; row++) column.add(row, toColumn(valueAt(from + row), type))
      column.end(count)
    })
    chunk.rowCount = count
    appender.appendDataChunk(chunk)
    chunk.reset()
  }
  appender.flushSync()
}

const appendTo = async (connection: DuckDBConnection, rows: TableRows | TableColumns, names: ReadonlyArray<string>): Promise<void> => {
  const appender = await connection.createAppender(rows.table)
  try {
    append(appender, "values" in rows ? rows.length : rows.rows.length, valuesOf(rows, names))
  } catch (cause) {
    // What cannot be written must not be tried again when the appender is closed or collected.
    appender.clear()
    throw cause
  } finally {
    appender.closeSync()
  }
}

const ColumnsRow = Schema.Struct({ table_name: Schema.String, columns: Schema.Array(Schema.String) })

/** The columns of tables, of all in one query: its planning takes milliseconds. */
const columnsOf = (connection: DuckDBConnection) =>
  readRows(
    connection,
    ColumnsRow,
    `SELECT table_name, list(column_name ORDER BY column_index) AS columns
     FROM duckdb_columns() WHERE NOT internal AND table_name IN (SELECT table_name FROM duckdb_tables())
     GROUP BY table_name`
  ).pipe(Effect.map((rows) => new Map(rows.map(({ columns, table_name }) => [table_name, columns]))))

/** See `AnalysisStore.replaceRows`. Interrupted only while it waits for tables that come later. */
export const replaceRows = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  tables: ReadonlyArray<TableRows | TableColumns>,
  later: ReadonlyArray<Effect.Effect<ReadonlyArray<TableRows | TableColumns>>> = []
): Effect.fn.Return<void, StoreError> {
  const doing = "Cannot write what was found"
  const command = (sql: string) => run(connection, "write failed", doing, sql)
  const columns = yield* columnsOf(connection)
  const planned = Effect.fnUntraced(function*(some: ReadonlyArray<TableRows | TableColumns>) {
    const plans: Array<readonly [TableRows | TableColumns, ReadonlyArray<string>]> = []
    for (const rows of some) {
      const names = columns.get(rows.table) ?? []
      const given = "values" in rows ? Object.keys(rows.values) : rows.columns
      const unknown = ["crawl_id", ...given].find((name) => !names.includes(name))
      if (unknown !== undefined) {
        return yield* new StoreError({ reason: "write failed", message: `Table ${rows.table} has no column ${unknown}.` })
      }
      plans.push([rows, names])
    }
    return plans
  })
  const emptied = new Set<string>()
  const write = Effect.fnUntraced(function*(plans: ReadonlyArray<readonly [TableRows | TableColumns, ReadonlyArray<string>]>) {
    for (const [rows, names] of plans) {
      const emptying = `DELETE FROM ${identifier(rows.table)} WHERE crawl_id = $crawlId`
      const place = `${emptying} ${rows.crawlId}`
      if (!emptied.has(place)) yield* run(connection, "write failed", doing, emptying, { crawlId: rows.crawlId })
      emptied.add(place)
      yield* Effect.tryPromise({
        try: () => appendTo(connection, rows, names),
        catch: duckError("write failed", `Cannot write to ${rows.table}`)
      })
    }
  })
  const plans = yield* planned(tables)
  yield* Effect.gen(function*() {
    yield* command("BEGIN")
    yield* write(plans)
    for (const some of later) yield* write(yield* planned(yield* Effect.interruptible(some)))
    yield* command("COMMIT")
  }).pipe(Effect.onError(() => Effect.ignore(command("ROLLBACK"))))
}, Effect.uninterruptible)
