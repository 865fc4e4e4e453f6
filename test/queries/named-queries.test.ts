import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { AnalysisStore, Database, type Row, type TableRows } from "../../src/store/database.ts"
import { type ImportedList, ListHistories } from "../../src/store/list-histories.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { bindParameters } from "../../src/store/query-file.ts"
import { onion, recordSmallCrawl, recordSmallProbes, temporaryFolder, withStore } from "../support/small-database.ts"

const layers = (path: string) =>
  Layer.mergeAll(Database.layer(path), QueryCatalogue.layer).pipe(Layer.provideMerge(NodeServices.layer))

const ask = Effect.fnUntraced(function*(name: string, given: Record<string, string> = {}) {
  const query = yield* (yield* QueryCatalogue).find(name)
  return yield* (yield* Database).query(query.sql, yield* bindParameters(query, given))
})

/** What an analysis would write of a crawl in which two servers share a node and two are undecided. */
const alsoFound = (crawlId: number): ReadonlyArray<TableRows> => [
  {
    table: "pair",
    crawlId,
    columns: [
      "server_a", "server_b", "same_server", "same_machine", "shared_infrastructure", "same_operator", "operator_bits", "hypothesis",
      "held_by", "copier_id"
    ],
    rows: [
      [1, 3, 0.001, 0.003, 0.99, 0.9999, 30, "same operator", null, null],
      [1, 6, 0.001, 0.003, 0.01, 0.5, 15, "undecided", "only a shared key, which an image or a proxy may have brought", null]
    ]
  },
  {
    table: "cluster",
    crawlId,
    columns: ["cluster_id", "kind", "evidence", "servers", "posterior", "weakest_link"],
    rows: [[1, "operator", "donation address", 2, 0.9999, 0.9999], [2, "shared infrastructure", "fee vectors", 2, 0.99, 0.99]]
  },
  {
    table: "cluster_member",
    crawlId,
    columns: ["cluster_id", "server_id", "posterior"],
    rows: [[1, 1, 0.9999], [1, 3, 0.9999], [2, 1, 0.99], [2, 3, 0.99]]
  }
]

const drawn = { address: "34.90.9.9", block: "34.90.0.0/16", asn: 64500, org: "Some Hoster" }

const commit = (hash: string, day: number) => ({ hash, at: Date.UTC(2017, 0, day) })
const historyOfAList: ImportedList = {
  list: "a wallet's",
  head: commit("c3", 3),
  commits: 3,
  paths: ["servers.json"],
  names: ["mainnet", "mainnet-sim"].flatMap((network) => [
    { network, host: "alpha.example.org", first: commit("c1", 1), last: commit("c3", 3), removed: null, times: 1 },
    { network, host: "gone.example.org", first: commit("c1", 1), last: commit("c1", 1), removed: commit("c2", 2), times: 1 }
  ])
}

const filled = Effect.gen(function*() {
  const path = `${yield* temporaryFolder}/small.duckdb`
  yield* withStore(path, (store) =>
    Effect.gen(function*() {
      for (const network of ["mainnet", "mainnet-sim"]) {
        const crawlId = yield* recordSmallCrawl(store, network)
        yield* store.randomHosts.save(crawlId, 1, new Map([[drawn.address, drawn]]), [{
          address: drawn.address, fact: "ptr", source: { kind: "reverse dns", name: "PTR", rank: 0, dataAt: null },
          answers: ["random.customers.example"], reason: null, detail: null, block: null, lookedUpAt: 0
        }])
      }
      yield* recordSmallProbes(store, "mainnet")
      yield* recordSmallProbes(store, "mainnet-sim")
    }))
  yield* Effect.flatMap(ListHistories, (lists) => lists.replace(historyOfAList)).pipe(
    Effect.provide(ListHistories.layer(path)),
    Effect.provide(NodeServices.layer),
    Effect.scoped
  )
  const analysing = Analysis.layer.pipe(
    Layer.provide(AnalysisStore.layer(path)),
    Layer.provide(NodeServices.layer)
  )
  yield* Effect.gen(function*() {
    const analysis = yield* Analysis
    for (const network of ["mainnet", "mainnet-sim"]) yield* analysis.analyze({ network })
  }).pipe(Effect.provide(analysing), Effect.scoped)
  yield* Effect.flatMap(AnalysisStore, (store) =>
    store.replaceRows([1, 2].flatMap(alsoFound))).pipe(
      Effect.provide(AnalysisStore.layer(path)),
      Effect.provide(NodeServices.layer),
      Effect.scoped
    )
  return path
})

const empty = Effect.gen(function*() {
  const path = `${yield* temporaryFolder}/empty.duckdb`
  yield* withStore(path, () => Effect.void)
  return path
})

