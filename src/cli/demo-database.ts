import { Effect, FileSystem } from "effect"
import { countRealCrawls } from "../store/real-crawls.ts"
import { snapshotPath } from "../store/snapshot.ts"
import { usageError } from "./network.ts"

/**
 * Makes way for the demo's own file, also one that another version made. What holds a crawl of a real network, or
 * is no database of ours, is never replaced.
 */
export const removeOldDemo = Effect.fnUntraced(function*(db: string) {
  const fs = yield* FileSystem.FileSystem
  if (yield* Effect.orElseSucceed(fs.exists(db), () => false)) {
    const crawls = yield* countRealCrawls(db).pipe(
      Effect.mapError((error) => usageError(`${db} is not replaced, because it cannot be read as a demo database: ${error.message}`))
    )
    if (crawls > 0) {
      return yield* usageError(`${db} holds crawls of real networks and is not replaced: name another file with --db.`)
    }
  }
  for (const file of [db, `${db}.wal`, snapshotPath(db)]) yield* Effect.ignore(fs.remove(file))
})
