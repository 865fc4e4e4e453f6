import { copyFileSync, existsSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { analysedTables } from "../../src/store/analysed-tables.ts"
import { AnalysisStore } from "../../src/store/database.ts"
import { StoreError } from "../../src/store/store-error.ts"
import { queryFile } from "../support/duck.ts"
import { recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const analyse = (path: string) =>
  Effect.asVoid(Effect.flatMap(Analysis, (analysis) => analysis.analyze({ network: "mainnet" }))).pipe(
    Effect.provide(Analysis.layer.pipe(Layer.provide(AnalysisStore.layer(path)), Layer.provide(NodeServices.layer))),
    Effect.scoped
  )

/** All rows of all tables, as texts; when something was analysed left out. */
const contents = (path: string) => Effect.promise(async () => {
  const tables = await queryFile(path, "SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL")
  const all = new Map<string, ReadonlyArray<string>>()
  for (const { name } of tables) {
    const rows = await queryFile(path, `SELECT * ${name === "analysis_run" ? "EXCLUDE (analysed_at)" : ""} FROM "${String(name)}"`)
    all.set(String(name), rows.map((row) => JSON.stringify(row)).toSorted())
  }
  return all
})

describe("an analysis on a copy", () => {
  it.live("finds in all tables what one of the file itself finds, which changes no other table", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const [held, direct] = [`${folder}/held.duckdb`, `${folder}/direct.duckdb`]
      const crawlId = yield* withStore(held, (store) => recordSmallCrawl(store, "mainnet"))
      copyFileSync(held, direct)
      const before = yield* contents(direct)
      yield* analyse(direct)
      const after = yield* contents(direct)
      const changed = [...after.keys()].filter((name) => after.get(name)!.join() !== before.get(name)!.join())
      assert.deepStrictEqual(changed.filter((name) => !analysedTables.has(name)), [])
      assert.isAbove(changed.length, 3)
      yield* withStore(held, (store) => Effect.gen(function*() {
        // Twice: what was found before leaves.
        yield* store.analysedApart(crawlId, analyse)
        yield* store.analysedApart(crawlId, analyse)
        yield* recordSmallCrawl(store, "testnet4")
      }))
      const taken = yield* contents(held)
      for (const name of analysedTables) assert.deepStrictEqual(taken.get(name), after.get(name), name)
      assert.isFalse(existsSync(`${folder}/held.analysis.duckdb.${process.pid}.tmp`))
    }), 120_000)

  it.live("that fails leaves what there is, and no copy", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const path = `${folder}/held.duckdb`
      const copies: Array<string> = []
      yield* withStore(path, (store) => Effect.gen(function*() {
        const crawlId = yield* recordSmallCrawl(store, "mainnet")
        yield* store.analysedApart(crawlId, analyse)
        const error = yield* Effect.flip(store.analysedApart(crawlId, (copy) => {
          copies.push(copy)
          return Effect.fail(new StoreError({ reason: "write failed", message: existsSync(copy) ? "out of memory" : "no copy" }))
        }))
        assert.strictEqual(error.message, "out of memory")
      }))
      assert.deepStrictEqual(copies.map((copy) => existsSync(copy)), [false])
      assert.strictEqual((yield* contents(path)).get("analysis_run")!.length, 1)
    }), 120_000)
})
