import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api"
import { Deferred, Effect, Latch, type Scope, Semaphore } from "effect"
import { duckError } from "./duckdb.ts"
import { Batch, makePools } from "./encoder.ts"
import type { CrawlId, Fact } from "./facts.ts"
import type { Identities } from "./identities.ts"
import { type MemoryBudget, memoryBudget, momentary } from "./memory-budget.ts"
import { makeSpareMemory, noSpareMemory, type SpareMemory } from "./spare-memory.ts"
import type { StoreError } from "./store-error.ts"
import { tableNames } from "./tables.ts"

export interface WriterOptions {
  /** Milliseconds that facts wait for company before they are committed; half as long where memory is short. */
  readonly groupMs: number
  /** Rows (or the like in text, see `Batch.weight`) that are committed without waiting any longer. */
  readonly batchRows: number
  /** Rows from which on `record` suspends until they are committed. */
  readonly pendingRows: number
  /** Between exclusive uses DuckDB gets by with little memory, see `SpareMemory`: a connection to set that with, used for nothing else. */
  readonly spare?: DuckDBConnection | undefined
  /** Of the process, unless a test has another. */
  readonly budget?: MemoryBudget
}

export const defaultWriterOptions: WriterOptions = { groupMs: 1000, batchRows: 60_000, pendingRows: 120_000 }

/**
 * A batch of this weight, or with so many characters of texts, is committed with DuckDB's
 * usual memory at once, any other when it did not do with little.
 */
const large = { weight: 60_000, characters: 4_000_000 }

/** The one way rows get into a database: group commit through appenders. */
export interface Writer {
  /**
   * Adds facts to the batch that is committed next, all of them or none.
   * Suspends while too much is waiting; interrupting it then does not take the
   * facts back. After a commit has failed, everything fails with its error.
   */
  readonly record: (crawlId: CrawlId, facts: ReadonlyArray<Fact>) => Effect.Effect<void, StoreError>
  /** Commits all that was recorded before. */
  readonly flush: Effect.Effect<void, StoreError>
  /** Commits all that was recorded before, and leaves little that a copy would find in memory and not in the file. */
  readonly readyToCopy: Effect.Effect<void, StoreError>
  /** Uses the connection between two commits, after all that was recorded before is committed. */
  readonly exclusively: <A>(
    use: (connection: DuckDBConnection) => Effect.Effect<A, StoreError>
  ) => Effect.Effect<A, StoreError>
  /**
   * The same for what only reads, and can be read again: with the little memory, if it does. What it reads is
   * of a whole crawl, which takes half as much again of our heap as the crawl did: room is made before.
   */
  readonly reading: <A>(
    use: (connection: DuckDBConnection) => Effect.Effect<A, StoreError>
  ) => Effect.Effect<A, StoreError>
  /** For what another connection of the database is doing: DuckDB's usual memory where the little one does not do. */
  readonly roomIfNeeded: SpareMemory["roomIfNeeded"]
  /** Another connection copies the database meanwhile: what else takes much memory waits. */
  readonly whileCopied: SpareMemory["whileCopied"]
  /** Grows with every commit and every exclusive use. */
  readonly revision: () => number
}

interface Pending {
  readonly batch: Batch
  readonly committed: Deferred.Deferred<void, StoreError>
}

