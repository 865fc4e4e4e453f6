import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { type Migration, migrate, migrations, schemaVersion } from "../../src/store/migrate.ts"
import { bringUpToDate } from "../../src/store/schema.ts"
import { tableNames, tables } from "../../src/store/tables.ts"
import { temporaryFolder } from "../support/small-database.ts"

/** A database at a version of the schema, open. */
const atVersion = Effect.fnUntraced(function*(path: string, steps: ReadonlyArray<Migration>) {
  const connection = yield* connect(yield* openForWriting(path))
  yield* migrate(connection, path, steps)
  return connection
})

const rowsOf = (connection: Effect.Success<ReturnType<typeof atVersion>>, sql: string) =>
  Effect.map(run(connection, "query failed", "test", sql), (reader) => reader.getRowObjectsJson())

/** From the empty file to the newest. */
const earlierVersions = [
  0,
  ...readdirSync(new URL("../../src/store/migrations", import.meta.url)).filter((name) => name.endsWith(".sql")).map((_, i) => i + 1)
]

const folder = mkdtempSync(join(tmpdir(), "observatory-migrations-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newestVersion = earlierVersions.at(-1)!

const fileOf = (version: number): string => join(folder, `from-${version}.duckdb`)

/** A copy of the newest file, open. */
const newest = Effect.gen(function*() {
  const path = `${yield* temporaryFolder}/newest.duckdb`
  copyFileSync(fileOf(newestVersion), path)
  return yield* connect(yield* openForWriting(path))
})

/** A file of each version, each made from a copy of the one before; the first that can hold an endpoint gets one. */
const makeFiles = Effect.gen(function*() {
  const steps = yield* migrations
  for (const version of earlierVersions) {
    if (version > 0) copyFileSync(fileOf(version - 1), fileOf(version))
    yield* Effect.scoped(Effect.gen(function*() {
      const connection = yield* atVersion(fileOf(version), steps.slice(0, version))
      if (version !== 1) return
      yield* run(
        connection,
        "write failed",
        "test",
        "INSERT INTO endpoint VALUES (1, 'a.example.org', 50002, 'tls', 'name', 'a.example.org:50002:s')"
      )
    }))
  }
})

/** All columns of tables and views with type, place and comment. */
const schemaOf = (connection: Effect.Success<ReturnType<typeof atVersion>>) =>
  rowsOf(
    connection,
    `SELECT table_name, column_index, column_name, data_type, comment FROM duckdb_columns()
     WHERE NOT internal ORDER BY table_name, column_index`
  )

let known: Effect.Success<ReturnType<typeof schemaOf>> | undefined

/** What an empty file becomes, worked out once. */
const newestSchema = Effect.gen(function*() {
  if (known !== undefined) return known
  const connection = yield* connect(yield* openForWriting(":memory:"))
  yield* bringUpToDate(connection, ":memory:")
  return known = yield* schemaOf(connection)
}).pipe(Effect.scoped)

describe("migrations", () => {
  beforeAll(() => Effect.runPromise(Effect.provide(makeFiles, NodeServices.layer)))

  it.effect("explain with the views every table, view and column, and say which level a row counts", () =>
    Effect.gen(function*() {
      const connection = yield* newest
      yield* bringUpToDate(connection, "newest")
      const things = yield* rowsOf(
        connection,
        `SELECT table_name AS name, comment FROM duckdb_tables() WHERE NOT internal
         UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY name`
      )
      assert.isAbove(things.length, 20)
      for (const { comment, name } of things) assert.match(String(comment), /Level: [a-z]/, String(name))
      const bare = yield* rowsOf(
        connection,
        `SELECT table_name || '.' || column_name AS name FROM duckdb_columns()
         WHERE NOT internal AND (comment IS NULL OR length(comment) < 5)`
      )
      assert.deepStrictEqual(bare, [])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("make the tables that the writer appends to, column by column", () =>
    Effect.gen(function*() {
      const connection = yield* newest
      for (const name of tableNames) {
        const columns = yield* rowsOf(
          connection,
          `SELECT column_name AS name, data_type AS type FROM duckdb_columns()
           WHERE table_name = '${name}' AND NOT internal ORDER BY column_index`
        )
        assert.deepStrictEqual(
          columns.map((c) => `${String(c["name"])} ${String(c["type"]).replace("JSON", "VARCHAR")}`),
          Object.entries(tables[name]).map(([column, type]) => `${column} ${type.toString()}`),
          name
        )
      }
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("have all time columns in one type", () =>
    Effect.gen(function*() {
      const connection = yield* newest
      const types = yield* rowsOf(
        connection,
        "SELECT DISTINCT data_type AS type FROM duckdb_columns() WHERE NOT internal AND data_type LIKE 'TIMESTAMP%'"
      )
      assert.deepStrictEqual(types, [{ type: "TIMESTAMP" }])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect.each(earlierVersions)("lead from version %i to the newest tables and views, and lose no row", (version) =>
    Effect.gen(function*() {
      const steps = yield* migrations
      assert.strictEqual(newestVersion, steps.length)
      const expected = yield* newestSchema
      assert.isAbove(expected.length, 200)
      const path = fileOf(version)
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* connect(yield* openForWriting(path))
        assert.strictEqual(yield* schemaVersion(connection), version)
        yield* bringUpToDate(connection, path)
        assert.strictEqual(yield* schemaVersion(connection), steps.length)
        assert.deepStrictEqual(yield* schemaOf(connection), expected)
        const kept = yield* rowsOf(connection, "SELECT host FROM endpoint")
        assert.deepStrictEqual(kept, version > 0 ? [{ host: "a.example.org" }] : [])
        yield* rowsOf(connection, "SELECT * FROM server_summary")
        const applied = yield* rowsOf(connection, "SELECT version FROM schema_version ORDER BY version")
        assert.deepStrictEqual(applied.map((r) => r["version"]), steps.map((s) => s.version))
      }))
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("refuse the file of a newer version with a sentence and leave it as it is", () =>
    Effect.gen(function*() {
      const steps = yield* migrations
      const path = `${yield* temporaryFolder}/newer.duckdb`
      const future = { version: steps.length + 1, name: "future", sql: "CREATE TABLE future (a INTEGER)" }
      copyFileSync(fileOf(newestVersion), path)
      yield* Effect.scoped(atVersion(path, [...steps, future]))
      const error = yield* Effect.flip(Effect.scoped(atVersion(path, steps)))
      assert.strictEqual(error.reason, "newer schema")
      assert.include(error.message, "newer version of this program")
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* connect(yield* openForWriting(path))
        assert.strictEqual(yield* schemaVersion(connection), steps.length + 1)
      }))
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("leave the last good version when one fails half-way", () =>
    Effect.gen(function*() {
      const steps = yield* migrations
      const path = `${yield* temporaryFolder}/broken.duckdb`
      const broken = { version: steps.length + 1, name: "broken", sql: "CREATE TABLE half (a INTEGER); CREATE NONSENSE" }
      copyFileSync(fileOf(newestVersion - 2), path)
      const error = yield* Effect.flip(Effect.scoped(atVersion(path, [...steps, broken])))
      assert.strictEqual(error.reason, "migration failed")
      assert.include(error.message, "broken")
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* atVersion(path, steps)
        assert.deepStrictEqual(yield* rowsOf(connection, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'half'"), [])
      }))
    }).pipe(Effect.provide(NodeServices.layer)))
})
