import { statSync } from "node:fs"
import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect } from "effect"
import { literal, run } from "./duckdb.ts"
import type { StoreError } from "./store-error.ts"

const mebibyte = 2 ** 20

/**
 * What DuckDB may keep in memory while rows are only appended: 32 MiB, and for indexes an
 * eighth of the file, up to 128. Otherwise it would keep whatever it has read for a snapshot, up to
 * four fifths of the machine. What does not fit goes to a folder beside the file.
 */
const spareMebibytes = (fileBytes: number): number => Math.min(128, 32 + Math.ceil(fileBytes / (8 * mebibyte)))

/** A log of so many bytes is written into the file. As DuckDB by itself: what a checkpoint needs grows with the log, and so does the time to open the file after a kill. */
const longLog = 16 * mebibyte

/** While the database is copied, which takes memory too, so much longer a log may become. */
const moreWhileCopied = 4

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
  /** The database is copied meanwhile: checkpoints wait, unless the log becomes far too long. */
  readonly whileCopied: <A, E, R>(copy: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Writes the log into the file, with DuckDB's usual memory, where it is long. Between two commits. A failure is logged: nothing is lost by it. */
  readonly checkpointIfDue: Effect.Effect<void>
  /** The same wherever there is a log, so that closing the file need not. */
  readonly checkpoint: Effect.Effect<void>
}

/** Of a database in memory, to which nothing of this applies. */
export const noSpareMemory: SpareMemory = {
  spare: Effect.void,
  withRoom: (use) => use,
  whileCopied: (copy) => copy,
  checkpointIfDue: Effect.void,
  checkpoint: Effect.void
}

/** Bytes of a file, 0 where there is none. Opens nothing, see `makePublisher`. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

export const makeSpareMemory = Effect.fnUntraced(function*(connection: DuckDBConnection): Effect.fn.Return<SpareMemory, StoreError> {
  const command = (sql: string) => run(connection, "write failed", "Cannot limit memory", sql)
  const [path, usual] = (yield* command(
    "SELECT (SELECT path FROM duckdb_databases() WHERE database_name = current_database()), current_setting('memory_limit')"
  )).getRows()[0]!.map(String) as [string, string]
  yield* command(spareBuffer)
  yield* command(checkpointsApart)
  let copies = 0
  let rooms = 0

  /** A limit that cannot be set now, because more is in use, is no reason to fail: it is set again after the next use. */
  const limit = (memory: string) => Effect.ignore(command(`SET memory_limit = ${literal(memory)}`))
  const spare = Effect.suspend(() => limit(rooms > 0 ? usual : `${spareMebibytes(sizeOf(path))}MiB`))
  // Not by RESET, which changes what the setting says and leaves the limit (1.5.5).
  const withRoom: SpareMemory["withRoom"] = (use) =>
    Effect.acquireUseRelease(
      Effect.suspend(() => {
        rooms++
        return limit(usual)
      }),
      () => use,
      () => Effect.suspend(() => {
        rooms--
        return spare
      })
    )
  const checkpoint = Effect.suspend(() =>
    sizeOf(`${path}.wal`) === 0 ? Effect.void : withRoom(run(connection, "write failed", "Cannot write the log into the database", "CHECKPOINT")).pipe(
      Effect.catch(({ message }) => Effect.logWarning(message)),
      Effect.asVoid
    )
  )
  yield* spare
  return {
    spare,
    withRoom,
    whileCopied: (copy) =>
      Effect.acquireUseRelease(Effect.sync(() => copies++), () => copy, () => Effect.sync(() => copies--)),
    checkpointIfDue: Effect.suspend(() =>
      sizeOf(`${path}.wal`) < (copies > 0 ? moreWhileCopied : 1) * longLog ? Effect.void : checkpoint
    ),
    checkpoint
  }
})
