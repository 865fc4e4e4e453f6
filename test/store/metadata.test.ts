import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { AnalysisStore, Database, type Row } from "../../src/store/database.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { changeFile } from "../support/duck.ts"
import { wrongReasons } from "../support/metadata-reasons.ts"
import { onion, recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"
import { answeredVisit, crawlStart, failedVisit, observationOf, serverOf, someTime, stateOf } from "../support/store-facts.ts"

const rowsOf = (path: string, sql: string) =>
  Effect.flatMap(Database, (database) => Effect.map(database.query(sql), (result) => result.rows)).pipe(
    Effect.provide(Database.layer(path)),
    Effect.provide(NodeServices.layer)
  )

const reasonsOf = (row: Row): Readonly<Record<string, string>> => row["untested"] as Record<string, string>

describe("server_metadata", () => {
  it.effect("says for every null why, and gives no reason for anything else", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/a.duckdb`
      yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
      const rows = yield* rowsOf(path, "SELECT endpoint_key, m.* FROM server_metadata m JOIN endpoint USING (endpoint_id)")
      const byKey = new Map(rows.map(({ endpoint_key, ...row }) => [String(endpoint_key), row]))
      for (const [key, row] of byKey) assert.deepStrictEqual([key, wrongReasons(row)], [key, []])
      const why = (key: string, column: string) => reasonsOf(byKey.get(key)!)[column]
      assert.strictEqual(why("alpha.example.org:50001:t", "banner"), "not visited: tls answered")
      assert.strictEqual(why("alpha.example.org:50001:t", "certificate_sha256"), "the endpoint does not speak TLS")
      assert.strictEqual(why(`${onion}:50002:s`, "reachable"), "not visited: us (no Tor)")
      assert.strictEqual(why(`${onion}:50002:s`, "asn"), "onion services have no address")
      assert.strictEqual(why("gamma.example.org:50001:t", "tip_height"), "failed: connect timeout (connect)")
      // Nobody asked the first two; only the last one owed an answer.
      for (const column of ["first_seen", "last_seen"]) {
        assert.strictEqual(why("alpha.example.org:50001:t", column), "not visited: tls answered")
        assert.strictEqual(why(`${onion}:50002:s`, column), "not visited: us (no Tor)")
        assert.strictEqual(why("gamma.example.org:50001:t", column), "it never answered")
      }
      assert.strictEqual(why("alpha.example.org:50002:s", "city"), "its address was not looked up")
      assert.strictEqual(why("alpha.example.org:50002:s", "uptime_share"), "fewer than 20 observations")
      assert.deepInclude(byKey.get("alpha.example.org:50002:s"), {
        wallet_accepts: true,
        wallet_accepts_reason: "self-signed: pinned at first contact",
        verify_error: "DEPTH_ZERO_SELF_SIGNED_CERT",
        spki_sha256: "shared key",
        session_offered: true,
        tls_handshake_ms: 15,
        version_ms: 15,
        tcp_connect_ms: 7,
        addresses: ["34.90.1.2", "2a01::2"]
      })
    }))

  it.effect("holds no score against a port that was not visited beside one of its kind that was", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/p.duckdb`
      const keys = ["246.240.9.9:50002:s", "246.240.9.9:50012:s", "246.240.9.9:50001:t"] as const
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart({ network: "mainnet" }))
          yield* store.record(crawlId, [
            { _tag: "visit", visit: answeredVisit(keys[0]) },
            stateOf(keys[0], "visited"),
            stateOf(keys[1], "not visited", "tls answered"),
            stateOf(keys[2], "not visited", "tls answered"),
            { _tag: "servers", servers: [serverOf(keys)] }
          ])
          yield* store.flush
          yield* store.endCrawl(crawlId, "finished", someTime + 60_000)
        }))
      yield* Effect.promise(() => changeFile(path, "INSERT INTO suspicion SELECT crawl_id, server_id, 60, 100, 'shown' FROM server"))
      const rows = yield* rowsOf(path, "SELECT port, honeypot_score, untested FROM server_metadata ORDER BY port")
      assert.deepStrictEqual(rows.map(({ honeypot_score, port }) => [port, honeypot_score]), [[50001, 60], [50002, 60], [50012, null]])
      assert.match(reasonsOf(rows[2]!)["honeypot_score"]!, /another port of this host was/)
    }))

  it.effect("tells groups that were not looked for yet from those that were not found, before and after an analysis", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/g.duckdb`
      const [lone, other, silent] = ["lone.example.org:50002:s", "other.example.org:50002:s", "silent.example.org:50002:s"] as const
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart({ network: "mainnet" }))
          yield* store.record(crawlId, [
            { _tag: "visit", visit: answeredVisit(lone) },
            { _tag: "visit", visit: answeredVisit(other, { chain: { verdict: "other", chain: "testnet", headers: [] } }) },
            { _tag: "visit", visit: failedVisit(silent) },
            { _tag: "servers", servers: [serverOf([lone], "mainnet"), serverOf([other], "testnet"), { ...serverOf([silent]), confirmed: false }] }
          ])
          yield* store.flush
          yield* store.endCrawl(crawlId, "finished", someTime)
        }))
      const groups = ["cluster_id", "operator_posterior", "backend_id", "machine_id", "behaviour_cluster_id", "community_id"]
      const said = Effect.gen(function*() {
        const rows = yield* rowsOf(path, "SELECT * FROM server_metadata ORDER BY host")
        for (const row of rows) assert.deepStrictEqual(wrongReasons(row), [])
        return rows.map((row) => [...new Set(groups.map((column) => reasonsOf(row)[column]))])
      })
      assert.deepStrictEqual(yield* said, [["not analysed yet"], ["not analysed yet"], ["not analysed yet"]])
      yield* Effect.flatMap(Analysis, (analysis) => analysis.analyze({ network: "mainnet" })).pipe(
        Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(path))),
        Effect.provide(NodeServices.layer),
        Effect.scoped
      )
      assert.deepStrictEqual(yield* said, [
        ["none found", "no operator cluster was found", "none found: nobody lists it, and it lists nobody"],
        ["its server is of another chain, and is compared with none"],
        ["its server never answered, and is compared with none"]
      ])
    }))

  it.effect("tells what was not asked from what was answered with nothing, and the session's end from the protocol's lack", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/n.duckdb`
      const keys = ["a-electrs.example.org:50001:t", "b-ended.example.org:50002:s", "c-old.example.org:50002:s", "34.90.1.9:50002:s"] as const
      const ended = "the connection had ended: reset"
      const ok = (probe: string, value: string) => observationOf(probe, { value })
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart({ network: "mainnet" }))
          const [electrs, cut, old, bare] = keys.map((key) => answeredVisit(key))
          const none = { ...electrs!, donationAddress: null, observations: [ok("donation address", "null")] }
          for (const visit of [
            { ...none, identification: { ...none.identification!, implementation: "romanz electrs" as const } },
            { ...cut!, donationAddress: null, observations: [ok("donation address", "null")], timing: { ...cut!.timing!, pings: 0, medianMs: null, deviationMs: null, untimed: ended } },
            {
              ...old!,
              tls: { ...old!.tls!, verifyError: null },
              observations: [
                ok("relay fee", "0.00001"), ok("fee#2", "0.0002"), ok("fee#6", "-1"),
                observationOf("fee histogram", { outcome: "error", errorCode: -32603, value: null })
              ]
            },
            { ...bare!, tls: { ...bare!.tls!, sni: null }, observations: [observationOf("fee#2", { outcome: "not asked", errorMessage: "6 errors were enough", value: null })] }
          ]) yield* store.record(crawlId, [{ _tag: "visit", visit }])
          yield* store.flush
          yield* store.endCrawl(crawlId, "finished", someTime)
        }))
      const rows = yield* rowsOf(path, "SELECT * FROM server_metadata ORDER BY host")
      for (const row of rows) assert.deepStrictEqual([row["host"], wrongReasons(row)], [row["host"], []])
      const [bare, electrs, cut, old] = rows.map(reasonsOf)
      assert.strictEqual(electrs!["donation_address"], "answered null, as this software always does")
      assert.deepStrictEqual([electrs!["alpn"], electrs!["sni"], electrs!["verify_error"]], Array.from({ length: 3 }, () => "the endpoint does not speak TLS"))
      assert.strictEqual(cut!["donation_address"], "answered null")
      for (const column of ["fee_vector", "fee_histogram", "relay_fee", "mempool_info"]) assert.strictEqual(cut![column], `not asked: ${ended}`)
      assert.strictEqual(cut!["latency_ms"], ended)
      assert.strictEqual(old!["mempool_info"], "protocol 1.4.2, which was agreed on, has no such method")
      assert.deepStrictEqual([old!["fee_histogram"], old!["verify_error"], old!["alpn"]], ["error -32603", "no fault was found", "none was offered"])
      assert.deepStrictEqual([bare!["sni"], bare!["fee_vector"]], ["none was sent: addresses are not", "not asked: 6 errors were enough"])
    }))

  it.effect("counts uptime over all crawls of a network, and not what failed on our side", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/b.duckdb`
      const hour = 3_600_000
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          for (let i = 0; i < 30; i++) {
            const startedAt = someTime + i * 2 * hour
            const start = crawlStart({ network: i === 29 ? "testnet4" : "mainnet" })
            const crawlId = yield* store.startCrawl({ ...start, startedAt, vantage: { ...start.vantage, name: i % 2 === 0 ? "a" : "b" } })
            const at = { startedAt }
            yield* store.record(crawlId, [
              // Down in each fourth crawl; in each fifth of the others we are to blame.
              { _tag: "visit", visit: i % 4 === 3 ? failedVisit("a.example.org:50002:s", at) : i % 5 === 0 ? failedVisit("a.example.org:50002:s", { ...at, reason: "us" }) : answeredVisit("a.example.org:50002:s", at) },
              { _tag: "visit", visit: answeredVisit("often.example.org:50002:s", { startedAt: someTime + i * 60_000 }) },
              ...(i < 19 ? [{ _tag: "visit" as const, visit: answeredVisit("seldom.example.org:50002:s", at) }] : [])
            ])
            yield* store.flush
            yield* store.endCrawl(crawlId, "finished", startedAt + 1)
          }
          // A visit on request is no observation.
          const asked = yield* store.startCrawl({ ...crawlStart({ network: "mainnet" }), kind: "visit" })
          yield* store.record(asked, [{ _tag: "visit", visit: failedVisit("a.example.org:50002:s") }])
          yield* store.flush
          yield* store.endCrawl(asked, "finished", someTime)
        }))
      const rows = yield* rowsOf(path, `
        SELECT e.host, h.* EXCLUDE (endpoint_id, network) FROM endpoint_history h JOIN endpoint e USING (endpoint_id)
        WHERE network = 'mainnet' ORDER BY host`)
      // Of 29 crawls 7 find it down (3, 7, … 27); of the others 5 are ours (0, 5, 10, 20, 25).
      assert.deepInclude(rows[0], { host: "a.example.org", uptime_observations: 24, uptime_share: 17 / 24, uptime_gap: null })
      assert.strictEqual(rows[0]!["first_seen"], new Date(someTime + 2 * hour).toISOString())
      assert.strictEqual(rows[0]!["last_seen"], new Date(someTime + 28 * 2 * hour).toISOString())
      assert.deepInclude(rows[1], { host: "often.example.org", uptime_observations: 29, uptime_share: null, uptime_gap: "observed for less than 24 hours" })
      const seldom = yield* rowsOf(path, "SELECT uptime_share, uptime_observations FROM server_metadata WHERE host = 'seldom.example.org'")
      assert.deepStrictEqual(seldom, [])
      assert.deepInclude(rows[2], { host: "seldom.example.org", uptime_observations: 19, uptime_share: null })
      const shown = yield* rowsOf(path, "SELECT uptime_share FROM server_metadata WHERE host = 'a.example.org' AND network = 'mainnet'")
      assert.deepStrictEqual(shown, [{ uptime_share: 17 / 24 }])
    }))

  it.effect("marks values that prove nothing, and shows what stands before the software", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/c.duckdb`
      const stock = "a.example.org:50002:s"
      const own = "b.example.org:53535:t"
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart({ network: "mainnet" }))
          const usual = answeredVisit(stock)
          yield* store.record(crawlId, [
            {
              _tag: "visit",
              visit: {
                ...usual,
                banner: "Connected to a Fulcrum 2.1.1 server",
                identification: { ...usual.identification!, proxy: ["a certificate that Traefik makes for itself"] }
              }
            },
            { _tag: "visit", visit: { ...answeredVisit(own), features: null } },
            // Of another kind, so not asked what it shows.
            { _tag: "visit", visit: answeredVisit(stock, { kind: "deep", banner: "Welcome to Electrum!" }) }
          ])
          yield* store.flush
          yield* store.endCrawl(crawlId, "finished", someTime)
        }))
      const rows = yield* rowsOf(path, "SELECT host, proxy, default_values FROM server_metadata ORDER BY host")
      assert.deepStrictEqual(rows, [
        { host: "a.example.org", proxy: ["a certificate that Traefik makes for itself"], default_values: ["banner", "hosts shape", "port"] },
        { host: "b.example.org", proxy: [], default_values: [] }
      ])
      const values = yield* rowsOf(path, "SELECT e.host, d.kind, d.value, d.set_by FROM default_value d JOIN endpoint e USING (endpoint_id) ORDER BY kind")
      assert.lengthOf(values, 3)
      assert.deepStrictEqual(values[0], { host: "a.example.org", kind: "banner", value: "Connected to a Fulcrum 2.1.1 server", set_by: "Fulcrum" })
      assert.deepInclude(values[2], { kind: "port", value: "mainnet tls 50002" })
    }))

  it.effect("names the software by the regular visit, else by the newest deep visit of the server, and none where they differ", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/d.duckdb`
      const key = (host: string) => `${host}.example.org:50002:s`
      const none = { implementation: null, range: null, confidence: 0.6 } as const
      const narrow = { implementation: "ElectrumX", range: { since: "1.16.0", before: "1.16.1" }, confidence: 0.9 } as const
      const other = { implementation: "Fulcrum", range: { since: "2.1", before: null }, confidence: 0.9 } as const
      // Two more processes behind the name of one, or what may be: of another chain, and never met.
      const [otherChain, unmet] = ["both.example.org:50102:s", "both.example.org:50101:t"] as const
      const mixed = "its connections were answered by different software"
      // By host: what the regular visit and what the deep visits of its server show, in their order.
      const cases = {
        both: [{}, [other, narrow]],
        differing: [{}, [other]],
        mixed: [{}, [none]],
        neither: [none, [none]],
        "only-deep": [none, [narrow]],
        "only-regular": [{}, [none]],
        undone: [{}, []]
      } as const
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart({ network: "mainnet" }))
          const visitOf = (host: string, kind: "regular" | "deep", changes: object, startedAt = someTime) => {
            const visit = answeredVisit(key(host), { kind, startedAt })
            return { ...visit, identification: { ...visit.identification!, ...changes } }
          }
          for (const [host, [regular, deep]] of Object.entries(cases)) {
            yield* store.record(crawlId, [{ _tag: "visit", visit: visitOf(host, "regular", regular) }])
            for (const [i, found] of deep.entries()) {
              const malformed = { response: "error", comparedWith: null, notCompared: host === "mixed" ? mixed : null, differs: [], answers: { "unknown-method": "error -32601" } } as const
              yield* store.record(crawlId, [{ _tag: "visit", visit: visitOf(host, "deep", found, someTime + i + 1), malformed }])
            }
          }
          const chain = { verdict: "other", chain: "testnet", headers: [] } as const
          yield* store.record(crawlId, [
            { _tag: "visit", visit: answeredVisit(otherChain, { chain }) },
            stateOf(unmet, "not visited", "tls answered")
          ])
          yield* store.record(crawlId, [{ _tag: "servers", servers: Object.keys(cases).map((host) => serverOf(host === "both" ? [key(host), otherChain, unmet] : [key(host)], "mainnet")) }])
          yield* store.flush
          yield* store.endCrawl(crawlId, "finished", someTime)
        }))
      const apart = yield* rowsOf(path, "SELECT * FROM server_metadata WHERE port <> 50002 ORDER BY port")
      for (const row of apart) assert.deepStrictEqual(wrongReasons(row), [])
      assert.deepStrictEqual(apart.map((row) => [row["malformed_response"], reasonsOf(row)["malformed_response"]]), [
        [null, "not visited: tls answered"],
        [null, "of another chain than its crawl, which makes no deep visits there"]
      ])
      const rows = yield* rowsOf(path, "SELECT * FROM server_metadata WHERE port = 50002 ORDER BY host")
      for (const row of rows) assert.deepStrictEqual([row["host"], wrongReasons(row)], [row["host"], []])
      const shown = rows.map((row) => [
        String(row["host"]).split(".")[0], row["implementation"], row["version_range"], row["identification_confidence"],
        row["deep_implementation"], row["deep_version_range"], reasonsOf(row)["implementation"]
      ])
      const [usual, differ] = [">=1.16.0 <1.17", "the regular visit met ElectrumX, the newest deep visit Fulcrum"]
      assert.deepStrictEqual(shown, [
        ["both", "ElectrumX", usual, 0.99, "ElectrumX", ">=1.16.0 <1.16.1", undefined],
        ["differing", null, null, 0.99, "Fulcrum", ">=2.1", differ],
        ["mixed", null, null, 0.99, null, null, "the connections of the newest deep visit were answered by different software"],
        ["neither", null, null, 0.6, null, null, "nothing known fits well enough"],
        ["only-deep", "ElectrumX", ">=1.16.0 <1.16.1", 0.9, "ElectrumX", ">=1.16.0 <1.16.1", undefined],
        ["only-regular", "ElectrumX", usual, 0.99, null, null, undefined],
        ["undone", "ElectrumX", usual, 0.99, null, null, undefined]
      ])
      const { sql } = yield* QueryCatalogue.pipe(
        Effect.flatMap((catalogue) => catalogue.find("implementations")),
        Effect.provide(QueryCatalogue.layer),
        Effect.provide(NodeServices.layer)
      )
      const counted = yield* rowsOf(path, `SELECT behaves_like, servers FROM (${sql.replaceAll(/\$(?:crawl|network)\b/g, "NULL")}) WHERE releases_that_fit = '>=1.16.0 <1.16.1'`)
      assert.deepStrictEqual(counted, [{ behaves_like: "ElectrumX", servers: 1 }])
    }))
})
