import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { run } from "./duckdb.ts"
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
