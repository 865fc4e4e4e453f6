import { realpathSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader, type DuckDBValue } from "@duckdb/node-api"
import { Effect, type Scope } from "effect"
import { StoreError, type StoreReason } from "./store-error.ts"

/** Path of a database that lives in memory only. */
export const inMemory = ":memory:"

const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).trim().replace(/^Failed to extract statements: /, "")

/** Maps what DuckDB throws; the one place where its errors enter. */
export const duckError = (reason: StoreReason, doing: string) => (cause: unknown): StoreError =>
  cause instanceof StoreError ? cause : new StoreError({ reason, message: `${doing}: ${messageOf(cause)}`, cause })

/** What DuckDB says when it has too little memory. An appender leaves out which kind of error it is. */
const outOfMemory = /Out of Memory Error|failed to (?:offload|allocate|pin|reserve)|could not allocate/i

/** Whether something failed because DuckDB had too little memory, and may do with more. */
export const isOutOfMemory = ({ message }: StoreError): boolean => outOfMemory.test(message)

/**
 * Awaits a native operation of a connection. Interrupting it stops the native
 * work and waits until it has really stopped, so that the connection is free.
 */
export const native = <A>(
  connection: DuckDBConnection,
  reason: StoreReason,
  doing: string,
  operation: () => Promise<A>
): Effect.Effect<A, StoreError> =>
  Effect.callback<A, StoreError>((resume) => {
    const settled = operation().then(
      (value) => resume(Effect.succeed(value)),
      (cause: unknown) => resume(Effect.fail(duckError(reason, doing)(cause)))
    )
    return Effect.promise(() => {
      connection.interrupt()
      return settled
    })
  })

/** Runs statements of ours and reads all rows. */
export const run = (
  connection: DuckDBConnection,
  reason: StoreReason,
  doing: string,
  sql: string,
  parameters?: Record<string, DuckDBValue>
): Effect.Effect<DuckDBResultReader, StoreError> =>
  native(connection, reason, doing, () => connection.runAndReadAll(sql, parameters))

/** Text as an SQL string literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Text as an SQL identifier. */
export const identifier = (text: string): string => `"${text.replaceAll("\"", "\"\"")}"`

// POSIX locks belong to the process: DuckDB would not notice a second instance
// of this process on the same file, and closing that one would drop the lock.
const writtenHere = new Set<string>()

/** One spelling of a path, also of one that does not exist yet; opens nothing. */
const canonicalPath = (path: string): string => {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    return path
  }
}

/** Whether this process has the file open for writing. */
export const isWrittenHere = (path: string): boolean => writtenHere.has(canonicalPath(path))

const openError = (path: string) => (cause: unknown): StoreError => {
  const message = messageOf(cause)
  // A file of another kind is taken for one to be read as a table, in a database of its own.
  if (/in-memory database in read-only mode|not a valid DuckDB database file/i.test(message)) {
    return new StoreError({ reason: "cannot open", message: `${path} is no DuckDB database.`, cause })
  }
  return /Conflicting lock|Could not set lock/i.test(message)
    ? new StoreError({ reason: "locked", message: `${path} is in use by another process${holder(message)}.`, cause })
    : new StoreError({ reason: "cannot open", message: `Cannot open ${path}: ${message}`, cause })
}

const holder = (message: string): string => {
  const pid = /PID (\d+)/.exec(message)?.[1]
  return pid === undefined ? "" : ` (process ${pid})`
}

const acquire = (path: string, options: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.tryPromise({ try: () => DuckDBInstance.create(path, options), catch: openError(path) }),
    (instance) => Effect.sync(() => instance.closeSync())
  )

/** Opens a database for writing, creating it if need be; at most once in a process. */
export const openForWriting = Effect.fnUntraced(function*(
  path: string,
  threads = 1
): Effect.fn.Return<DuckDBInstance, StoreError, Scope.Scope> {
  if (path !== inMemory) {
    const canonical = canonicalPath(path)
    if (writtenHere.has(canonical)) {
      return yield* new StoreError({ reason: "locked", message: `${path} is already open in this process.` })
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => writtenHere.add(canonical)),
      () => Effect.sync(() => writtenHere.delete(canonical))
    )
  }
  const options = { default_block_size: blockSize, threads: String(threads) }
  if (path === inMemory) return yield* acquire(path, options)
  // Attached and not opened by itself, for only so the size of its row groups can be said; what does not fit in memory goes beside it as usual.
  const instance = yield* acquire(inMemory, { ...options, temp_directory: `${path}.tmp` })
  attached.add(instance)
  yield* Effect.acquireUseRelease(
    Effect.tryPromise({ try: () => instance.connect(), catch: openError(path) }),
    (connection) =>
      Effect.tryPromise({
        try: () => connection.run(`ATTACH ${literal(path)} AS ${attachedName} (ROW_GROUP_SIZE ${rowGroup})`),
        catch: openError(path)
      }),
    (connection) => Effect.sync(() => connection.closeSync())
  )
  return instance
})

