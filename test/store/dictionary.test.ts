import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Database } from "../../src/store/database.ts"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { dictionaryOfDatabase, newestDictionary, nullClauses } from "../../src/store/dictionary.ts"
import { bringUpToDate } from "../../src/store/schema.ts"
import { recordSmallCrawl, recordSmallProbes, temporaryFolder, withStore } from "../support/small-database.ts"

describe("the data dictionary", () => {
  it.effect("has every table, view and column of the schema, each with a meaning, and a level for what a row is", () =>
    Effect.gen(function*() {
      const entries = yield* newestDictionary
      const connection = yield* connect(yield* openForWriting(":memory:"))
      yield* bringUpToDate(connection, ":memory:")
      const reader = yield* run(
        connection,
        "query failed",
        "test",
        `SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal
         UNION ALL SELECT table_name FROM duckdb_tables() WHERE NOT internal
         UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal`
      )
      const names = entries.map(({ column, name }) => column === null ? name : `${name}.${column}`)
      assert.deepStrictEqual(names.toSorted(), reader.getRows().map(([name]) => String(name)).toSorted())
      for (const { column, level, meaning, name, nullMeaning, type } of entries) {
        const what = `${name}.${column ?? ""}`
        assert.isAbove(meaning?.length ?? 0, 4, what)
        assert.isNotNull(level, what)
        assert.strictEqual(type === null, column === null, what)
        if (column === null) assert.notInclude(meaning!, "Level:", what)
        else assert.isAbove(nullMeaning?.length ?? 0, 4, what)
      }
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("of a file is that of the tables in it, a user's own included", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/mine.duckdb`
      yield* withStore(path, () => Effect.void)
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* connect(yield* openForWriting(path))
        yield* run(connection, "write failed", "test", "CREATE TABLE mine (a INTEGER NOT NULL, b VARCHAR)")
      }))
      const entries = yield* dictionaryOfDatabase.pipe(Effect.provide(Database.layer(path)), Effect.provide(NodeServices.layer))
      const nothing = { kind: "table", level: null, meaning: null } as const
      assert.deepStrictEqual(entries.filter(({ name }) => name === "mine"), [
        { ...nothing, name: "mine", column: null, type: null, nullMeaning: null },
        { ...nothing, name: "mine", column: "a", type: "INTEGER", nullMeaning: "Never null." },
        { ...nothing, name: "mine", column: "b", type: "VARCHAR", nullMeaning: "Not known, or there is none." }
      ])
      const newest = yield* Effect.provide(newestDictionary, NodeServices.layer)
      assert.deepStrictEqual(entries.filter(({ name }) => name !== "mine"), newest)
    }))

  it.effect("calls never null only columns of views that are not, and leaves none to the general rule", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/filled.duckdb`
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          yield* recordSmallProbes(store, "mainnet")
        }))
      yield* Effect.gen(function*() {
        const columns = (yield* dictionaryOfDatabase).filter(({ column, kind }) => kind === "view" && column !== null)
        const unsaid = columns.filter(({ nullMeaning }) => nullMeaning === "Not known, or there is none.")
        assert.deepStrictEqual(unsaid.map(({ column, name }) => `${name}.${column}`), [])
        const never = columns.filter(({ nullMeaning }) => nullMeaning?.includes("Never null"))
        assert.isAbove(never.length, 100)
        const database = yield* Database
        for (const [name, of] of Map.groupBy(never, (entry) => entry.name)) {
          const counts = of.map(({ column }) => `count(*) FILTER ("${column}" IS NULL) AS "${column}"`)
          const { rows } = yield* database.query(`SELECT ${counts.join(", ")} FROM ${name}`)
          for (const [column, n] of Object.entries(rows[0]!)) assert.deepStrictEqual([name, column, n], [name, column, 0])
        }
      }).pipe(Effect.provide(Database.layer(path)))
    }).pipe(Effect.provide(NodeServices.layer)))

  it("says of null what the comment says of it", () => {
    assert.strictEqual(nullClauses("Address dialled; null through a proxy, e.g. Tor. Never an announced one."), "Null through a proxy, e.g. Tor.")
    assert.strictEqual(nullClauses("A nullable thing."), null)
  })
})
