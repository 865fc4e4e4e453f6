import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, type FileSystem } from "effect"
import { migrate, migrations, refuseNewer, schemaVersion } from "./migrate.ts"
import { StoreError } from "./store-error.ts"
import { applyViews, hasViews, views } from "./views.ts"

/** Gives a file the newest tables and the newest views. */
export const bringUpToDate = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  path: string
): Effect.fn.Return<void, StoreError, FileSystem.FileSystem> {
  yield* migrate(connection, path, yield* migrations)
  yield* applyViews(connection, path, yield* views)
})

/** Refuses a file that is only read and whose tables or views are not this program's, with what to do. */
export const requireUpToDate = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  path: string
): Effect.fn.Return<void, StoreError, FileSystem.FileSystem> {
  const version = yield* schemaVersion(connection)
  const known = (yield* migrations).length
  yield* refuseNewer(path, version, known)
  if (version === 0) {
    return yield* new StoreError({
      reason: "older schema",
      message: `${path} is a DuckDB file, but not a database of this program.`
    })
  }
  if (version < known) {
    return yield* new StoreError({
      reason: "older schema",
      message: `${path} was written by an older version of this program: \`observatory analyze\` brings it up to date.`
    })
  }
  if (!(yield* hasViews(connection, yield* views))) {
    return yield* new StoreError({
      reason: "older schema",
      message: `${path} has the views of another version of this program: \`observatory analyze\` brings it up to date.`
    })
  }
})
