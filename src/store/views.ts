import type { DuckDBConnection } from "@duckdb/node-api"
import { Clock, Effect, type FileSystem, Schema } from "effect"
import { sha256Hex } from "../domain/sha256.ts"
import { identifier, run } from "./duckdb.ts"
import { schemaVersion } from "./migrate.ts"
import { packageFiles } from "./package-files.ts"
import { readRows } from "./read-rows.ts"
import { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"

/** A view as its file defines it: CREATE VIEW, then its comments. */
export interface View {
  readonly name: string
  readonly sql: string
}

const broken = (message: string): StoreError => new StoreError({ reason: "migration failed", message })

/** Views that a text reads: what follows FROM or JOIN and is a view. */
const readBy = (sql: string): ReadonlySet<string> =>
  new Set([...sql.replace(/--.*/g, "").matchAll(/\b(?:FROM|JOIN)\s+(\w+)/g)].map((match) => match[1]!))

/** Every view after those it reads; by name where that leaves a choice. */
export const inOrder = (views: ReadonlyArray<View>): Effect.Effect<ReadonlyArray<View>, StoreError> => {
  const ordered: Array<View> = []
  let waiting = views.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((view) => ({ view, reads: readBy(view.sql) }))
  while (waiting.length > 0) {
    const next = waiting.find(({ reads, view }) =>
      waiting.every((other) => other.view === view || !reads.has(other.view.name)))
    if (next === undefined) {
      return Effect.fail(broken(`Views read each other: ${waiting.map(({ view }) => view.name).join(", ")}.`))
    }
    ordered.push(next.view)
    waiting = waiting.filter((w) => w !== next)
  }
  return Effect.succeed(ordered)
}

/** All views that ship with the package, in the order in which they can be made. */
export const views: Effect.Effect<ReadonlyArray<View>, StoreError, FileSystem.FileSystem> = Effect.gen(function*() {
  const files = yield* packageFiles("src/store/views", ".sql")
  const read = yield* Effect.forEach(files, ({ name, text }) => {
    const made = /^(?:--.*\n|\s*\n)*CREATE VIEW (\w+) AS\s/.exec(text)?.[1]
    return made !== undefined && name === `${made}.sql`
      ? Effect.succeed<View>({ name: made, sql: text })
      : Effect.fail(broken(`View file ${name} does not begin with CREATE VIEW and its own name.`))
  })
  return yield* inOrder(read)
})

const ViewRow = Schema.Struct({ name: Schema.String, sha256: Schema.String, schema_version: Schema.Int })

/** Whether a file's views were made from these texts, for the tables it has now. */
export const hasViews = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  views: ReadonlyArray<View>
): Effect.fn.Return<boolean, StoreError> {
  const version = yield* schemaVersion(connection)
  const rows = yield* readRows(connection, ViewRow, "SELECT name, sha256, schema_version FROM schema_view")
  const applied = new Map(rows.map((row) => [row.name, row]))
  return applied.size === views.length && views.every(({ name, sql }) => {
    const row = applied.get(name)
    return row !== undefined && row.schema_version === version && row.sha256 === sha256Hex(sql)
  })
})

/**
 * Makes all views anew in one transaction unless they are as given. Views that
 * the program made once and no longer has are dropped, others left alone.
 */
export const applyViews = Effect.fn("applyViews")(function*(
  connection: DuckDBConnection,
  path: string,
  views: ReadonlyArray<View>
): Effect.fn.Return<void, StoreError> {
  if (yield* hasViews(connection, views)) return
  const version = yield* schemaVersion(connection)
  const applied_at = timestamp(yield* Clock.currentTimeMillis)
  const command = (doing: string, sql: string, parameters?: Parameters<typeof run>[4]) =>
    run(connection, "migration failed", `${doing} of ${path} failed`, sql, parameters)
  const made = yield* command("Reading the views", "SELECT name FROM schema_view")
  const names = new Set([...made.getRows().map(([name]) => String(name)), ...views.map(({ name }) => name)])
  const makeAnew = Effect.gen(function*() {
    for (const name of names) yield* command(`Dropping view ${name}`, `DROP VIEW IF EXISTS ${identifier(name)}`)
    yield* command("Making the views", "DELETE FROM schema_view")
    for (const { name, sql } of views) {
      yield* command(`Making view ${name}`, sql)
      yield* command(
        `Making view ${name}`,
        "INSERT INTO schema_view VALUES ($name, $sha256, $version, $applied_at)",
        { name, sha256: sha256Hex(sql), version, applied_at }
      )
    }
  })
  yield* command("Making the views", "BEGIN")
  yield* makeAnew.pipe(
    Effect.andThen(command("Making the views", "COMMIT")),
    Effect.onError(() => Effect.ignore(command("Making the views", "ROLLBACK")))
  )
}, Effect.uninterruptible)
