import { Effect, FileSystem, Schema } from "effect"
import { Database } from "../store/database.ts"
import { snapshotPath } from "../store/snapshot.ts"
import { usageError } from "./network.ts"

const RealCrawls = Schema.Struct({ crawls: Schema.Int })

/**
 * Makes way for the demo's own file. What holds a crawl of a real network, or
 * is no database of ours, is never replaced.
 */
export const removeOldDemo = Effect.fnUntraced(function*(db: string) {
  const fs = yield* FileSystem.FileSystem
  if (yield* Effect.orElseSucceed(fs.exists(db), () => false)) {
    const [row] = yield* Effect.flatMap(Database, (database) =>
      database.rows(RealCrawls, "SELECT count(*) AS crawls FROM crawl WHERE NOT simulated")).pipe(
        Effect.provide(Database.layer(db)),
        Effect.mapError((error) => usageError(`${db} is not replaced, because it cannot be read as a demo database: ${error.message}`))
      )
    if (row!.crawls > 0) {
      return yield* usageError(`${db} holds crawls of real networks and is not replaced: name another file with --db.`)
    }
  }
  for (const file of [db, `${db}.wal`, snapshotPath(db)]) yield* Effect.ignore(fs.remove(file))
})
