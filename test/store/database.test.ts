import { writeFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Schema } from "effect"
import { AnalysisStore, Database } from "../../src/store/database.ts"
import { connect, openForWriting } from "../../src/store/duckdb.ts"
import { migrate, migrations } from "../../src/store/migrate.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const smallDatabase = Effect.gen(function*() {
  const path = `${yield* temporaryFolder}/small.duckdb`
  yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
  return path
})

const reader = (path: string) => Layer.provideMerge(Database.layer(path), NodeServices.layer)
const analysis = (path: string) => Layer.provideMerge(AnalysisStore.layer(path), NodeServices.layer)

const query: Database["Service"]["query"] = (sql, parameters, options) =>
  Effect.flatMap(Database, (database) => database.query(sql, parameters, options)) as never

describe("Database", () => {
  it.effect("gives values as JavaScript has them, with the types of their columns", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      const result = yield* query(`SELECT 1::BIGINT AS small, 9007199254740993::BIGINT AS big, 12345678901234567890::HUGEINT AS huge,
        0.5 AS half, 1.5::DOUBLE AS double, TIMESTAMP '2026-01-02 03:04:05.678' AS at, DATE '2026-01-02' AS day, ['a', NULL] AS list,
        {a: 1, b: [TIMESTAMP '2026-01-02']} AS struct, true AS yes, NULL AS nothing, 'x'::BLOB AS blob, 'text' AS text, 'text' AS text`).pipe(
        Effect.provide(reader(path))
      )
      assert.deepStrictEqual(result.rows, [{
        small: 1,
        big: "9007199254740993",
        huge: "12345678901234567890",
        half: 0.5,
        double: 1.5,
        at: "2026-01-02T03:04:05.678Z",
        day: "2026-01-02",
        list: ["a", null],
        struct: { a: 1, b: ["2026-01-02T00:00:00.000Z"] },
        yes: true,
        nothing: null,
        blob: "78",
        text: "text",
        "text:1": "text"
      }])
      assert.deepStrictEqual(result.columns.slice(0, 4).map((c) => c.type), ["BIGINT", "BIGINT", "HUGEINT", "DECIMAL(2,1)"])
      assert.isFalse(result.truncated)
    }))

  it.effect("binds named parameters by their type, and misses one with a sentence", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      yield* Effect.gen(function*() {
        const bound = yield* query("SELECT $n + 1 AS n, $t || '!' AS t, $b AS b, $z IS NULL AS z, $d AS d", {
          n: 41,
          t: "'; DROP TABLE crawl",
          b: true,
          z: null,
          d: 0.25
        })
        assert.deepStrictEqual(bound.rows, [{ n: 42, t: "'; DROP TABLE crawl!", b: true, z: true, d: 0.25 }])
        const error = yield* Effect.flip(query("SELECT $missing"))
        assert.strictEqual(error.message, "Parameter $missing has no value.")
      }).pipe(Effect.provide(reader(path)))
    }))

  it.effect("decodes rows by a schema and says where they do not fit", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      yield* Effect.gen(function*() {
        const database = yield* Database
        const Row = Schema.Struct({ host: Schema.String, port: Schema.Int })
        assert.deepStrictEqual(
          yield* database.rows(Row, "SELECT host, port FROM endpoint ORDER BY endpoint_id LIMIT 1"),
          [{ host: "alpha.example.org", port: 50_002 }]
        )
        const error = yield* Effect.flip(database.rows(Row, "SELECT host, 'x' AS port FROM endpoint LIMIT 1"))
        assert.strictEqual(error.reason, "query failed")
        assert.include(error.message, "port")
      }).pipe(Effect.provide(reader(path)))
    }))

  it.effect("gives columns of numbers over many chunks, with NaN for null, and nothing else", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      const numbers = (sql: string, parameters?: Readonly<Record<string, number>>) =>
        Effect.flatMap(Database, (database) => database.numbers(sql, parameters)).pipe(Effect.provide(reader(path)))
      const [whole, half] = yield* numbers(
        "SELECT CAST(i AS INTEGER), CASE WHEN i <> 3 THEN i / 2 END::DOUBLE FROM range($rows) t(i) ORDER BY i",
        { rows: 10_000 }
      )
      assert.deepStrictEqual([whole!.length, half!.length, whole![9_999], half![9_999]], [10_000, 10_000, 9_999, 4_999.5])
      assert.deepStrictEqual(Array.from(whole!).slice(0, 4), [0, 1, 2, 3])
      assert.deepStrictEqual(Array.from(half!).slice(0, 4), [0, 0.5, 1, Number.NaN])
      assert.deepStrictEqual((yield* numbers("SELECT 1::INTEGER WHERE false")).map((column) => column.length), [0])
      assert.match((yield* Effect.flip(numbers("SELECT 'text'"))).message, /VARCHAR is not read as numbers/)
    }).pipe(Effect.scoped))

  it.effect("refuses everything that is not one query, with a sentence", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      const secret = path.replace("small.duckdb", "secret.csv")
      writeFileSync(secret, "a,b\n1,2\n")
      yield* Effect.gen(function*() {
        const refused = [
          "CREATE TABLE x (a INTEGER)",
          "CREATE TEMP TABLE x (a INTEGER)",
          "INSERT INTO endpoint VALUES (9, 'x', 1, 'tcp', 'name', 'x')",
          "UPDATE crawl SET simulated = false",
          "DELETE FROM visit",
          "DROP TABLE visit",
          "ALTER TABLE visit ADD COLUMN x INTEGER",
          "SET memory_limit = '1TB'",
          "RESET memory_limit",
          "SET enable_external_access = true",
          "CALL pragma_version()",
          "EXPLAIN SELECT 1",
          `ATTACH '${path}' AS other`,
          "DETACH small",
          "INSTALL httpfs",
          "LOAD json",
          "CHECKPOINT",
          "BEGIN",
          "SELECT 1; SELECT 2",
          "SELECT 1; DROP TABLE visit",
          "",
          "-- nothing but a comment"
        ]
        for (const sql of refused) assert.strictEqual((yield* Effect.flip(query(sql))).reason, "not allowed", sql)
        const failing = [
          `SELECT * FROM read_csv('${secret}')`,
          `SELECT * FROM '${secret}'`,
          `SELECT * FROM read_text('${secret}')`,
          `SELECT * FROM glob('/etc/*')`,
          `COPY endpoint TO '${path}.csv'`,
          `COPY (SELECT 1) TO '${path}.csv'`,
          `EXPORT DATABASE '${path}.export'`,
          "SELEC 1",
          "SELECT * FROM nowhere"
        ]
        for (const sql of failing) {
          const error = yield* Effect.flip(query(sql))
          assert.include(["query failed", "not allowed"], error.reason, sql)
          assert.notInclude(error.message, "    at ", sql)
        }
        for (const sql of ["FROM crawl", "WITH a AS (SELECT 1) FROM a", "VALUES (1)", "DESCRIBE visit", "SHOW TABLES", "SELECT 1;"]) {
          assert.isAbove((yield* query(sql)).rows.length, 0, sql)
        }
        assert.deepStrictEqual((yield* query("SELECT count(*) AS n FROM visit")).rows, [{ n: 5 }])
      }).pipe(Effect.provide(reader(path)))
    }))

  it.live("stops at a row cap and at a time limit, and works on afterwards", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      yield* Effect.gen(function*() {
        const capped = yield* query("SELECT * FROM range(10_000_000_000)", {}, { maxRows: 3 })
        assert.deepStrictEqual([capped.rows, capped.truncated], [[{ range: 0 }, { range: 1 }, { range: 2 }], true])
        assert.isFalse((yield* query("SELECT * FROM range(3)", {}, { maxRows: 3 })).truncated)
        const slow = "SELECT count(*) FROM range(10_000_000) a, range(10_000_000) b WHERE a.range + b.range = -1"
        const error = yield* Effect.flip(query(slow, {}, { timeoutMs: 100 }))
        assert.strictEqual(error.reason, "timeout")
        assert.deepStrictEqual((yield* query("SELECT 1 AS one")).rows, [{ one: 1 }])
      }).pipe(Effect.provide(reader(path)))
    }))

  it.effect("says what is wrong with a file that cannot be read", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const open = (path: string) => Effect.flip(Effect.asVoid(query("SELECT 1")).pipe(Effect.provide(reader(path))))

      const missing = yield* open(`${folder}/missing.duckdb`)
      assert.strictEqual(missing.reason, "not found")
      assert.include(missing.message, "observatory crawl")

      writeFileSync(`${folder}/text.duckdb`, "this is no database ".repeat(1000))
      const text = yield* open(`${folder}/text.duckdb`)
      assert.deepStrictEqual([text.reason, text.message], ["cannot open", `${folder}/text.duckdb is no DuckDB database.`])

      yield* Effect.scoped(openForWriting(`${folder}/foreign.duckdb`))
      const foreign = yield* open(`${folder}/foreign.duckdb`)
      assert.strictEqual(foreign.reason, "older schema")
      assert.include(foreign.message, "not a database of this program")

      const steps = yield* Effect.provide(migrations, NodeServices.layer)
      const at = (path: string, to: typeof steps) =>
        Effect.scoped(Effect.gen(function*() {
          yield* migrate(yield* connect(yield* openForWriting(path)), path, to)
        }))
      yield* at(`${folder}/old.duckdb`, steps.slice(0, 2))
      assert.strictEqual((yield* open(`${folder}/old.duckdb`)).reason, "older schema")
      yield* at(`${folder}/new.duckdb`, [...steps, { version: steps.length + 1, name: "future", sql: "SELECT 1" }])
      assert.strictEqual((yield* open(`${folder}/new.duckdb`)).reason, "newer schema")
      yield* at(`${folder}/views.duckdb`, steps)
      const withoutViews = yield* open(`${folder}/views.duckdb`)
      assert.strictEqual(withoutViews.reason, "older schema")
      assert.include(withoutViews.message, "observatory analyze")
    }))
})

