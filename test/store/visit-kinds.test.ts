import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { VisitKind } from "../../src/domain/visit.ts"
import { Database } from "../../src/store/database.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { smallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"
import { answeredVisit, certificateOf, crawlStart, failedVisit, observationOf, someTime, tlsOf } from "../support/store-facts.ts"

/** Visits of other kinds that would change whatever looks at them: other software, another chain, another key, a failure. */
const otherVisits = (kind: VisitKind) => [
  answeredVisit("alpha.example.org:50002:s", {
    kind,
    startedAt: someTime + 1_900_000,
    software: "Other 9.9",
    protocol: "9.9",
    banner: "another banner",
    tls: tlsOf(certificateOf("another certificate", "another key")),
    dial: { address: "34.90.1.77", resolvedBy: "dns", addresses: ["34.90.1.77"], via: "direct" },
    tip: { height: 1_000_000, hash: "22".repeat(32), time: someTime / 1000, validWork: false },
    chain: { verdict: "other", chain: "testnet", headers: [] },
    observations: [observationOf("deep/unknown-method")]
  }),
  failedVisit("beta.example.org:50002:s", { kind, startedAt: someTime + 1_900_000 }),
  answeredVisit("gamma.example.org:50002:s", { kind, startedAt: someTime + 1_900_000 })
]

/** What views, named queries and the store itself say of the small network with or without such visits. */
const picture = Effect.fnUntraced(function*(kinds: ReadonlyArray<VisitKind>) {
  const path = `${yield* temporaryFolder}/kinds.duckdb`
  const ofStore = yield* withStore(path, (store) =>
    Effect.gen(function*() {
      const crawlId = yield* store.startCrawl(crawlStart())
      for (const unit of smallCrawl()) yield* store.record(crawlId, unit)
      for (const visit of kinds.flatMap(otherVisits)) yield* store.record(crawlId, [{ _tag: "visit", visit }])
      yield* store.flush
      const resumable = yield* store.resumable("mainnet")
      const joinRows = yield* store.joinRows(crawlId)
      yield* store.endCrawl(crawlId, "finished", someTime + 60_000)
      const visited = yield* store.enrichment.visited(crawlId)
      return { resumable, joinRows, visited }
    }))
  const shown = yield* Effect.gen(function*() {
    const database = yield* Database
    const views = yield* database.query("SELECT view_name AS name FROM duckdb_views() WHERE NOT internal ORDER BY name")
    const byName = new Map<string, unknown>()
    for (const { name } of views.rows) {
      byName.set(String(name), (yield* database.query(`SELECT * FROM ${String(name)} ORDER BY ALL`)).rows)
    }
    for (const { name, parameters, sql } of (yield* QueryCatalogue).list) {
      const values = Object.fromEntries(parameters.map((p) => [p.name, p.default]))
      byName.set(`query ${name}`, (yield* database.query(sql, values)).rows)
    }
    return byName
  }).pipe(Effect.provide(Layer.mergeAll(Database.layer(path), QueryCatalogue.layer)))
  return { ...ofStore, shown }
}, Effect.provide(NodeServices.layer))

describe("visits of other kinds than regular", () => {
  it.effect("change no view, no named query, no join and nothing that a resumed crawl goes on with", () =>
    Effect.gen(function*() {
      const without = yield* picture([])
      const having = yield* picture(["deep", "snapshot", "differential", "revisit", "held"])
      assert.isAbove(without.shown.size, 25)
      for (const [name, rows] of without.shown) assert.deepStrictEqual(having.shown.get(name), rows, name)
      assert.deepStrictEqual(having.resumable, without.resumable)
      assert.deepStrictEqual(having.joinRows, without.joinRows)
      assert.deepStrictEqual(having.visited, without.visited)
    }))

  it.effect("are stored with their kind", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/kinds.duckdb`
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          for (const unit of smallCrawl()) yield* store.record(crawlId, unit)
          for (const visit of otherVisits("deep")) yield* store.record(crawlId, [{ _tag: "visit", visit }])
        }))
      const { rows } = yield* Effect.flatMap(Database, (database) =>
        database.query("SELECT kind, count(*) AS n FROM visit GROUP BY kind ORDER BY kind")).pipe(Effect.provide(Database.layer(path)))
      assert.deepStrictEqual(rows, [{ kind: "deep", n: 3 }, { kind: "regular", n: 5 }])
    }).pipe(Effect.provide(NodeServices.layer)))
})
