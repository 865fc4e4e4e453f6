import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { archiveCrawls } from "../../src/store/archive/archive.ts"
import { AnalysisStore, Database, type Row } from "../../src/store/database.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { bindParameters } from "../../src/store/query-file.ts"
import { copyOfKept } from "../support/kept.ts"
import { crawlStart, someTime } from "../support/store-facts.ts"
import { recordSmallCrawl, recordSmallProbes, temporaryFolder, withStore } from "../support/small-database.ts"

const archived = (path: string, archive: string, dropOlderThanMs: number | null, crawlId: number | null = null) =>
  Effect.scoped(archiveCrawls(path, { archive, crawlId, dropOlderThanMs })).pipe(Effect.provide(NodeServices.layer))

const analyse = (path: string) =>
  Effect.flatMap(Analysis, (analysis) => analysis.analyze({ network: "mainnet" })).pipe(
    Effect.provide(Analysis.layer.pipe(Layer.provide(AnalysisStore.layer(path)), Layer.provide(NodeServices.layer))),
    Effect.scoped
  )

const fill = (path: string, isAnalysed: boolean) =>
  Effect.gen(function*() {
    yield* withStore(path, (store) => Effect.gen(function*() {
      yield* recordSmallCrawl(store, "mainnet")
      yield* recordSmallProbes(store, "mainnet")
    }))
    if (isAnalysed) yield* analyse(path)
    yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
  })

const fileIn = (folder: string): string => `${folder}/small.duckdb`

/** Two crawls of one network with probes in between: a copy. */
const filled = Effect.fnUntraced(function*(isAnalysed = false) {
  const folder = yield* temporaryFolder
  const name = isAnalysed ? "two-crawls-the-first-analysed" : "two-crawls"
  yield* Effect.promise(() => copyOfKept(name, folder, (place) => Effect.runPromise(fill(fileIn(place), isAnalysed))))
  return { path: fileIn(folder), archive: `${folder}/archive` }
})

const reading = <A, E>(path: string, archive: string | null, use: Effect.Effect<A, E, Database | QueryCatalogue>) =>
  use.pipe(Effect.provide(Layer.mergeAll(Database.layer(path, { archive }), QueryCatalogue.layer).pipe(Layer.provide(NodeServices.layer))), Effect.scoped)

/** The answers of all named queries, about the first crawl where they can be asked so. */
const answers = Effect.gen(function*() {
  const database = yield* Database
  const found: Record<string, ReadonlyArray<Row>> = {}
  for (const query of (yield* QueryCatalogue).list) {
    const given: Record<string, string> = query.parameters.some(({ name }) => name === "crawl") ? { crawl: "1" } : {}
    const { rows } = yield* database.query(query.sql, yield* bindParameters(query, given))
    found[query.name] = rows.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  }
  return found
})

const count = (path: string, archive: string | null, sql: string) =>
  reading(path, archive, Effect.flatMap(Database, (database) => Effect.map(database.query(sql), ({ rows }) => rows[0]!["n"])))

const visits = "SELECT count(*) AS n FROM visit"

