import { basename } from "node:path"
import { Clock, Effect, FileSystem, Option, type Scope } from "effect"
import { connect, isWrittenHere, openForWriting, run } from "./duckdb.ts"
import { bringUpToDate } from "./schema.ts"
import { unfinishedCopy } from "./snapshot.ts"
import { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"

/** How a file was when it was looked at; a file with the same stamp was not written to in between. */
export interface FileStamp {
  readonly changedAt: number
  readonly bytes: bigint
}

/** Null where there is no such file. */
export const stampOf = Effect.fnUntraced(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* fs.stat(path).pipe(
    Effect.map(({ mtime, size }): FileStamp => ({
      changedAt: Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() }),
      bytes: BigInt(size)
    })),
    Effect.orElseSucceed(() => null)
  )
})

const isSame = (a: FileStamp | null, b: FileStamp | null): boolean => a?.changedAt === b?.changedAt && a?.bytes === b?.bytes

const stampsOf = Effect.fnUntraced(function*(path: string) {
  return { database: yield* stampOf(path), log: yield* stampOf(`${path}.wal`) }
})

export interface RenewOptions {
  /** Also when the snapshot is not older, e.g. because it cannot be read. */
  readonly anew?: boolean
  /** Milliseconds without a write after which the database is copied, 2,000 by default. */
  readonly quietMs?: number | undefined
}

/** How a snapshot stands to its database; `older` also while somebody writes all the time, who then publishes by himself. */
export type SnapshotState = "missing" | "older" | "current"

/**
 * Makes the snapshot of a database anew where it is missing or older than the
 * database, and says how it stands to it afterwards. The database is copied as a
 * file and never opened, so no lock of ours keeps a crawl or an analysis from
 * starting. Without a lock the copy is whole because DuckDB overwrites nothing
 * that its last checkpoint refers to and only appends to its log, and because
 * nothing was written for a while before, nor meanwhile; else the next call
 * tries again. Whoever is writing all the time publishes snapshots by itself.
 *
 * @param target where the snapshot is published
 */
export const renewSnapshot = Effect.fn("renewSnapshot")(function*(
  path: string,
  target: string,
  { anew = false, quietMs = 2_000 }: RenewOptions = {}
): Effect.fn.Return<SnapshotState, StoreError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const [before, published] = [yield* stampsOf(path), yield* stampOf(target)]
  const changedAt = Math.max(before.database?.changedAt ?? 0, before.log?.changedAt ?? 0)
  const stays: SnapshotState = published === null || anew ? "missing" : published.changedAt >= changedAt ? "current" : "older"
  if (before.database === null || stays === "current") return stays
  const now = yield* Clock.currentTimeMillis
  // Closing a file that this process has open for writing would drop DuckDB's lock on it.
  if (isWrittenHere(path) || Math.abs(now - changedAt) < quietMs) return stays

  const unfinished = unfinishedCopy(fs, target)
  return yield* Effect.gen(function*() {
    yield* unfinished.remove
    yield* fs.copyFile(path, unfinished.path)
    if (before.log !== null) yield* fs.copyFile(`${path}.wal`, `${unfinished.path}.wal`)
    const after = yield* stampsOf(path)
    if (!isSame(before.database, after.database) || !isSame(before.log, after.log)) return stays
    yield* Effect.scoped(finish(unfinished.path, path, now))
    // A crawl may have published a newer one meanwhile.
    if (isSame(published, yield* stampOf(target))) yield* fs.rename(unfinished.path, target)
    return "current" as const
  }).pipe(
    Effect.ensuring(Effect.ignore(unfinished.remove)),
    Effect.mapError((cause) =>
      cause._tag === "StoreError"
        ? cause
        : new StoreError({ reason: "write failed", message: `Cannot make a snapshot of ${path}: ${cause.message}`, cause })
    )
  )
})

/** Brings the copy up to date, which leaves the user's file as it is, and says when it was made. */
const finish = Effect.fnUntraced(function*(
  copy: string,
  path: string,
  now: number
): Effect.fn.Return<void, StoreError, FileSystem.FileSystem | Scope.Scope> {
  const connection = yield* connect(yield* openForWriting(copy))
  yield* bringUpToDate(connection, path)
  const command = (sql: string, parameters?: Parameters<typeof run>[4]) =>
    run(connection, "write failed", "Cannot make a snapshot", sql, parameters)
  yield* command("INSERT INTO publication VALUES ($at, $publisher)", { at: timestamp(now), publisher: basename(path) })
  yield* command("CHECKPOINT")
})
