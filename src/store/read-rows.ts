import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { native, run } from "./duckdb.ts"
import { toValue } from "./from-duckdb.ts"
import { StoreError } from "./store-error.ts"

/** Decodes rows by a schema; a row that does not fit is a `query failed` with its path. */
export const decodeRows = <A>(
  row: Schema.ConstraintDecoder<A>,
  rows: ReadonlyArray<unknown>
): Effect.Effect<ReadonlyArray<A>, StoreError> =>
  Schema.decodeUnknownEffect(Schema.Array(row))(rows).pipe(
    Effect.mapError((cause) =>
      new StoreError({ reason: "query failed", message: `Rows are not as expected: ${cause.message}`, cause })
    )
  )

/** Runs a query of ours on a connection of ours. */
export const readRows = Effect.fnUntraced(function*<A>(
  connection: DuckDBConnection,
  row: Schema.ConstraintDecoder<A>,
  sql: string,
  parameters?: Record<string, DuckDBValue>
): Effect.fn.Return<ReadonlyArray<A>, StoreError> {
  const reader = yield* run(connection, "query failed", "Cannot read the database", sql, parameters)
  return yield* decodeRows(row, reader.convertRowObjects(toValue))
})

/** Runs a query of ours and hands its rows over chunk by chunk, some 2,000 at a time, as DuckDB has them. */
export const readChunks = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  sql: string,
  parameters: Record<string, DuckDBValue>,
  use: (chunk: DuckDBDataChunk, names: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
): Effect.fn.Return<void, StoreError> {
  const reading = <T>(operation: () => Promise<T>) => native(connection, "query failed", "Cannot read the database", operation)
  const result = yield* reading(() => connection.stream(sql, parameters))
  const names = result.deduplicatedColumnNames()
  while (true) {
    const chunk = yield* reading(() => result.fetchChunk())
    if (chunk === null || chunk.rowCount === 0) return
    yield* use(chunk, names)
  }
})

/**
 * As `readRows`, for as many rows as a crawl has endpoints: what DuckDB and the schema have of them
 * in between is several times as large as what is made of them, so they are read some 2,000 at a time.
 */
export const readManyRows = Effect.fnUntraced(function*<A, B>(
  connection: DuckDBConnection,
  row: Schema.ConstraintDecoder<A>,
  sql: string,
  parameters: Record<string, DuckDBValue>,
  make: (row: A) => B
): Effect.fn.Return<ReadonlyArray<B>, StoreError> {
  const made: Array<B> = []
  yield* readChunks(connection, sql, parameters, (chunk, names) => {
    const rows = chunk.convertRows(toValue).map((values) => Object.fromEntries(names.map((name, i) => [name, values[i]])))
    return Effect.map(decodeRows(row, rows), (decoded) => {
      for (const one of decoded) made.push(make(one))
    })
  })
  return made
})
