import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { Effect, FileSystem, Schema, type Scope, Semaphore } from "effect"
import type { AnalysisStore, Database, DatabaseOptions, DatabaseOrigin, Parameter, QueryOptions, TableColumns, TableRows } from "./database.ts"
import { decodeRows, readRows } from "./read-rows.ts"
import { connect, isWrittenHere, native, openForWriting, openReadOnly, type ReadOnlyLimits, run, withoutFsst } from "./duckdb.ts"
import { openWithArchive } from "./archive/open-with-archive.ts"
import { readNumbers, runReadOnly } from "./read-only.ts"
import { replaceRows } from "./replace-rows.ts"
import { bringUpToDate, requireUpToDate } from "./schema.ts"
import { snapshotPath } from "./snapshot.ts"
import { StoreError } from "./store-error.ts"

/** As many queries at a time as there are connections: each can run only one. */
const readerOf = Effect.fnUntraced(function*(connections: ReadonlyArray<DuckDBConnection>, origin: DatabaseOrigin) {
  const turns = yield* Semaphore.make(connections.length)
  const idle = [...connections]
  const withConnection = <A>(use: (connection: DuckDBConnection) => Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> =>
    Semaphore.withPermit(
      turns,
      Effect.acquireUseRelease(
        Effect.sync(() => idle.pop()!),
        use,
        (connection) => Effect.sync(() => void idle.push(connection))
      )
    )
  const query = Effect.fn("Database.query")(
    (sql: string, parameters?: Readonly<Record<string, Parameter>>, options?: QueryOptions) =>
      withConnection((connection) => runReadOnly(connection, sql, parameters, options))
  )
  const database: Database["Service"] = {
    origin,
    query,
    rows: (row, sql, parameters) => Effect.flatMap(query(sql, parameters), (result) => decodeRows(row, result.rows)),
    numbers: Effect.fn("Database.numbers")((sql: string, parameters: Readonly<Record<string, Parameter>> = {}) =>
      withConnection((connection) => native(connection, "query failed", "The query failed", () => readNumbers(connection, sql, parameters)))
    )
  }
  return database
})

/** Fails with `not found` and what to do where there is no database file. */
export const requireFile = Effect.fnUntraced(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  if (yield* Effect.orElseSucceed(fs.exists(path), () => false)) return
  return yield* new StoreError({
    reason: "not found",
    message: `There is no database at ${path}: run \`observatory crawl\` first, or name another file with --db.`
  })
})

const PublicationRow = Schema.Struct({ published_ms: Schema.Int })

interface Opened {
  readonly instance: DuckDBInstance
  readonly origin: { readonly path: string; readonly kind: "file" | "snapshot" }
}

/** The file itself, or its snapshot while someone writes to it. */
const openFileOrSnapshot = Effect.fnUntraced(function*(
  path: string,
  options: ReadOnlyLimits
): Effect.fn.Return<Opened, StoreError, Scope.Scope | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  if (!isWrittenHere(path)) {
    const opened = yield* Effect.result(openReadOnly(path, options))
    if (opened._tag === "Success") return { instance: opened.success, origin: { path, kind: "file" } }
    if (opened.failure.reason !== "locked") return yield* opened.failure
  }
  const snapshot = snapshotPath(path)
  if (!(yield* Effect.orElseSucceed(fs.exists(snapshot), () => false))) {
    return yield* new StoreError({
      reason: "locked",
      message: `${path} is being written to and has no snapshot yet: a running crawl publishes one every 10 seconds.`
    })
  }
  return { instance: yield* openReadOnly(snapshot, options), origin: { path: snapshot, kind: "snapshot" } }
})

/** The file or its snapshot, of this program's schema, with a first connection, and where it comes from. */
const openToRead = Effect.fnUntraced(function*(path: string, limits: ReadOnlyLimits) {
  const { instance, origin } = yield* openFileOrSnapshot(path, limits)
  const connection = yield* connect(instance)
  yield* requireUpToDate(connection, path)
  const [publication] = yield* readRows(
    connection,
    PublicationRow,
    "SELECT epoch_ms(published_at) AS published_ms FROM publication"
  )
  return { instance, connection, origin: { ...origin, publishedAt: publication?.published_ms ?? null } satisfies DatabaseOrigin }
})

export const makeDatabase = Effect.fnUntraced(function*(path: string, options?: DatabaseOptions) {
  yield* requireFile(path)
  const { archive = null, connections = 1, memoryLimit = "1GB", threads = 2 } = options ?? {}
  const limits = { memoryLimit, threads }
  // Closed before it is attached: one process opens a file once.
  const opened = archive === null
    ? yield* openToRead(path, limits)
    : yield* Effect.flatMap(
      Effect.scoped(Effect.map(openToRead(path, limits), ({ origin }) => origin)),
      (origin) => Effect.map(openWithArchive(origin.path, archive, limits), (both) => ({ ...both, origin }))
    )
  const others = yield* Effect.replicateEffect(connect(opened.instance), connections - 1)
  return yield* readerOf([opened.connection, ...others], opened.origin)
})

/**
 * Bytes of a file of which a query is mostly planning: to share its work among two threads costs a fifth more
 * processor time. Several at a time take less time, and little memory.
 */
const smallFile = 32_000_000

export const makeAnalysisStore = Effect.fnUntraced(function*(path: string) {
  yield* requireFile(path)
  const fs = yield* FileSystem.FileSystem
  const size = yield* Effect.orElseSucceed(Effect.map(fs.stat(path), ({ size }) => Number(size)), () => smallFile)
  const { connections, threads } = size < smallFile ? { connections: 3, threads: 1 } : { connections: 1, threads: 2 }
  const instance = yield* openForWriting(path, threads).pipe(Effect.mapError((error) =>
    error.reason === "locked"
      ? new StoreError({
        reason: "locked",
        message: `${error.message} Analysis writes to the database: wait until the crawl has ended.`,
        cause: error
      })
      : error
  ))
  const writer = yield* connect(instance)
  // Of what an analysis writes the texts come again and again, so a dictionary of them wins every time: files are as
  // small without the other way, and writing evidence takes a third less when DuckDB does not try it.
  yield* run(writer, "cannot open", "Cannot set up", withoutFsst)
  yield* bringUpToDate(writer, path)
  const readers = yield* Effect.replicateEffect(connect(instance), connections)
  const turn = yield* Semaphore.make(1)
  const analysis: AnalysisStore["Service"] = {
    replaceRows: Effect.fn("AnalysisStore.replaceRows")(
      (tables: ReadonlyArray<TableRows | TableColumns>, later?: ReadonlyArray<Effect.Effect<ReadonlyArray<TableRows | TableColumns>>>) =>
        Semaphore.withPermit(turn, replaceRows(writer, tables, later))
    )
  }
  const database = yield* readerOf(readers, { path, kind: "file", publishedAt: null })
  return { analysis, database }
})
