import type { DuckDBValue } from "@duckdb/node-api"
import { Effect } from "effect"
import { run } from "./duckdb.ts"
import type { StoreError } from "./store-error.ts"
import type { Writer } from "./writer.ts"

/** Statements that are committed together; not interrupted in between. */
export const together = (
  writer: Writer,
  statements: ReadonlyArray<readonly [sql: string, parameters: Record<string, DuckDBValue>]>
): Effect.Effect<void, StoreError> =>
  writer.exclusively((connection) => {
    const command = (sql: string, parameters?: Record<string, DuckDBValue>) =>
      run(connection, "write failed", "Cannot write to the database", sql, parameters)
    return command("BEGIN").pipe(
      Effect.andThen(Effect.forEach(statements, ([sql, parameters]) => command(sql, parameters), { discard: true })),
      Effect.andThen(command("COMMIT")),
      Effect.onError(() => Effect.ignore(command("ROLLBACK"))),
      Effect.uninterruptible,
      Effect.asVoid
    )
  })
