import { basename, dirname, join } from "node:path"
import type { DuckDBInstance, DuckDBValue } from "@duckdb/node-api"
import { Clock, Effect, Exit, FileSystem, type PlatformError, Scope, Semaphore } from "effect"
import { connect, literal, run } from "./duckdb.ts"
import { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"

/** Where the snapshot of a database is: beside it, `observatory.snapshot.duckdb` for `observatory.duckdb`. */
export const snapshotPath = (path: string): string => `${path.replace(/\.(?:duckdb|db|ddb)$/i, "")}.snapshot.duckdb`

const temporary = /\.[0-9]+\.tmp(?:\.wal)?$/

/** Name under which the copy is attached while it is dated. */
const copyName = "publication_copy"

const chunkBytes = 1_048_576

export interface Publisher {
  /** Writes a copy of all that is committed and moves it into place. */
  readonly publish: Effect.Effect<void, StoreError>
}

/**
 * A way to read a database file that a DuckDB of this process is about to open.
 * To be acquired before it, so that it is let go after: closing any descriptor
 * of the file drops the lock that DuckDB has on it.
 */
export interface FileReader {
  /** Call it once, when the database is open. */
  readonly open: Effect.Effect<FileSystem.File, PlatformError.PlatformError>
}

export const fileReader = Effect.fnUntraced(function*(
  path: string
): Effect.fn.Return<FileReader, never, Scope.Scope | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  return { open: Scope.provide(fs.open(path), scope) }
})

/**
 * Publishes snapshots of the database that `instance` has open: DuckDB moves
 * everything committed into the file (`checkpoint`, which no commit may overlap)
 * and the file is copied byte by byte. The writer goes on meanwhile: whatever it
 * commits goes into DuckDB's log, and the file stays as it is until the next
 * checkpoint, because DuckDB makes none by itself.
 */
export const makePublisher = Effect.fnUntraced(function*(
  instance: DuckDBInstance,
  path: string,
  reader: FileReader,
  checkpoint: Effect.Effect<void, StoreError>
): Effect.fn.Return<Publisher, StoreError, Scope.Scope | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const connection = yield* connect(instance)
  const turn = yield* Semaphore.make(1)
  const target = snapshotPath(path)
  const unfinished = `${target}.${process.pid}.tmp`
  const failed = (cause: { readonly message: string }) =>
    new StoreError({ reason: "write failed", message: `Cannot publish a snapshot: ${cause.message}`, cause })
  const live = yield* Effect.mapError(reader.open, failed)
  const command = (sql: string, parameters?: Record<string, DuckDBValue>) =>
    run(connection, "write failed", "Cannot publish a snapshot", sql, parameters)
  const removeUnfinished = Effect.gen(function*() {
    yield* fs.remove(unfinished, { force: true })
    yield* fs.remove(`${unfinished}.wal`, { force: true })
  })

  yield* Effect.ignore(removeLeftovers(fs, target))

  const copyFile = Effect.scoped(Effect.gen(function*() {
    const copy = yield* fs.open(unfinished, { flag: "w" })
    const chunk = new Uint8Array(chunkBytes)
    for (let at = 0n;;) {
      const bytes = yield* live.read(chunk, { position: at })
      if (bytes === 0) return
      yield* copy.writeAll(chunk.subarray(0, bytes))
      at += BigInt(bytes)
    }
  }))

  const copy = Effect.gen(function*() {
    const at = timestamp(yield* Clock.currentTimeMillis)
    yield* Effect.mapError(removeUnfinished, failed)
    yield* checkpoint
    yield* Effect.mapError(copyFile, failed)
    yield* command(`ATTACH ${literal(unfinished)} AS ${copyName}`)
    yield* command(`INSERT INTO ${copyName}.publication VALUES ($at, $publisher)`, { at, publisher: basename(path) }).pipe(
      Effect.ensuring(Effect.ignore(command(`DETACH ${copyName}`)))
    )
    yield* Effect.mapError(fs.rename(unfinished, target), failed)
  })

  return {
    publish: Semaphore.withPermit(turn, Effect.onError(copy, () => Effect.ignore(removeUnfinished)))
  }
})

/** What killed processes left behind; only the one who holds the database may come here. */
const removeLeftovers = (fs: FileSystem.FileSystem, target: string) =>
  Effect.gen(function*() {
    const folder = dirname(target)
    for (const name of yield* fs.readDirectory(folder)) {
      if (name.startsWith(`${basename(target)}.`) && temporary.test(name)) {
        yield* fs.remove(join(folder, name), { force: true })
      }
    }
  })

/**
 * Publishes again and again: every `everyMs`, only when `isDue` and something
 * was committed since, and so seldom that copying takes a tenth of the time at
 * most. A snapshot that cannot be written is logged, it does not stop a crawl.
 */
export const publishRegularly = (
  publish: Effect.Effect<void, StoreError>,
  options: {
    readonly everyMs: number
    readonly isDue: () => boolean
    readonly revision: () => number
  }
): Effect.Effect<never> => {
  let published = options.revision()
  let pause = options.everyMs
  return Effect.gen(function*() {
    yield* Effect.sleep(pause)
    const revision = options.revision()
    if (!options.isDue() || revision === published) return
    const began = yield* Clock.currentTimeMillis
    const done = yield* Effect.match(publish, {
      onFailure: (error) => error,
      onSuccess: () => null
    })
    if (done === null) published = revision
    else yield* Effect.logWarning(done.message)
    pause = Math.max(options.everyMs, 10 * ((yield* Clock.currentTimeMillis) - began))
  }).pipe(Effect.forever)
}
