import { fileURLToPath } from "node:url"
import { Effect, FileSystem } from "effect"
import { connect, inMemory, openForWriting, run } from "./duckdb.ts"
import { bringUpToDate } from "./schema.ts"
import { unfinishedCopy } from "./snapshot.ts"
import type { StoreError } from "./store-error.ts"

/** Beside the bundle; from the sources there is none. */
const shippedEmpty = (): string => fileURLToPath(new URL("./empty.duckdb", import.meta.url))

/** Makes a database with all tables and views and no rows, for `npm run build`; takes the place of one that is there. */
export const makeEmptyDatabase = Effect.fnUntraced(function*(
  path: string
): Effect.fn.Return<void, StoreError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.ignore(fs.remove(path, { force: true }))
  yield* Effect.scoped(Effect.gen(function*() {
    const connection = yield* connect(yield* openForWriting(path))
    yield* bringUpToDate(connection, path)
    // Whole without its journal, which is not copied.
    yield* run(connection, "write failed", `Cannot write ${path}`, "CHECKPOINT")
  }))
})

/**
 * Puts a copy of the empty database that ships with the bundle where there is no
 * file yet: to make all tables, views and their comments anew takes a third of a
 * second of processor time. Without one, or where it cannot be, nothing is done: the
 * schema is brought up to date in any case.
 */
export const beginWithShipped = Effect.fnUntraced(function*(
  path: string,
  shipped = shippedEmpty()
): Effect.fn.Return<void, never, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const isThere = (file: string) => Effect.orElseSucceed(fs.exists(file), () => false)
  // A journal without its file is DuckDB's to remove.
  if (path === inMemory || (yield* isThere(path)) || (yield* isThere(`${path}.wal`)) || !(yield* isThere(shipped))) return
  const copy = unfinishedCopy(fs, path)
  // Written and not copied, for a copy is open to those to whom the shipped file is, and not as the user has files made.
  yield* Effect.scoped(Effect.gen(function*() {
    const file = yield* fs.open(copy.path, { flag: "wx" })
    yield* file.writeAll(yield* fs.readFile(shipped))
    // DuckDB takes for granted that what it did not write itself is on disk.
    yield* file.sync
  })).pipe(
    // Fails where another process has put its own there meanwhile, which a renaming would take from under it.
    Effect.andThen(fs.link(copy.path, path)),
    Effect.ensuring(Effect.ignore(copy.remove)),
    Effect.ignore
  )
})