describe("AnalysisStore", () => {
  it.effect("replaces the rows of one crawl in several tables, and reads them back", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      yield* Effect.gen(function*() {
        const store = yield* AnalysisStore
        const cluster = (crawlId: number, evidence: string) => ({
          table: "cluster",
          crawlId,
          columns: ["cluster_id", "kind", "evidence", "servers", "detail"],
          rows: [[1, "operator", evidence, 2, { innocent: ["image"] }]]
        })
        const members = (rows: ReadonlyArray<ReadonlyArray<number>>) => ({
          table: "cluster_member",
          crawlId: 1,
          columns: ["server_id", "cluster_id"],
          rows
        })
        yield* store.replaceRows([cluster(1, "old"), members([[1, 1], [3, 1], [4, 1]])])
        yield* store.replaceRows([], [Effect.succeed([cluster(2, "other crawl")])])
        yield* store.replaceRows([cluster(1, "new"), members([[1, 1]])], [Effect.succeed([members([[3, 1]])])])
        assert.deepStrictEqual((yield* query("SELECT crawl_id, evidence, detail->>'$.innocent[0]' AS why FROM cluster ORDER BY ALL")).rows, [
          { crawl_id: 1, evidence: "new", why: "image" },
          { crawl_id: 2, evidence: "other crawl", why: "image" }
        ])
        assert.deepStrictEqual((yield* query("SELECT server_id, evidence FROM cluster_member ORDER BY ALL")).rows, [
          { server_id: 1, evidence: null },
          { server_id: 3, evidence: null }
        ])
        assert.deepStrictEqual(
          (yield* query("SELECT host, cluster_id FROM server_metadata WHERE reachable AND ssl ORDER BY ALL")).rows,
          [
            { host: "alpha.example.org", cluster_id: 1 },
            { host: "beta.example.org", cluster_id: 1 },
            { host: "strange.example.org", cluster_id: null }
          ]
        )
      }).pipe(Effect.provide(analysis(path)))
    }))

  it.effect("changes nothing when one of the tables cannot be written", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      yield* Effect.gen(function*() {
        const store = yield* AnalysisStore
        const communities = (rows: ReadonlyArray<ReadonlyArray<number | null>>) => ({
          table: "community",
          crawlId: 1,
          columns: ["resolution", "server_id", "community"],
          rows
        })
        yield* store.replaceRows([communities([[1, 1, 0], [1, 3, 0]])])
        const broken = { table: "cluster_member", crawlId: 1, columns: ["cluster_id", "server_id"], rows: [[1, null]] }
        assert.strictEqual((yield* Effect.flip(store.replaceRows([communities([]), broken]))).reason, "write failed")
        assert.deepStrictEqual((yield* query("SELECT count(*) AS n FROM community")).rows, [{ n: 2 }])
        assert.isTrue(Exit.hasDies(yield* Effect.exit(store.replaceRows([communities([])], [Effect.die("its thread ended")]))))
        assert.deepStrictEqual((yield* query("SELECT count(*) AS n FROM community")).rows, [{ n: 2 }])
        for (const wrong of [{ ...broken, columns: ["cluster", "server_id"] }, { ...broken, table: "nowhere" }, { ...broken, table: "endpoint" }]) {
          assert.strictEqual((yield* Effect.flip(store.replaceRows([wrong]))).reason, "write failed")
        }
        yield* store.replaceRows([communities([])])
        assert.deepStrictEqual((yield* query("SELECT count(*) AS n FROM community")).rows, [{ n: 0 }])
      }).pipe(Effect.provide(analysis(path)))
    }))

  it.effect("refuses with a sentence while a crawl writes, and never makes a new file", () =>
    Effect.gen(function*() {
      const path = yield* smallDatabase
      const open = (file: string) => Effect.flip(Effect.asVoid(AnalysisStore).pipe(Effect.provide(analysis(file))))
      const busy = yield* withStore(path, () => open(path))
      assert.strictEqual(busy.reason, "locked")
      assert.include(busy.message, "wait until the crawl has ended")
      assert.strictEqual((yield* open(`${path}.missing`)).reason, "not found")
    }))
})
