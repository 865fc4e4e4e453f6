import { randomUUID } from "node:crypto"
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { connect, openForWriting } from "../../src/store/duckdb.ts"
import { beginWithShipped, makeEmptyDatabase } from "../../src/store/empty-database.ts"
import { bringUpToDate } from "../../src/store/schema.ts"
import { queryFile } from "../support/duck.ts"
import { temporaryFolder } from "../support/small-database.ts"

/** All that a schema says, whoever made it. */
const schemaOf = (path: string) =>
  Effect.promise(async () => ({
    tables: await queryFile(path, "SELECT table_name, comment, sql FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"),
    views: await queryFile(path, "SELECT view_name, comment, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL"),
    columns: await queryFile(path, "SELECT table_name, column_name, column_index, data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"),
    keys: await queryFile(path, "SELECT table_name, constraint_text FROM duckdb_constraints() ORDER BY ALL"),
    applied: await queryFile(path, "SELECT version, name FROM schema_version ORDER BY ALL"),
    made: await queryFile(path, "SELECT name, sha256, schema_version FROM schema_view ORDER BY ALL")
  }))

const migrated = (path: string) =>
  Effect.scoped(Effect.flatMap(Effect.flatMap(openForWriting(path), connect), (connection) => bringUpToDate(connection, path)))

describe("a database that begins with the empty one of the bundle", () => {
  it.live("has the schema that migrations and views make", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      yield* makeEmptyDatabase(`${folder}/empty.duckdb`)
      yield* beginWithShipped(`${folder}/begun.duckdb`, `${folder}/empty.duckdb`)
      yield* migrated(`${folder}/made.duckdb`)
      const begun = yield* schemaOf(`${folder}/begun.duckdb`)
      assert.isAbove(begun.columns.length, 500)
      assert.deepStrictEqual(begun, yield* schemaOf(`${folder}/made.duckdb`))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 30_000)

  it.live("is open to whom the user's new files are, not to whom the bundle is", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const shipped = `${folder}/empty.duckdb`
      writeFileSync(shipped, "shipped")
      writeFileSync(`${folder}/usual`, "")
      for (const mode of [0o777, 0o444]) {
        chmodSync(shipped, mode)
        yield* beginWithShipped(`${folder}/${mode}.duckdb`, shipped)
        assert.strictEqual(statSync(`${folder}/${mode}.duckdb`).mode, statSync(`${folder}/usual`).mode)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.live("is left alone where there is a file already, or a journal of one, and is not there without the bundle's", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const shipped = `${folder}/empty.duckdb`
      writeFileSync(shipped, "shipped")
      writeFileSync(`${folder}/mine.duckdb`, "mine")
      writeFileSync(`${folder}/lost.duckdb.wal`, "a journal")
      for (const name of ["mine", "lost", "new"]) yield* beginWithShipped(`${folder}/${name}.duckdb`, shipped)
      yield* beginWithShipped(`${folder}/none.duckdb`, `${folder}/${randomUUID()}`)
      const contents = ["mine", "lost", "new", "none"].map((name) => {
        try {
          return readFileSync(`${folder}/${name}.duckdb`, "utf8")
        } catch {
          return null
        }
      })
      assert.deepStrictEqual(contents, ["mine", null, "shipped", null])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
})
