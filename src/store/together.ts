import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api"
import { Effect } from "effect"
import { run } from "./duckdb.ts"
import type { StoreError } from "./store-error.ts"
import type { Writer } from "./writer.ts"

/** All that `work` does on a connection or nothing of it; not interrupted in between. `doing` begins the message of a failure. */
export const inTransaction = <A, E, R>(connection: DuckDBConnection, doing: string, work: Effect.Effect<A, E, R>): Effect.Effect<A, E | StoreError, R> => {
  const command = (sql: string) => run(connection, "write failed", doing, sql)
  return command("BEGIN").pipe(
    Effect.andThen(work),
    Effect.tap(() => command("COMMIT")),
    Effect.onError(() => Effect.ignore(command("ROLLBACK"))),
    Effect.uninterruptible
  )
}

/** Statements that are committed together; not interrupted in between. */
export const together = (
  writer: Writer,
  statements: ReadonlyArray<readonly [sql: string, parameters: Record<string, DuckDBValue>]>
): Effect.Effect<void, StoreError> =>
  writer.exclusively((connection) => {
    const doing = "Cannot write to the database"
    return inTransaction(
      connection,
      doing,
      Effect.forEach(statements, ([sql, parameters]) => run(connection, "write failed", doing, sql, parameters), { discard: true })
    )
  })
