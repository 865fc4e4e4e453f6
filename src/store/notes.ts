import { Clock, Context, Effect, type FileSystem, Layer, Schema } from "effect"
import { Database } from "./database.ts"
import { connect, openForWriting, run } from "./duckdb.ts"
import { requireFile } from "./open-database.ts"
import { readRows } from "./read-rows.ts"
import { bringUpToDate } from "./schema.ts"
import { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"

const Note = Schema.Struct({
  noteId: Schema.Int,
  network: Schema.String,
  host: Schema.String,
  author: Schema.String,
  writtenAt: Schema.String,
  text: Schema.String
})
/** One row of table `note`; `writtenAt` is ISO 8601, UTC. */
export type Note = typeof Note.Type

const columns = "note_id AS \"noteId\", network, host, author, written_at AS \"writtenAt\", text"

/** The notes of a database, oldest first. */
export const readNotes: Effect.Effect<ReadonlyArray<Note>, StoreError, Database> = Effect.flatMap(
  Database,
  (database) => database.rows(Note, `SELECT ${columns} FROM note ORDER BY written_at, note_id`)
)

/** The notes about a server of a crawl, by its hosts. */
export const readNotesOf = (crawlId: number, hosts: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Note>, StoreError, Database> =>
  Effect.flatMap(Database, (database) =>
    Effect.map(
      database.rows(
        Note,
        `SELECT ${columns} FROM note WHERE network = (SELECT network FROM crawl WHERE crawl_id = $crawlId) ORDER BY written_at, note_id`,
        { crawlId }
      ),
      (notes) => notes.filter(({ host }) => hosts.includes(host))
    ))

const HostRow = Schema.Struct({ network: Schema.String })

/** The networks in which a host was ever named. */
export const networksOfHost = (host: string): Effect.Effect<ReadonlyArray<string>, StoreError, Database> =>
  Effect.flatMap(Database, (database) =>
    Effect.map(
      database.rows(HostRow, "SELECT DISTINCT network FROM crawl_endpoint WHERE host = $host ORDER BY network", { host }),
      (rows) => rows.map(({ network }) => network)
    ))

/** Writes notes. It holds the database while its scope lasts, so that scope should be short. */
export class NoteBook extends Context.Service<NoteBook, {
  readonly add: (note: Pick<Note, "network" | "host" | "author" | "text">) => Effect.Effect<Note, StoreError>
  /** Fails with `not found` where there is no such note. */
  readonly remove: (noteId: number) => Effect.Effect<void, StoreError>
}>()("electrum-observatory/NoteBook") {
  /** Fails with `locked` while a crawl or an analysis writes to the file. */
  static readonly layer = (path: string): Layer.Layer<NoteBook, StoreError, FileSystem.FileSystem> =>
    Layer.effect(NoteBook, makeNoteBook(path))
}

const makeNoteBook = Effect.fnUntraced(function*(path: string) {
  yield* requireFile(path)
  const instance = yield* openForWriting(path).pipe(Effect.mapError((error) =>
    error.reason === "locked"
      ? new StoreError({ reason: "locked", message: `${error.message} A note can be written when it has ended.`, cause: error })
      : error
  ))
  const connection = yield* connect(instance)
  yield* bringUpToDate(connection, path)
  return NoteBook.of({
    add: Effect.fn("NoteBook.add")(function*(note) {
      const written = yield* readRows(
        connection,
        Note,
        `INSERT INTO note SELECT coalesce(max(note_id), 0) + 1, $network, $host, $author, $at, $text FROM note RETURNING ${columns}`,
        { ...note, at: timestamp(yield* Clock.currentTimeMillis) }
      )
      return written[0]!
    }),
    remove: Effect.fn("NoteBook.remove")(function*(noteId) {
      const removed = yield* run(connection, "write failed", "Cannot remove the note", "DELETE FROM note WHERE note_id = $noteId RETURNING note_id", { noteId })
      if (removed.currentRowCount === 0) {
        return yield* new StoreError({ reason: "not found", message: `There is no note ${noteId}.` })
      }
    })
  })
})
