import { copyFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { QueryAnswer } from "../../src/atlas/shapes/query.ts"
import { ServerDetail } from "../../src/atlas/shapes/server-detail.ts"
import { serveForTest } from "../support/api-server.ts"
import { recordCrawl } from "../support/atlas-database.ts"
import { changeFile } from "../support/duck.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { fleet, hour, inHoster, unannounced, watchedFacts, WatchedDatabase, watchedFrom, watchedOnion } from "../support/watched-database.ts"

const optedOut = fleet[1]!.host

/** The watched database two crawls later, with rows in tables that are withheld as a whole. */
const laterDatabase = Effect.gen(function*() {
  const db = `${yield* temporaryFolder}/later.duckdb`
  copyFileSync(yield* WatchedDatabase, db)
  for (const days of [3, 4]) yield* recordCrawl(db, watchedFacts, watchedFrom + days * 24 * hour)
  yield* Effect.promise(() => changeFile(db, `
    INSERT INTO listed_name BY NAME SELECT '/home/somebody/wallet' AS list, 'mainnet' AS network, '${fleet[0]!.host}' AS host, 'a' AS first_commit, 'b' AS last_commit,
      TIMESTAMP '2020-01-01' AS first_at, TIMESTAMP '2025-01-01' AS last_at, 1 AS times;
    INSERT INTO random_host SELECT 3, '34.99.1.2', '34.99.0.0/16', 64500, NULL, [], 'no data', NULL, 1, TIMESTAMP '2026-01-01';`))
  return db
})

const answerOf = Effect.fnUntraced(function*(ask: (path: string) => Promise<{ readonly status: number; readonly text: string }>, name: string) {
  const told = yield* Effect.promise(() => ask(`/api/v1/queries/${name}`))
  assert.strictEqual(told.status, 200, told.text)
  return { text: told.text, ...yield* Schema.decodeUnknownEffect(QueryAnswer)(JSON.parse(told.text)) }
})

layer(Layer.merge(WatchedDatabase.layer, NodeServices.layer), { excludeTestServices: true, timeout: 180_000 })("what a public server tells of a watch", (it) => {
  it.effect("is there by named queries, of crawls that are no longer kept too, without who is not shown and without onions, and says so", () =>
    Effect.gen(function*() {
      const db = yield* laterDatabase
      const local = yield* serveForTest({ db })
      const { ask, json } = yield* serveForTest({ db, isPublic: true, optedOut: (host) => host === optedOut })
      for (const name of ["watched-uptime", "watched-events"]) {
        const all = yield* answerOf(local.ask, name)
        for (const host of [unannounced, watchedOnion, optedOut]) assert.include(all.text, host, name)
        assert.isUndefined(all.withheld)
        const shown = yield* answerOf(ask, name)
        for (const host of [unannounced, watchedOnion, optedOut]) assert.notInclude(shown.text, host, name)
        for (const { host } of [fleet[0]!, ...inHoster]) assert.include(shown.text, host, name)
        assert.match(shown.withheld ?? "", /^Withheld here: when onions were up; .*asked to be left out\.$/)
      }
      const uptime = yield* answerOf(ask, "watched-uptime")
      const localUptime = yield* answerOf(local.ask, "watched-uptime")
      const shares = ({ columns, rows }: QueryAnswer) => new Map(rows.map((row) => [row[0], row[columns.findIndex(({ name }) => name === "uptime_share")]]))
      assert.strictEqual(uptime.rows.length, localUptime.rows.length - 3)
      for (const [host, share] of shares(uptime)) assert.strictEqual(share, shares(localUptime).get(host), String(host))
      assert.include((yield* answerOf(ask, "watched-events")).text, "AS 64500")

      const { rows } = (yield* Effect.promise(() => json("/api/v1/crawls/latest/servers"))) as { readonly rows: ReadonlyArray<{ readonly host: string; readonly serverId: number }> }
      const id = rows.find(({ host }) => host === fleet[0]!.host)!.serverId
      const detail = yield* Schema.decodeUnknownEffect(ServerDetail)(yield* Effect.promise(() => json(`/api/v1/crawls/latest/servers/${id}`)))
      assert.match(detail.withheld ?? "", /since when it has been on lists/)
    }))

  it.effect("says where an answer is empty because a table is withheld as a whole, and only there", () =>
    Effect.gen(function*() {
      const db = yield* laterDatabase
      const { ask } = yield* serveForTest({ db, isPublic: true })
      for (const [name, table] of [["names-on-lists", "listed_name"], ["random-hosts-by-asn", "random_host"]] as const) {
        const answer = yield* answerOf(ask, name)
        assert.deepStrictEqual(answer.rows, [])
        assert.include(answer.withheld ?? "", `all rows of table ${table}`)
        assert.notInclude(answer.text, "/home/somebody")
      }
      assert.isUndefined((yield* answerOf(ask, "software")).withheld)
      // Nothing is said of a table that has no rows anyway.
      const plain = yield* WatchedDatabase
      const other = yield* serveForTest({ db: plain, isPublic: true })
      assert.isUndefined((yield* answerOf(other.ask, "names-on-lists")).withheld)
    }))
})
