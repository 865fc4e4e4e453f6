import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect } from "effect"
import { mebibyte } from "../domain/bytes.ts"
import { sizeOf } from "./disk-room.ts"
import { isOutOfMemory, literal, run } from "./duckdb.ts"
import { type MemoryBudget, momentary } from "./memory-budget.ts"
import type { StoreError } from "./store-error.ts"

/** What DuckDB has beyond the least while the process is small: so much more makes it quicker. */
const roomyMebibytes = 40

/**
 * What DuckDB may keep in memory while rows are only appended: 24 MiB, and for indexes an
 * eighth of the file, up to 128; more where the memory budget has some left. Otherwise it would keep
 * whatever it has read for a snapshot, up to four fifths of the machine. What does not fit goes to a folder beside the file.
 */
const spareMebibytes = (fileBytes: number, left: number): number =>
  Math.min(128, 24 + Math.ceil(fileBytes / (8 * mebibyte))) + Math.min(roomyMebibytes, Math.floor(left / mebibyte))

/** What a copy has beside it: with less it writes to that folder and reads back what it will need again. */
const forCopy = 12

/** How often what is free goes back to the system while the database is copied or its log written into it. */
const betweenSparings = "100 millis"

/** What is tried where that does not do, before DuckDB's usual memory, which is most of the machine's. */
const someMebibytes = 96

/** A log of so many bytes is written into the file. What a checkpoint needs grows with the log, and so does the time to open the file after a kill. */
const longLog = 8 * mebibyte

/** So long a log is written into the file before the database is copied: its rows are in memory, where there is little for the copy. */
const someLog = 2 * mebibyte

/** While the database is copied, which takes memory too, so much longer a log may become. */
const moreWhileCopied = 8

/**
 * No commit writes a checkpoint by itself: it would with the little memory that there is just
 * then, and a checkpoint that fails for want of memory leaves DuckDB of no use until the file is opened again.
 */
const checkpointsApart = "SET checkpoint_threshold = '1TB'"

/** Rows are written out as soon as a row group is full. */
const spareBuffer = "SET write_buffer_row_group_count = 1"

/** How much memory DuckDB has for a database that one process writes. */
export interface SpareMemory {
  /** Little memory again, and what is free goes back to the system. */
  readonly spare: Effect.Effect<void>
  /** DuckDB's usual memory for a while. */
  readonly withRoom: <A, E, R>(use: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** The little memory, and where that does not do some more, and then the usual one; for what can be done again. */
  readonly roomIfNeeded: <A, R>(use: Effect.Effect<A, StoreError, R>) => Effect.Effect<A, StoreError, R>
  /** The database is copied meanwhile: checkpoints wait, unless the log becomes far too long. */
  readonly whileCopied: <A, E, R>(copy: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Writes the log into the file, with DuckDB's usual memory, where it is long. Between two commits. A failure is logged: nothing is lost by it. */
  readonly checkpointIfDue: Effect.Effect<void>
  /** The same where the log is of some length, before a copy. */
  readonly checkpointBeforeCopy: Effect.Effect<void>
  /** The same wherever there is a log, so that closing the file need not. */
  readonly checkpoint: Effect.Effect<void>
}

/** Of a database in memory, to which nothing of this applies. */
export const noSpareMemory: SpareMemory = {
  spare: Effect.void,
  withRoom: (use) => use,
  roomIfNeeded: (use) => use,
  whileCopied: (copy) => copy,
  checkpointIfDue: Effect.void,
  checkpointBeforeCopy: Effect.void,
  checkpoint: Effect.void
}

/**
 * @param connection the one that writes
 * @param settings one that nobody else uses, so that limits are set also while the other is at work
 * @param budget what the whole process may take
 */
export const makeSpareMemory = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  settings: DuckDBConnection,
  budget: MemoryBudget
): Effect.fn.Return<SpareMemory, StoreError> {
  const command = (sql: string) => run(settings, "write failed", "Cannot limit memory", sql)
  const [path, usual] = (yield* command(
    "SELECT (SELECT path FROM duckdb_databases() WHERE database_name = current_database()), current_setting('memory_limit')"
  )).getRows()[0]!.map(String) as [string, string]
  yield* command(spareBuffer)
  yield* command(checkpointsApart)
  let copies = 0
  /** How many use more memory now: some, or DuckDB's usual. */
  const rooms = { some: 0, usual: 0 }

  /** A limit that cannot be set now, because more is in use, is no reason to fail: it is set again after the next use. */
  const limit = (memory: string) => Effect.uninterruptible(Effect.ignore(command(`SET memory_limit = ${literal(memory)}`)))
  const spare = Effect.suspend(() =>
    limit(
      rooms.usual > 0
        ? usual
        : `${rooms.some > 0 ? someMebibytes : spareMebibytes(sizeOf(path), budget.left()) + (copies > 0 ? forCopy : 0)}MiB`
    )
  )
  // Not by RESET, which changes what the setting says and leaves the limit (1.5.5).
  const meanwhile = <A, E, R>(begin: () => void, use: Effect.Effect<A, E, R>, end: () => void): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(Effect.andThen(Effect.sync(begin), spare), () => use, () => Effect.andThen(Effect.sync(end), spare))
  /** What large statements have used goes back to the system while they run; DuckDB and the C library would keep it until they end. */
  const sparing = <A, E, R>(use: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.raceFirst(use, Effect.forever(Effect.delay(spare, betweenSparings)))
  const withRoom: SpareMemory["withRoom"] = (use) => meanwhile(() => rooms.usual++, use, () => rooms.usual--)
  const withSome: SpareMemory["withRoom"] = (use) => meanwhile(() => rooms.some++, use, () => rooms.some--)
  const checkpointFrom = (bytes: () => number) => Effect.suspend(() =>
    sizeOf(`${path}.wal`) < bytes() ? Effect.void : Effect.andThen(
      Effect.sync(() => budget.makeRoom(momentary.checkpoint)),
      withRoom(sparing(run(connection, "write failed", "Cannot write the log into the database", "CHECKPOINT")))
    ).pipe(
      Effect.catch(({ message }) => Effect.logWarning(message)),
      Effect.asVoid
    )
  )
  yield* spare
  return {
    spare,
    withRoom,
    roomIfNeeded: (use) => use.pipe(
      Effect.catchIf(isOutOfMemory, () => withSome(use)),
      Effect.catchIf(isOutOfMemory, () => withRoom(use))
    ),
    whileCopied: (copy) =>
      Effect.andThen(
        Effect.sync(() => budget.makeRoom(momentary.copy)),
        meanwhile(() => copies++, sparing(copy), () => copies--)
      ),
    checkpointIfDue: checkpointFrom(() => (copies > 0 ? moreWhileCopied : 1) * longLog),
    checkpointBeforeCopy: checkpointFrom(() => someLog),
    checkpoint: checkpointFrom(() => 1)
  }
})
