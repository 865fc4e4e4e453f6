import { basename, dirname, join } from "node:path"
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { Clock, Effect, FileSystem, type Scope, Semaphore } from "effect"
import { connect, giveMemoryBack, identifier, literal, rowGroup, run, withoutFsst } from "./duckdb.ts"
import { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"
import type { Writer } from "./writer.ts"

const beside = (path: string, what: string): string => `${path.replace(/\.(?:duckdb|db|ddb)$/i, "")}.${what}.duckdb`

/** Where the snapshot of a database is: beside it, `observatory.snapshot.duckdb` for `observatory.duckdb`. */
export const snapshotPath = (path: string): string => beside(path, "snapshot")

/** Where a copy to be analysed is made, see `unfinishedCopy`. */
export const analysisPath = (path: string): string => beside(path, "analysis")

const temporary = /\.[0-9]+\.tmp(?:\.wal)?$/

/** Where this process writes a copy until it can be moved to `target`, and how to remove it. */
export const unfinishedCopy = (fs: FileSystem.FileSystem, target: string) => {
  const path = `${target}.${process.pid}.tmp`
  const remove = Effect.andThen(fs.remove(path, { force: true }), fs.remove(`${path}.wal`, { force: true }))
  return { path, remove }
}

/** Name under which the copy is attached while it is written. */
const copyName = "publication_copy"

/** Larger blocks than the database has: with its 32 kB a copy of 245 MB was one of 364, as texts that repeat are told once a block. */
const copyBlock = 65_536

/** A copy has no log: until it is complete and moved into place it is nobody's, and what a killed process leaves of it is removed. */
const withoutLog = "RECOVERY_MODE no_wal_writes"

export interface Publisher {
  /** Writes a copy of all that is committed and moves it into place. */
  readonly publish: Effect.Effect<void, StoreError>
  /** Writes such a copy to a file that is not there yet, for ourselves. */
  readonly copyTo: (file: string) => Effect.Effect<void, StoreError>
}

/**
 * Publishes snapshots of the database that `instance` has open. The copy is
 * made by DuckDB on a connection of its own, so the writer goes on meanwhile.
 * The live file is never touched by file-system calls: closing a descriptor of
 * it would drop DuckDB's lock. Where the little memory of a running crawl does
 * not do, because servers sent long texts, of which 2,000 are read at a time, it is made with more.
 */
export const makePublisher = Effect.fnUntraced(function*(
  instance: DuckDBInstance,
  path: string,
  /** Whose memory there is for copies. */
  { roomIfNeeded, whileCopied }: Pick<Writer, "roomIfNeeded" | "whileCopied">
): Effect.fn.Return<Publisher, StoreError, Scope.Scope | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const connection = yield* connect(instance)
  const turn = yield* Semaphore.make(1)
  const target = snapshotPath(path)
  const unfinished = unfinishedCopy(fs, target)
  const doing = "Cannot publish a snapshot"
  const failed = (cause: { readonly message: string }) =>
    new StoreError({ reason: "write failed", message: `${doing}: ${cause.message}`, cause })
  const command = (sql: string, parameters?: Parameters<typeof run>[4]) => run(connection, "write failed", doing, sql, parameters)

  yield* Effect.ignore(removeLeftovers(fs, target))

  const copy = Effect.fnUntraced(function*(file: string, more: Effect.Effect<unknown, StoreError>) {
    // With FSST copies take half as long again, and are 8 % smaller until the next one takes their place.
    yield* command(withoutFsst)
    yield* command(`ATTACH ${literal(file)} AS ${copyName} (ROW_GROUP_SIZE ${rowGroup}, BLOCK_SIZE ${copyBlock}, ${withoutLog})`)
    yield* Effect.andThen(
      command(`COPY FROM DATABASE ${identifier(yield* databaseName(connection))} TO ${copyName}`),
      more
    ).pipe(
      // Writes the rest: where there is no room for it, what lies in the file is no copy.
      Effect.andThen(command(`DETACH ${copyName}`)),
      Effect.onError(() => Effect.ignore(command(`DETACH ${copyName}`)))
    )
  }, Effect.ensuring(Effect.ignore(Effect.andThen(command("RESET disabled_compression_methods"), command(giveMemoryBack)))))

  const publish = Effect.gen(function*() {
    const at = timestamp(yield* Clock.currentTimeMillis)
    yield* Effect.mapError(unfinished.remove, failed)
    yield* copy(unfinished.path, command(`INSERT INTO ${copyName}.publication VALUES ($at, $publisher)`, { at, publisher: basename(path) }))
    yield* Effect.mapError(fs.rename(unfinished.path, target), failed)
  })

  const alone = <A>(copying: Effect.Effect<A, StoreError>, removed: Effect.Effect<void>): Effect.Effect<A, StoreError> => {
    const whole = Effect.onError(copying, () => removed)
    return Semaphore.withPermit(turn, whileCopied(roomIfNeeded(whole)))
  }

  return {
    publish: alone(publish, Effect.ignore(unfinished.remove)),
    copyTo: (file) =>
      alone(copy(file, Effect.void), Effect.ignore(Effect.andThen(fs.remove(file, { force: true }), fs.remove(`${file}.wal`, { force: true }))))
  }
})

const databaseName = (connection: DuckDBConnection): Effect.Effect<string, StoreError> =>
  Effect.map(
    run(connection, "write failed", "Cannot publish a snapshot", "SELECT current_database()"),
    (reader) => String(reader.value(0, 0))
  )

/** What killed processes left behind; only the one who holds the database may come here. */
export const removeLeftovers = (fs: FileSystem.FileSystem, target: string) =>
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
 * most. A snapshot that cannot be written is logged, it does not stop a crawl;
 * one that would take the database's own room is not begun, which is told once.
 */
export const publishRegularly = (
  publish: Effect.Effect<void, StoreError>,
  options: {
    readonly everyMs: number
    readonly isDue: () => boolean
    readonly revision: () => number
    /** Why there is no room for one now; null where there is. */
    readonly noRoom: Effect.Effect<string | null>
  }
): Effect.Effect<never> => {
  let published = options.revision()
  let pause = options.everyMs
  let told = false
  return Effect.gen(function*() {
    yield* Effect.sleep(pause)
    const revision = options.revision()
    if (!options.isDue() || revision === published) return
    const noRoom = yield* options.noRoom
    if (noRoom !== null) {
      if (!told) yield* Effect.logWarning(noRoom)
      told = true
      return
    }
    told = false
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

/**
 * Publishes once, as a run ends: what was found is stored by then, and whoever reads
 * has the database itself as soon as it is closed. So a copy that cannot be
 * written, or would take the database's own room, is no reason for the run to fail.
 */
export const publishIfPossible = (
  flush: Effect.Effect<void, StoreError>,
  publish: Effect.Effect<void, StoreError>,
  noRoom: Effect.Effect<string | null>
): Effect.Effect<void, StoreError> =>
  Effect.gen(function*() {
    yield* flush
    const why = yield* noRoom
    if (why !== null) return yield* Effect.logWarning(why)
    yield* publish.pipe(Effect.catch(({ message }) => Effect.logWarning(message)))
  })
