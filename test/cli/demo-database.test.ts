import { existsSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { removeOldDemo } from "../../src/cli/demo-database.ts"
import { connect, openForWriting, run } from "../../src/store/duckdb.ts"
import { migrate, migrations } from "../../src/store/migrate.ts"
import { temporaryFolder } from "../support/small-database.ts"

/** A file that the first version of this program wrote, or none of it (0), with one crawl. */
const fileOf = (version: 0 | 1, path: string, simulated: boolean) =>
  Effect.scoped(Effect.gen(function*() {
    const connection = yield* connect(yield* openForWriting(path))
    yield* migrate(connection, path, (yield* migrations).slice(0, version))
    const sql = version === 0
      ? `CREATE TABLE crawl AS SELECT ${simulated} AS simulated`
      : `INSERT INTO crawl VALUES (1, 'crawl', 'n', ${simulated}, 't', 'g', 'finished', now()::TIMESTAMP, NULL, 0, 'v', true, true, true, true, '0', '{}')`
    yield* run(connection, "write failed", "Cannot make a file", sql)
  }))

describe("the demo's own file", () => {
  it.live("is replaced also where an older version made it, and never where it holds a real crawl or is not ours", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const [old, real, foreign] = ["old", "real", "foreign"].map((name) => `${folder}/${name}.duckdb`) as [string, string, string]
      yield* fileOf(1, old, true)
      yield* fileOf(1, real, false)
      yield* fileOf(0, foreign, true)
      yield* removeOldDemo(old)
      assert.include((yield* Effect.flip(removeOldDemo(real))).message, "holds crawls of real networks")
      assert.include((yield* Effect.flip(removeOldDemo(foreign))).message, "no database of this program")
      assert.deepStrictEqual([old, real, foreign].map((file) => existsSync(file)), [false, true, true])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 30_000)
})
