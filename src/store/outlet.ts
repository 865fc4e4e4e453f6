import type { DuckDBConnection } from "@duckdb/node-api"
import { Context, Effect, Layer, type Scope, Semaphore, Stream } from "effect"
import type { Column, Row, Value } from "./database.ts"
import { Database } from "./database.ts"
import { connect, duckError, identifier, literal, native, openInMemory, run } from "./duckdb.ts"
import { toValue } from "./from-duckdb.ts"
import type { StoreError } from "./store-error.ts"

/** Rows of our own that queries can name as a table. */
export interface LoadedRows {
  readonly name: string
  /** Column names with DuckDB's types. */
  readonly columns: Readonly<Record<string, string>>
  readonly rows: ReadonlyArray<Readonly<Record<string, Value>>>
}

/** A query that reads a file of JSON lines, each with these columns. */
export const jsonLinesQuery = (file: string, columns: ReadonlyArray<Column>): string =>
  `SELECT * FROM read_json(${literal(file)}, format = 'newline_delimited', maximum_object_size = 100000000, columns = {${
    columns.map(({ name, type }) => `${identifier(name)}: ${literal(type)}`).join(", ")
  }})`

/**
 * Hands rows of the database out in bulk: in chunks, so that a million take no
 * more memory than a thousand, or as Parquet, which DuckDB writes. `Database`
 * cannot, since no SQL text may write a file there; so only our own SQL runs
 * here, on the same file, opened for reading.
 */
export class Outlet extends Context.Service<Outlet, {
  /** Makes a table of the rows; it lasts as long as the outlet and takes the place of one with its name. */
  readonly load: (table: LoadedRows) => Effect.Effect<void, StoreError>
  /** The columns that a query gives. */
  readonly columns: (sql: string) => Effect.Effect<ReadonlyArray<Column>, StoreError>
  /** The rows of a query, some thousand at a time. */
  readonly chunks: (sql: string) => Stream.Stream<ReadonlyArray<Row>, StoreError>
  /** Writes the rows of a query to a file, with texts of its own about it. */
  readonly parquet: (sql: string, file: string, about: Readonly<Record<string, string>>) => Effect.Effect<void, StoreError>
}>()("electrum-observatory/Outlet") {
  /** Reads what `Database` reads, a snapshot too. */
  static readonly layer: Layer.Layer<Outlet, StoreError, Database> = Layer.effect(
    Outlet,
    Effect.gen(function*() {
      const { origin } = yield* Database
      return Outlet.of(outletOn(yield* attached(origin.path), yield* Semaphore.make(1)))
    })
  )
}

/** A database in memory beside the file, which is only read; extensions are not looked for. */
const attached = Effect.fnUntraced(function*(path: string): Effect.fn.Return<DuckDBConnection, StoreError, Scope.Scope> {
  // With one thread rows that nobody sorts come in the same order every time.
  const connection = yield* connect(yield* openInMemory({ memoryLimit: "1GB", threads: 1 }))
  yield* run(connection, "cannot open", `Cannot read ${path}`, `ATTACH ${literal(path)} AS observed (READ_ONLY)`)
  yield* run(connection, "cannot open", `Cannot read ${path}`, "USE observed")
  return connection
})

/** Makes a temporary table of rows, in place of one with its name. */
export const loadRows = (connection: DuckDBConnection, { columns, name, rows }: LoadedRows): Effect.Effect<void, StoreError> => {
  const command = (sql: string, parameters?: Parameters<typeof run>[4]) => run(connection, "query failed", `Cannot load ${name}`, sql, parameters)
  const shape = literal(JSON.stringify([columns]))
  return Effect.andThen(
    command(`CREATE OR REPLACE TEMP TABLE ${identifier(name)} (${Object.entries(columns).map(([column, type]) => `${identifier(column)} ${type}`).join(", ")})`),
    command(
      `INSERT INTO ${identifier(name)} SELECT unnest(row) FROM (SELECT unnest(from_json($rows, ${shape})) AS row)`,
      { rows: JSON.stringify(rows) }
    )
  ).pipe(Effect.asVoid)
}

const outletOn = (connection: DuckDBConnection, turn: Semaphore.Semaphore): Outlet["Service"] => {
  const alone = Semaphore.withPermit(turn)
  const columns = (sql: string) =>
    native(connection, "query failed", "The query failed", async (): Promise<ReadonlyArray<Column>> => {
      const prepared = await connection.prepare(sql)
      try {
        return Array.from({ length: prepared.columnCount }, (_, i) => ({ name: prepared.columnName(i), type: prepared.columnType(i).toString() }))
      } finally {
        prepared.destroySync()
      }
    })
  return {
    load: (table) => alone(loadRows(connection, table)),
    columns: (sql) => alone(columns(sql)),
    chunks: (sql) =>
      Stream.unwrap(Effect.map(
        native(connection, "query failed", "The query failed", () => connection.stream(sql)),
        (result) =>
          Stream.fromAsyncIterable(result.yieldConvertedRowObjects(toValue), duckError("query failed", "The query failed"))
      )),
    parquet: (sql, file, about) => {
      const metadata = Object.entries(about).map(([key, value]) => `${identifier(key)}: ${literal(value)}`).join(", ")
      return alone(run(
        connection,
        "write failed",
        `Cannot write ${file}`,
        `COPY (${sql}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {${metadata}})`
      )).pipe(Effect.asVoid)
    }
  }
}
