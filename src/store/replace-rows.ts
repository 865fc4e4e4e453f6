import {
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  listValue
} from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { TableRows, Value } from "./database.ts"
import { duckError, identifier, run } from "./duckdb.ts"
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

const chunkRows = 2048

const append = async (
  connection: DuckDBConnection,
  { crawlId, rows, table }: TableRows,
  /** For every column of the table: its place in a row, -1 for `crawl_id`, undefined for null. */
  places: ReadonlyArray<number | undefined>
): Promise<void> => {
  const appender = await connection.createAppender(table)
  try {
    const types = places.map((_, i) => appender.columnType(i))
    for (let from = 0; from < rows.length; from += chunkRows) {
      const part = rows.slice(from, from + chunkRows)
      const chunk = DuckDBDataChunk.create(types, part.length)
      chunk.setColumns(
        places.map((place, i) =>
          part.map((row) =>
            place === undefined ? null : place === -1 ? crawlId : toColumn(row[place] ?? null, types[i]!)
          )
        )
      )
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
  } catch (cause) {
    // What cannot be written must not be tried again when the appender is closed or collected.
    appender.clear()
    throw cause
  } finally {
    appender.closeSync()
  }
}

const ColumnRow = Schema.Struct({ column_name: Schema.String })

/** See `AnalysisStore.replaceRows`. Not interrupted in between. */
export const replaceRows = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  tables: ReadonlyArray<TableRows>
): Effect.fn.Return<void, StoreError> {
  const doing = "Cannot write what was found"
  const command = (sql: string) => run(connection, "write failed", doing, sql)
  const plans: Array<readonly [TableRows, ReadonlyArray<number | undefined>]> = []
  for (const rows of tables) {
    const columns = yield* readRows(
      connection,
      ColumnRow,
      `SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND NOT internal
       AND table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY column_index`,
      { table: rows.table }
    )
    const names = columns.map((c) => c.column_name)
    const unknown = ["crawl_id", ...rows.columns].find((name) => !names.includes(name))
    if (unknown !== undefined) {
      return yield* new StoreError({ reason: "write failed", message: `Table ${rows.table} has no column ${unknown}.` })
    }
    plans.push([rows, names.map((name) => {
      const place = rows.columns.indexOf(name)
      return name === "crawl_id" ? -1 : place === -1 ? undefined : place
    })])
  }
  yield* Effect.gen(function*() {
    yield* command("BEGIN")
    for (const [rows, places] of plans) {
      yield* run(
        connection,
        "write failed",
        doing,
        `DELETE FROM ${identifier(rows.table)} WHERE crawl_id = $crawlId`,
        { crawlId: rows.crawlId }
      )
      yield* Effect.tryPromise({
        try: () => append(connection, rows, places),
        catch: duckError("write failed", `Cannot write to ${rows.table}`)
      })
    }
    yield* command("COMMIT")
  }).pipe(Effect.onError(() => Effect.ignore(command("ROLLBACK"))))
}, Effect.uninterruptible)
