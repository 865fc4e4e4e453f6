import { existsSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { QueryAnswer, SqlRefusal } from "../../src/atlas/shapes/query.ts"
import type { SqlLimits } from "../../src/api/sql/wire.ts"
import { type ApiServer, serveForTest } from "../support/api-server.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

interface Console extends ApiServer {
  readonly folder: string
  readonly sql: (sql: string, parameters?: Record<string, unknown>) => Promise<{ status: number; text: string }>
}

const consoleWith = Effect.fnUntraced(function*(sqlLimits: Partial<SqlLimits>) {
  const folder = yield* temporaryFolder
  const db = `${folder}/observatory.duckdb`
  yield* withStore(db, (store) => recordSmallCrawl(store, "mainnet"))
  const server = yield* serveForTest({ db, sqlLimits })
  const console: Console = {
    ...server,
    folder,
    sql: (sql, parameters) =>
      server.ask("/api/v1/sql", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ sql, parameters }) })
  }
  return console
})

class Usual extends Context.Service<Usual, Console>()("test/Usual") {
  static readonly layer = Layer.effect(Usual, consoleWith({})).pipe(Layer.provide(NodeServices.layer))
}

const decodeAnswer = Schema.decodeUnknownSync(QueryAnswer)
const decodeRefusal = Schema.decodeUnknownSync(SqlRefusal)

const refused = (told: { status: number; text: string }) => {
  assert.strictEqual(told.status, 422, told.text)
  return decodeRefusal(JSON.parse(told.text))
}

const answered = (told: { status: number; text: string }) => {
  assert.strictEqual(told.status, 200, told.text)
  return decodeAnswer(JSON.parse(told.text))
}