describe("an archive of crawls", () => {
  it.live("answers every named query as the database did before old crawls left it", () =>
    Effect.gen(function*() {
      const { archive, path } = yield* filled(true)
      const before = yield* reading(path, null, answers)
      const done = yield* archived(path, archive, 0)
      assert.deepStrictEqual(done.map(({ crawlId, dropped, kept, written }) => [crawlId, written, dropped, kept]), [
        [1, true, true, null],
        [2, true, true, null],
        [3, true, false, "it is what is shown of its network"]
      ])
      assert.strictEqual(yield* count(path, null, "SELECT count(*) AS n FROM visit WHERE crawl_id < 3"), 0)
      assert.deepStrictEqual(yield* reading(path, archive, answers), before)
    }), 240_000)

  it.live("is a folder for each crawl, vantage and date, written once and again when the crawl was analysed since", () =>
    Effect.gen(function*() {
      const { archive, path } = yield* filled()
      const first = yield* archived(path, archive, null, 3)
      assert.match(first[0]!.partition, /^crawl=3-[0-9a-f]{8}\/vantage=home\/date=2026-01-02$/)
      assert.isTrue(existsSync(`${archive}/${first[0]!.partition}/visit.parquet`))
      assert.deepStrictEqual((yield* archived(path, archive, null, 3)).map(({ written }) => written), [false])
      yield* analyse(path)
      assert.deepStrictEqual((yield* archived(path, archive, null, 3)).map(({ written }) => written), [true])
      assert.deepStrictEqual(readdirSync(archive), ["crawl=3-" + first[0]!.partition.slice(8, 16)])
    }), 120_000)

  it.live("drops nothing that cannot be read back, and nothing that is not old", () =>
    Effect.gen(function*() {
      const { archive, path } = yield* filled()
      const before = yield* count(path, null, visits)
      assert.isTrue((yield* archived(path, archive, 100 * 365 * 86_400_000)).every(({ dropped }) => !dropped))
      writeFileSync(`${path}.file`, "in the way")
      const error = yield* Effect.flip(archived(path, `${path}.file`, 0))
      assert.strictEqual(error.reason, "write failed")
      assert.strictEqual(yield* count(path, null, visits), before)
      // A file that broke is written anew from the database, before anything is dropped.
      const [partition] = yield* archived(path, archive, null, 1)
      truncateSync(`${archive}/${partition!.partition}/visit.parquet`, 20)
      assert.deepStrictEqual((yield* archived(path, archive, 0, 1)).map(({ dropped, written }) => [written, dropped]), [[true, true]])
      assert.strictEqual(yield* count(path, archive, visits), before)
    }), 120_000)

  it.live("never takes for a partition what a killed process left, and removes it", () =>
    Effect.gen(function*() {
      const { archive, path } = yield* filled()
      const { partition } = (yield* archived(path, archive, 0, 1))[0]!
      const left = `${archive}/.writing-${(yield* archived(path, archive, null, 3))[0]!.partition.split("/")[0]!}-999999`
      mkdirSync(left)
      writeFileSync(`${left}/visit.parquet`, "half")
      truncateSync(`${archive}/${(yield* archived(path, archive, null, 3))[0]!.partition}/visit.parquet`, 10)
      assert.strictEqual(yield* count(path, archive, "SELECT count(*) AS n FROM crawl"), 3)
      yield* archived(path, archive, null, 3)
      assert.isFalse(existsSync(left))
      assert.isTrue(existsSync(`${archive}/${partition}/manifest.json`))
    }), 120_000)

  it.live("refuses partitions of a newer schema, and names those that are missing", () =>
    Effect.gen(function*() {
      const { archive, path } = yield* filled()
      const { partition } = (yield* archived(path, archive, 0, 1))[0]!
      const manifest = `${archive}/${partition}/manifest.json`
      const text = readFileSync(manifest, "utf8")
      writeFileSync(manifest, text.replace(/"schema_version": \d+/, '"schema_version": 9999'))
      assert.strictEqual((yield* Effect.flip(count(path, archive, visits))).reason, "newer schema")
      writeFileSync(manifest, text)
      const missing = yield* Effect.flip(count(path, `${archive}/elsewhere`, visits))
      assert.include(missing.message, partition)
    }), 120_000)

  it.live("is written by who holds the database and goes on writing to it", () =>
    Effect.gen(function*() {
      const { archive, path } = yield* filled()
      const before = yield* count(path, null, visits)
      const done = yield* withStore(path, (store) => Effect.gen(function*() {
        const written = yield* store.archive({ archive, crawlId: null, dropOlderThanMs: 0 })
        yield* recordSmallCrawl(store, "mainnet")
        return written
      }))
      assert.deepStrictEqual(done.map(({ dropped }) => dropped), [true, true, false])
      const added = yield* count(path, null, "SELECT count(*) AS n FROM visit WHERE crawl_id = 4")
      assert.isAbove(Number(added), 0)
      assert.strictEqual(Number(yield* count(path, archive, visits)), Number(before) + Number(added))
    }), 120_000)

  it.live("gives out no number twice, and lets no SQL reach any other file", () =>
    Effect.gen(function*() {
      const { archive, path } = yield* filled()
      const ids = "SELECT max(visit_id) AS n FROM visit"
      const last = Number(yield* count(path, null, ids))
      yield* withStore(path, (store) => Effect.gen(function*() {
        const crawlId = yield* store.startCrawl(crawlStart({ network: "testnet4" }))
        yield* store.endCrawl(crawlId, "finished", someTime)
      }))
      yield* archived(path, archive, 0)
      const next = yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
      assert.strictEqual(next, 5)
      assert.isAbove(Number(yield* count(path, null, "SELECT min(visit_id) AS n FROM visit WHERE crawl_id = 5")), last)
      writeFileSync(`${path}.secret`, "secret")
      for (const sql of [`SELECT content AS n FROM read_text('${path}.secret')`, "SELECT * FROM read_csv('/etc/passwd')"]) {
        assert.strictEqual((yield* Effect.flip(count(path, archive, sql))).reason, "query failed")
      }
      assert.strictEqual((yield* Effect.flip(count(path, archive, `COPY (SELECT 1) TO '${path}.copy'`))).reason, "query failed")
      assert.strictEqual((yield* Effect.flip(count(path, archive, "CREATE TABLE t AS SELECT 1"))).reason, "not allowed")
    }), 120_000)
})
