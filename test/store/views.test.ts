import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Database } from "../../src/store/database.ts"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { migrate, migrations } from "../../src/store/migrate.ts"
import { bringUpToDate } from "../../src/store/schema.ts"
import { applyViews, hasViews, inOrder, type View, views } from "../../src/store/views.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"

const opened = Effect.fnUntraced(function*(path = ":memory:") {
  const connection = yield* connect(yield* openForWriting(path))
  yield* migrate(connection, path, yield* migrations)
  return connection
})

type Connection = Effect.Success<ReturnType<typeof opened>>

const rowsOf = (connection: Connection, sql: string) =>
  Effect.map(run(connection, "query failed", "test", sql), (reader) => reader.getRowObjectsJson())

const viewsOf = (connection: Connection) =>
  Effect.map(
    rowsOf(connection, "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name"),
    (rows) => rows.map((row) => String(row["view_name"]))
  )

const view = (name: string, select: string): View => ({ name, sql: `CREATE VIEW ${name} AS ${select};` })

describe("views", () => {
  it.effect("are made after those they read, whatever their names", () =>
    Effect.gen(function*() {
      const ordered = yield* inOrder([
        view("a", "SELECT * FROM c JOIN b USING (x)"),
        view("c", "SELECT 1 AS x -- FROM a\n"),
        view("b", "SELECT x FROM c")
      ])
      assert.deepStrictEqual(ordered.map((v) => v.name), ["c", "b", "a"])
    }))

  it.effect("that read each other are refused by name", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(inOrder([view("a", "FROM b"), view("b", "FROM a"), view("c", "SELECT 1 AS x")]))
      assert.include(error.message, "a, b")
      assert.notInclude(error.message, "c,")
    }))

  it.effect("of the package are all in a database, and nothing else is", () =>
    Effect.gen(function*() {
      const connection = yield* opened()
      yield* bringUpToDate(connection, ":memory:")
      assert.deepStrictEqual(yield* viewsOf(connection), (yield* views).map((v) => v.name).toSorted())
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("are made anew when a text changes, and left alone when none did", () =>
    Effect.gen(function*() {
      const connection = yield* opened()
      const first = [view("one", "SELECT 1 AS x"), view("two", "SELECT x FROM one")]
      yield* applyViews(connection, ":memory:", first)
      const appliedAt = rowsOf(connection, "SELECT name, applied_at FROM schema_view ORDER BY name")
      const before = yield* appliedAt
      yield* applyViews(connection, ":memory:", first)
      assert.deepStrictEqual(yield* appliedAt, before)
      const second = [view("one", "SELECT 2 AS x"), first[1]!]
      assert.isFalse(yield* hasViews(connection, second))
      yield* applyViews(connection, ":memory:", second)
      assert.isTrue(yield* hasViews(connection, second))
      assert.deepStrictEqual(yield* rowsOf(connection, "SELECT x FROM two"), [{ x: 2 }])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("that the program no longer has are dropped, those of users are kept", () =>
    Effect.gen(function*() {
      const connection = yield* opened()
      yield* applyViews(connection, ":memory:", [view("one", "SELECT 1 AS x"), view("two", "SELECT 1 AS x")])
      yield* run(connection, "write failed", "test", "CREATE VIEW mine AS SELECT 1 AS x")
      yield* applyViews(connection, ":memory:", [view("one", "SELECT 1 AS x")])
      const names = yield* viewsOf(connection)
      assert.include(names, "one")
      assert.include(names, "mine")
      assert.notInclude(names, "two")
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("are made anew after a migration, also when it changed what they read", () =>
    Effect.gen(function*() {
      const connection = yield* opened()
      const texts = [view("one", "SELECT * FROM publication")]
      yield* applyViews(connection, ":memory:", texts)
      const steps = yield* migrations
      const wider = "ALTER TABLE publication ADD COLUMN remark VARCHAR"
      yield* migrate(connection, ":memory:", [...steps, { version: steps.length + 1, name: "wider", sql: wider }])
      assert.isFalse(yield* hasViews(connection, texts))
      yield* applyViews(connection, ":memory:", texts)
      assert.deepStrictEqual(
        yield* rowsOf(connection, "SELECT column_name FROM duckdb_columns() WHERE table_name = 'one' ORDER BY column_index"),
        [{ column_name: "published_at" }, { column_name: "publisher" }, { column_name: "remark" }]
      )
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("stay as they were when one of the new ones cannot be made", () =>
    Effect.gen(function*() {
      const connection = yield* opened()
      const good = [view("one", "SELECT 1 AS x")]
      yield* applyViews(connection, ":memory:", good)
      const error = yield* Effect.flip(
        applyViews(connection, ":memory:", [view("one", "SELECT 2 AS x"), view("wrong", "SELECT nothing FROM nowhere")])
      )
      assert.strictEqual(error.reason, "migration failed")
      assert.include(error.message, "wrong")
      assert.isTrue(yield* hasViews(connection, good))
      assert.deepStrictEqual(yield* rowsOf(connection, "SELECT x FROM one"), [{ x: 1 }])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("of another version are replaced when a store opens the file; readers then accept it", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/views.duckdb`
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* opened(path)
        yield* applyViews(connection, path, [view("server_metadata", "SELECT 'old' AS host"), view("gone", "SELECT 1 AS x")])
      })).pipe(Effect.provide(NodeServices.layer))
      const read = Effect.flatMap(Database, (database) => database.query("SELECT host, asn FROM server_metadata")).pipe(
        Effect.provide(Database.layer(path)),
        Effect.provide(NodeServices.layer)
      )
      const refused = yield* Effect.flip(read)
      assert.strictEqual(refused.reason, "older schema")
      yield* withStore(path, () => Effect.void)
      assert.deepStrictEqual((yield* read).rows, [])
    }))
})