layer(Usual.layer, { excludeTestServices: true })("SQL of one's own", (it) => {
  it.effect("is answered with columns, types and rows, and takes parameters", () =>
    Effect.gen(function*() {
      const { sql } = yield* Usual
      const told = yield* Effect.promise(() => sql("SELECT count(*) AS n, $word AS word, 9007199254740993 AS big FROM endpoint", { word: "it's" }))
      const answer = answered(told)
      assert.deepStrictEqual(answer.columns, [{ name: "n", type: "BIGINT" }, { name: "word", type: "VARCHAR" }, { name: "big", type: "BIGINT" }])
      assert.deepStrictEqual([answer.rows, answer.truncated], [[[7, "it's", "9007199254740993"]], false])
      assert.strictEqual(answered(yield* Effect.promise(() => sql("SELECT count(*) FROM server_metadata"))).rows[0]![0], 7)
    }))

  it.effect("that is wrong is refused with DuckDB's sentence and the place in the text, counted from 0", () =>
    Effect.gen(function*() {
      const { sql } = yield* Usual
      const at = async (text: string) => refused(await sql(text)).position
      assert.strictEqual(yield* Effect.promise(() => at("SELEC 1")), 0)
      assert.strictEqual(yield* Effect.promise(() => at("SELECT nothing FROM crawl")), 7)
      assert.strictEqual(yield* Effect.promise(() => at("SELECT * FROM nowhere")), 14)
      assert.isNull(yield* Effect.promise(() => at("")))
      assert.match(refused(yield* Effect.promise(() => sql("SELECT $missing"))).message, /\$missing has no value/)
    }))

  it.effect("reads no file, writes nothing, loads nothing, changes no setting, and runs alone", () =>
    Effect.gen(function*() {
      const { ask, folder, sql } = yield* Usual
      const hostile = [
        "COPY crawl TO '@/stolen.csv'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "ATTACH '@/other.duckdb'",
        "ATTACH ':memory:' AS m",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('@/observatory.duckdb')",
        "SELECT * FROM read_json_auto('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'",
        "FROM glob('/*')",
        "SELECT * FROM 'http://127.0.0.1:1/x.parquet'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPORT DATABASE '@/all'",
        "IMPORT DATABASE '@/all'",
        "CREATE TABLE t (a INTEGER)",
        "CREATE TEMP TABLE t (a INTEGER)",
        "CREATE MACRO f() AS 1",
        "INSERT INTO note VALUES (1, 'a', 'b', 'c', now(), 'd')",
        "DELETE FROM crawl",
        "UPDATE crawl SET network = 'x'",
        "DROP TABLE crawl",
        "SET memory_limit = '100GB'",
        "RESET memory_limit",
        "PRAGMA memory_limit='100GB'",
        "SET enable_external_access = true",
        "CALL pragma_version()",
        "CREATE SECRET s (TYPE s3)",
        "SELECT * FROM duckdb_secrets()",
        "BEGIN",
        "CHECKPOINT",
        "VACUUM",
        "EXPLAIN ANALYZE SELECT 1",
        "PREPARE p AS SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE crawl",
        "/* nothing */ -- at all"
      ]
      for (const text of hostile) {
        const { message } = refused(yield* Effect.promise(() => sql(text.replace("@", folder))))
        assert.isAbove(message.length, 10, text)
        assert.notMatch(message, /\bat [^ ]+ \(|node_modules/, text)
      }
      for (const name of ["stolen.csv", "other.duckdb", "all"]) assert.isFalse(existsSync(`${folder}/${name}`), name)
      assert.strictEqual((yield* Effect.promise(() => ask("/api/v1/crawls"))).status, 200)
    }))

  it.effect("does not show where the file lies", () =>
    Effect.gen(function*() {
      const { folder, sql } = yield* Usual
      for (const text of ["FROM duckdb_databases()", "PRAGMA database_list", "FROM duckdb_settings()", "SELECT current_setting('allowed_paths')", "SELECT error(path) FROM duckdb_databases()"]) {
        const told = yield* Effect.promise(() => sql(text))
        assert.notInclude(told.text, folder, text)
      }
    }))

  it.effect("gets no more rows, characters and text than allowed, and says that there was more", () =>
    Effect.gen(function*() {
      const { sql } = yield* Usual
      const many = answered(yield* Effect.promise(() => sql("FROM range(20000)")))
      assert.deepStrictEqual([many.rows.length, many.truncated, many.maxRows], [10_000, true, 10_000])
      const exactly = answered(yield* Effect.promise(() => sql("FROM range(10000)")))
      assert.deepStrictEqual([exactly.rows.length, exactly.truncated], [10_000, false])
      const wide = yield* Effect.promise(() => sql("SELECT repeat('x', 100000) FROM range(1000)"))
      assert.isTrue(answered(wide).truncated)
      assert.isBelow(wide.text.length, 4.1 * 1024 * 1024)
      assert.deepStrictEqual(answered(yield* Effect.promise(() => sql("SELECT repeat('x', 5000000)"))).rows, [])
      assert.match(refused(yield* Effect.promise(() => sql(`SELECT 1 -- ${"x".repeat(20_000)}`))).message, /20,000 characters/)
    }))
})

layer(NodeServices.layer, { excludeTestServices: true })("SQL that takes too much", (it) => {
  it.effect("time is stopped, and the next query runs", () =>
    Effect.gen(function*() {
      const { sql } = yield* consoleWith({ timeoutMs: 400, atATime: 1 })
      for (const text of ["SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 9", "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r"]) {
        assert.match(refused(yield* Effect.promise(() => sql(text))).message, /longer than 0\.4 s and was stopped/, text)
        assert.deepStrictEqual(answered(yield* Effect.promise(() => sql("SELECT 1"))).rows, [[1]])
      }
    }))

  it.effect("and does not stop when told to loses its process, and the next query gets another", () =>
    Effect.gen(function*() {
      // It gets no time to stop.
      const { sql } = yield* consoleWith({ timeoutMs: 300, graceMs: 1, atATime: 1 })
      const text = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 9"
      assert.match(refused(yield* Effect.promise(() => sql(text))).message, /was stopped/)
      assert.deepStrictEqual(answered(yield* Effect.promise(() => sql("SELECT 1"))).rows, [[1]])
    }))

  it.effect("memory is refused, and where it takes the process with it another one comes", () =>
    Effect.gen(function*() {
      const { sql } = yield* consoleWith({ memoryLimit: "64MB", atATime: 1 })
      const told = yield* Effect.promise(() => sql("SELECT list(range) FROM range(100000000)"))
      assert.match(refused(told).message, /more than 64MB of memory/)
      assert.deepStrictEqual(answered(yield* Effect.promise(() => sql("SELECT 1"))).rows, [[1]])
      // DuckDB has room for this and V8 has not: it dies of it, or is busy clearing up until it is killed.
      const roomy = yield* consoleWith({ atATime: 1, timeoutMs: 2_000, graceMs: 100 })
      assert.match(refused(yield* Effect.promise(() => roomy.sql("SELECT range(30000000)"))).message, /ended the process it ran in|was stopped/)
      assert.deepStrictEqual(answered(yield* Effect.promise(() => roomy.sql("SELECT 1"))).rows, [[1]])
    }))

  it.effect("turns is told to come later, and those who wait are all answered", () =>
    Effect.gen(function*() {
      const { sql } = yield* consoleWith({ timeoutMs: 2_000, atATime: 1, waiting: 3 })
      const slow = sql("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 9")
      const others = yield* Effect.promise(() => Promise.all(Array.from({ length: 8 }, () => sql("SELECT 1"))))
      const statuses = others.map(({ status }) => status).toSorted()
      assert.strictEqual(refused(yield* Effect.promise(() => slow)).position, null)
      assert.deepStrictEqual(new Set(statuses), new Set([200, 503]))
      assert.isAtLeast(statuses.filter((status) => status === 200).length, 3)
    }))
})