export const makeWriter = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  identities: Identities,
  options: WriterOptions
): Effect.fn.Return<Writer, StoreError, Scope.Scope> {
  const budget = options.budget ?? memoryBudget
  const memory = options.spare === undefined ? noSpareMemory : yield* makeSpareMemory(connection, options.spare, budget)
  /** What waits is in memory, and DuckDB takes three times as much to commit it. */
  const wait = Effect.suspend(() => Effect.sleep(budget.left() > 0 ? options.groupMs : options.groupMs / 2))
  const appenders = new Map<string, DuckDBAppender>()
  for (const name of tableNames) {
    const appender = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => connection.createAppender(name),
        catch: duckError("cannot open", `Cannot append to ${name}`)
      }),
      (appender) => Effect.sync(() => appender.closeSync())
    )
    appenders.set(name, appender)
  }
  const turn = yield* Semaphore.make(1)
  const some = yield* Latch.make()
  const plenty = yield* Latch.make()
  let failure: StoreError | null = null
  let begun = 0
  let revision = 0

  const pools = makePools()
  const nothing = (): Pending => ({ batch: new Batch(identities, pools), committed: Deferred.makeUnsafe() })
  let pending = nothing()

  /** To be tried again when it has failed: the batch is as it was. */
  const append = async (batch: Batch): Promise<void> => {
    batch.seal()
    await connection.run("BEGIN")
    try {
      await replaceServers(connection, batch)
      for (const name of tableNames) {
        if (batch.rows[name].length > 0) batch.rows[name].appendTo(appenders.get(name)!)
      }
      await connection.run("COMMIT")
    } catch (cause) {
      for (const appender of appenders.values()) appender.clear()
      await connection.run("ROLLBACK").catch(() => undefined)
      throw cause
    }
    for (const name of tableNames) batch.rows[name].release()
  }

  /** Takes the waiting batch and commits it. Not to be interrupted: half a unit would be worse than a late one. */
  const commit = Effect.suspend(() => {
    if (failure !== null) return Effect.fail(failure)
    const { batch, committed } = pending
    if (batch.isEmpty) return Effect.void
    pending = nothing()
    some.closeUnsafe()
    plenty.closeUnsafe()
    const number = ++begun
    const write = Effect.tryPromise({
      try: () => append(batch),
      catch: duckError("write failed", "Cannot write to the database")
    })
    const isLarge = batch.weight >= large.weight || batch.characters >= large.characters
    // A journal beside the database, of what it has to hold after a kill.
    const rows = Object.fromEntries(tableNames.flatMap((name) => batch.rows[name].length === 0 ? [] : [[name, batch.rows[name].length]]))
    return Effect.logDebug(`committing ${number}: ${JSON.stringify(rows)}`).pipe(
      Effect.andThen(isLarge ? memory.withRoom(write) : Effect.ensuring(memory.roomIfNeeded(write), memory.spare)),
      Effect.andThen(memory.checkpointIfDue),
      Effect.tap(() => Effect.logDebug(`committed ${number}`)),
      Effect.tapError((error) => Effect.sync(() => {
        failure = error
      })),
      Effect.tap(() => Effect.sync(() => {
        revision++
      })),
      Effect.onExit((exit) => Deferred.done(committed, exit))
    )
  }).pipe(Effect.uninterruptible)

  const record = Effect.fnUntraced(function*(crawlId: CrawlId, facts: ReadonlyArray<Fact>) {
    if (failure !== null) return yield* failure
    const { batch, committed } = pending
    try {
      batch.add(crawlId, facts)
    } catch (cause) {
      // The batch may hold half a unit now: nothing of it may be committed.
      failure = duckError("write failed", "Cannot store what was found")(cause)
      yield* Deferred.fail(committed, failure)
      return yield* failure
    }
    some.openUnsafe()
    const weight = batch.weight
    if (weight >= options.batchRows) plenty.openUnsafe()
    if (weight >= options.pendingRows) yield* Deferred.await(committed)
  })

  const flush = Semaphore.withPermit(turn, commit)

  // Closing would write the log into the file too, with the little memory that there is.
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.andThen(flush, memory.checkpoint)))
  yield* Effect.forkScoped(
    some.await.pipe(
      Effect.andThen(Effect.raceFirst(wait, plenty.await)),
      Effect.andThen(flush),
      Effect.forever,
      // The error reaches every caller through `failure`.
      Effect.ignore
    )
  )

  const between = <A>(memoryFor: SpareMemory["roomIfNeeded"], use: (connection: DuckDBConnection) => Effect.Effect<A, StoreError>) =>
    Semaphore.withPermit(
      turn,
      Effect.andThen(commit, Effect.suspend(() => {
        revision++
        return Effect.ensuring(memoryFor(use(connection)), Effect.andThen(memory.spare, memory.checkpointIfDue))
      }))
    )

  return {
    record,
    flush,
    readyToCopy: Semaphore.withPermit(turn, Effect.andThen(commit, memory.checkpointBeforeCopy)),
    exclusively: (use) => between(memory.withRoom, use),
    reading: (use) => Effect.andThen(Effect.sync(() => budget.makeRoom(momentary.joining)), between(memory.roomIfNeeded, use)),
    roomIfNeeded: memory.roomIfNeeded,
    whileCopied: memory.whileCopied,
    revision: () => revision
  }
})

const replaceServers = async (connection: DuckDBConnection, batch: Batch): Promise<void> => {
  for (const crawlId of batch.joined.keys()) {
    await connection.run("DELETE FROM server_endpoint WHERE crawl_id = $crawlId", { crawlId })
    await connection.run("DELETE FROM server WHERE crawl_id = $crawlId", { crawlId })
  }
}