/** Instances that have their file attached: connections use it, and not the empty database in memory. */
const attached = new WeakSet<DuckDBInstance>()

const attachedName = "observatory"

/**
 * Rows of a table that are compressed and written together. A checkpoint writes the last row
 * group anew with all that is in it, and a copy gathers one in memory: with DuckDB's usual 122,880 a
 * crawl of 10,000 visits would be written as a whole at each checkpoint, and be in memory nearly as a
 * whole while it is copied, at 30 kB a visit.
 */
export const rowGroup = 8_192

/**
 * Blocks of 32 kB instead of 256 kB: every column of every table being appended
 * to holds at least one block in memory (some 15 MB instead of 70 MB for ours), and
 * small databases stay small on disk. With 64 kB appending is as quick, 11 MB more are in
 * memory, and a file of 260 MB is a tenth smaller; with 16 kB 5 MB less are in memory, and it is slower
 * and files are larger. Readers open files of any block size. A second thread has little to do in
 * small batches and costs a fifth more CPU.
 */
const blockSize = "32768"

/** Texts that do not come again are stored as they are: DuckDB's way to compress those takes long, and where they come again its dictionary wins. */
export const withoutFsst = "SET disabled_compression_methods = 'fsst'"

/**
 * Gives the system back what a large statement has used: DuckDB and the C library keep it
 * otherwise. Setting a limit does that, whatever it is; this one stays as it was.
 */
export const giveMemoryBack = "SET memory_limit = current_setting('memory_limit')"

export interface ReadOnlyLimits {
  /** DuckDB's `memory_limit`, e.g. `1GB`. */
  readonly memoryLimit: string
  readonly threads: number
  /** Errors as JSON with the place in the text they are about, for who tells it on; false by default. */
  readonly errorsAsJson?: boolean
}

/** Options under which extensions are neither looked for nor fetched. */
const withoutExtensions = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false"
}

/** Options under which nothing is written to disk beside the database, nor more taken than allowed. */
const withinLimits = (limits: ReadOnlyLimits): Record<string, string> => ({
  temp_directory: "",
  max_temp_directory_size: "0B",
  memory_limit: limits.memoryLimit,
  threads: String(limits.threads),
  ...withoutExtensions
})

/**
 * Opens a database so that no SQL text can change it, reach the file system or
 * the network, load an extension or lift its limits. The order of the options
 * matters: DuckDB applies them one by one, and some forbid later ones.
 */
export const openReadOnly = (
  path: string,
  limits: ReadOnlyLimits
): Effect.Effect<DuckDBInstance, StoreError, Scope.Scope> =>
  acquire(path, {
    access_mode: "READ_ONLY",
    ...withinLimits(limits),
    errors_as_json: String(limits.errorsAsJson ?? false),
    enable_external_access: "false",
    lock_configuration: "true"
  })

/** An empty database in memory, to which others are attached; `closeDoors` before anybody else's SQL runs in it. */
export const openInMemory = (limits: Omit<ReadOnlyLimits, "errorsAsJson">): Effect.Effect<DuckDBInstance, StoreError, Scope.Scope> =>
  acquire(inMemory, withinLimits(limits))

/** From here on no SQL text reaches files but those named, nor the network, nor lifts a limit. */
export const closeDoors = Effect.fnUntraced(function*(connection: DuckDBConnection, files: ReadonlyArray<string>): Effect.fn.Return<void, StoreError> {
  const set = (sql: string) => run(connection, "cannot open", "Cannot lock the database", sql)
  yield* set(`SET allowed_paths = [${files.map(literal).join(", ")}]`)
  yield* set("SET enable_external_access = false")
  yield* set("SET lock_configuration = true")
})

export const connect = (instance: DuckDBInstance): Effect.Effect<DuckDBConnection, StoreError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({ try: () => instance.connect(), catch: duckError("cannot open", "Cannot connect") }),
    (connection) => Effect.sync(() => connection.closeSync())
  ).pipe(Effect.tap((connection) =>
    attached.has(instance) ? run(connection, "cannot open", "Cannot connect", `USE ${attachedName}`) : Effect.void
  ))
