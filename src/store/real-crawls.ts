import { Effect, Schema } from "effect"
import { connect, openReadOnly } from "./duckdb.ts"
import { schemaVersion } from "./migrate.ts"
import { readRows } from "./read-rows.ts"
import { StoreError } from "./store-error.ts"

const CountRow = Schema.Struct({ crawls: Schema.Int })

/**
 * How many crawls of real networks a database holds, whichever version of this program wrote it: the first had
 * what is asked for too. Fails where the file cannot be read, or is another program's.
 */
export const countRealCrawls = Effect.fn("countRealCrawls")(function*(path: string): Effect.fn.Return<number, StoreError> {
  return yield* Effect.scoped(Effect.gen(function*() {
    const connection = yield* connect(yield* openReadOnly(path, { memoryLimit: "256MB", threads: 1 }))
    if ((yield* schemaVersion(connection)) === 0) {
      return yield* new StoreError({ reason: "cannot open", message: `${path} is no database of this program.` })
    }
    const [row] = yield* readRows(connection, CountRow, "SELECT count(*) AS crawls FROM crawl WHERE NOT simulated")
    return row!.crawls
  }))
})