/** Columns that the expectations leave out: which crawl it is. */
const plain = (rows: ReadonlyArray<Row>): Array<Row> =>
  rows.map((row) => {
    const rest: Record<string, Row[string]> = { ...row }
    for (const name of ["network", "crawl_id", "crawl_state", "simulated"]) delete rest[name]
    return rest
  })

const mainnet = { network: "mainnet" }

describe("named queries", () => {
  it.effect("every query answers on an empty database, and has no rows but in no case an error", () =>
    Effect.gen(function*() {
      const path = yield* empty
      yield* Effect.gen(function*() {
        for (const query of (yield* QueryCatalogue).list) {
          const result = yield* ask(query.name)
          assert.deepStrictEqual(result.rows, [], query.name)
        }
      }).pipe(Effect.provide(layers(path)))
    }))

  it.effect("every query has rows for both networks, names its crawl and says which one is simulated", () =>
    Effect.gen(function*() {
      const path = yield* filled
      yield* Effect.gen(function*() {
        for (const query of (yield* QueryCatalogue).list) {
          const { columns, rows } = yield* ask(query.name)
          assert.includeMembers(columns.map((c) => c.name), ["network", "crawl_id", "crawl_state", "simulated"], query.name)
          assert.deepStrictEqual(
            [...new Set(rows.map((row) => `${row["network"]} ${row["simulated"]}`))].toSorted(),
            ["mainnet false", "mainnet-sim true"],
            query.name
          )
          assert.isTrue(query.parameters.some((p) => p.name === "network"), query.name)
          const one = yield* ask(query.name, mainnet)
          assert.isTrue(one.rows.length > 0 && one.rows.every((row) => row["network"] === "mainnet"), query.name)
          assert.deepStrictEqual((yield* ask(query.name, { network: "nowhere" })).rows, [], query.name)
        }
      }).pipe(Effect.provide(layers(path)))
    }))

  it.effect("names-on-lists says who has been listed since when, and who of them the crawl met", () =>
    Effect.gen(function*() {
      const path = yield* filled
      const { rows } = yield* ask("names-on-lists", mainnet).pipe(Effect.provide(layers(path)))
      const from = "2017-01-01T00:00:00.000Z"
      assert.deepStrictEqual(plain(rows), [
        { host: "alpha.example.org", listed_since: from, listed_until: "2017-01-03T00:00:00.000Z", still_listed: true, lists: 1, known_to_crawl: true, answered: true },
        { host: "gone.example.org", listed_since: from, listed_until: from, still_listed: false, lists: 1, known_to_crawl: false, answered: null }
      ])
    }))

  it.effect("every parameter in a header is used by the SQL, and every one used is in the header", () =>
    Effect.gen(function*() {
      for (const query of (yield* QueryCatalogue).list) {
        const sql = query.sql.replace(/^--.*$/gm, "")
        const used = [...new Set([...sql.matchAll(/\$([a-z_]+)/g)].map((m) => m[1]!))].toSorted()
        assert.deepStrictEqual(query.parameters.map((p) => p.name).toSorted(), used, query.name)
      }
    }).pipe(Effect.provide(QueryCatalogue.layer.pipe(Layer.provide(NodeServices.layer)))))

  it.effect("the level of a query is in the names of its counts", () =>
    Effect.gen(function*() {
      for (const query of (yield* QueryCatalogue).list) {
        const words = query.level.match(/advertisement|address|endpoint|server|source|operator|crawl/g) ?? []
        assert.isAbove(words.length, 0, query.name)
        const select = query.sql.slice(query.sql.lastIndexOf("\nSELECT "))
        assert.isTrue([...words, ".level"].some((word) => select.includes(word)), query.name)
      }
    }).pipe(Effect.provide(QueryCatalogue.layer.pipe(Layer.provide(NodeServices.layer)))))

  it.effect("they count what the small network is", () =>
    Effect.gen(function*() {
      const path = yield* filled
      yield* Effect.gen(function*() {
        const rows = (name: string, given: Record<string, string> = {}) =>
          Effect.map(ask(name, { ...mainnet, ...given }), (result) => plain(result.rows))

        assert.deepStrictEqual(yield* rows("software"), [
          { software_claimed: "ElectrumX 1.16.0", servers: 1, percent_of_servers: 50 },
          { software_claimed: "Fulcrum 1.9.1", servers: 1, percent_of_servers: 50 }
        ])
        assert.deepStrictEqual((yield* rows("protocol-versions")).map((r) => [r["protocol_agreed"], r["servers"]]), [
          ["1.4.2", 1],
          ["1.5", 1]
        ])
        assert.deepStrictEqual(
          (yield* rows("who-announces-whom")).map((r) => [
            r["announcing_server_host"],
            r["announced_server_host"],
            r["endpoints_named"],
            r["times_seen"],
            r["times_asked"]
          ]),
          [
            ["alpha.example.org", "beta.example.org", 1, 1, 2],
            ["alpha.example.org", "gamma.example.org", 2, 1, 2],
            ["alpha.example.org", "strange.example.org", 1, 1, 2],
            ["beta.example.org", "alpha.example.org", 2, 1, 2],
            ["beta.example.org", "gamma.example.org", 2, 1, 2]
          ]
        )
        assert.lengthOf(yield* rows("who-announces-whom", { host: "strange.example.org" }), 1)
        assert.deepStrictEqual(yield* rows("announced-but-unreachable"), [{
          server_host: "gamma.example.org",
          reasons: ["connect timeout", "refused"],
          endpoints_failed: 2,
          endpoints_unknown: 0,
          named_by_endpoints: 2,
          named_by_lists: 0,
          server_id: 4
        }])
        assert.deepStrictEqual(
          (yield* rows("failures-by-reason")).map((r) => [r["reason"], r["our_side"], r["endpoints"]]),
          [["connect timeout", false, 1], ["other network", false, 1], ["refused", false, 1]]
        )
        assert.deepStrictEqual(
          (yield* rows("dual-stack-and-onion-twins")).map((r) => [r["server_host"], r["twin_host"], r["kind"], r["said_by_one_side"]]),
          [
            ["alpha.example.org", null, "dual stack", false],
            ["alpha.example.org", onion, "onion twin", true]
          ]
        )
        assert.deepStrictEqual(
          (yield* rows("ports")).map((r) => [r["port"], r["endpoints"], r["endpoints_answered"], r["endpoints_failed"], r["endpoints_unknown"]]),
          [[50_002, 5, 3, 1, 1], [50_001, 2, 0, 1, 1]]
        )
        assert.deepStrictEqual(
          (yield* rows("announcements-only-one-server-makes")).map((r) => [r["announced_server_host"], r["in_lists"]]),
          [["beta.example.org", false], ["strange.example.org", false], ["alpha.example.org", true]]
        )
        assert.deepStrictEqual(yield* rows("certificates-on-more-than-one-server"), [{
          key_sha256: "shared key",
          servers: 2,
          hosts: ["alpha.example.org", "beta.example.org"],
          certificates: 1,
          subject: "CN=server.example.org",
          self_signed: true
        }])
        assert.deepStrictEqual(
          (yield* rows("tips")).map((r) => [r["tip_height"], r["servers"], r["blocks_behind_highest"]]),
          [[900_000, 1, 0], [899_998, 1, 2]]
        )
        assert.deepStrictEqual((yield* rows("chains")).map((r) => [r["verdict"], r["chain_shown"], r["endpoints"]]), [
          ["same", "mainnet", 2],
          ["other", "unknown chain abababab", 1]
        ])
        assert.deepStrictEqual(
          (yield* rows("who-introduces")).map((r) => [r["source"], r["endpoints_named"], r["endpoints_named_first"], r["endpoints_only_here"]]),
          [
            ["alpha.example.org:50002:s", 6, 4, 2],
            ["seeds.json", 2, 2, 0],
            ["beta.example.org:50002:s", 4, 0, 0]
          ]
        )
        assert.deepStrictEqual((yield* rows("malformed-announcements")).map((r) => [r["problem"], r["sources"]]), [
          ["not a list", 1]
        ])
        assert.deepStrictEqual(yield* rows("response-matrix"), [{
          subject: "balance", script_form: "P2WPKH", behaves_like: "ElectrumX", by_default: "ok", response: "ok", filtered: false, servers: 2
        }])
        assert.deepStrictEqual(yield* rows("response-matrix", { deviations: "true" }), [])
        assert.deepStrictEqual((yield* rows("banners")).map((r) => r["servers"]), [3])
        assert.deepStrictEqual((yield* rows("certificate-validity")).map((r) => r["servers"]), [3])
        const coverage = new Map((yield* rows("coverage")).map((r) => [`${r["level"]}: ${r["measure"]}`, r["number"]]))
        assert.deepStrictEqual([...coverage.entries()].slice(0, 16), [
          ["advertisement: said by one source each", 9],
          ["announced entry: distinct texts", 6],
          ["announced entry: of these malformed", 1],
          ["endpoint: announced and known", 7],
          ["endpoint: visited", 5],
          ["endpoint: answered", 3],
          ["endpoint: failed on the server's side", 2],
          ["endpoint: failed on our side: unknown", 0],
          ["endpoint: not visited: tls answered", 1],
          ["endpoint: not visited: us", 1],
          ["server: announced and known", 5],
          ["server: answered", 2],
          ["server: answered, of another chain", 1],
          ["server: answered nowhere", 1],
          ["server: unknown", 1],
          ["server: named by peer lists", 4]
        ])
        assert.deepStrictEqual((yield* ask("crawls-side-by-side")).rows.map((r) => [r["network"], r["endpoints_answered"], r["servers_answered"]]), [
          ["mainnet", 3, 2],
          ["mainnet-sim", 3, 2]
        ])
      }).pipe(Effect.provide(layers(path)))
    }))
})
