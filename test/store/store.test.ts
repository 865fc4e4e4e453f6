import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { endpointKey } from "../../src/domain/endpoint.ts"
import type { JudgedAnswer } from "../../src/domain/judged-answer.ts"
import type { BehaviourResponse } from "../../src/domain/response.ts"
import { Database } from "../../src/store/database.ts"
import { onion, recordSmallCrawl, smallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"
import {
  advertisementOf,
  announcedByServer,
  answeredVisit,
  crawlStart,
  failedVisit,
  observationOf,
  seedList,
  serverOf,
  someTime,
  stateOf
} from "../support/store-facts.ts"

const query = (path: string, sql: string) =>
  Effect.flatMap(Database, (database) => database.query(sql)).pipe(
    Effect.provide(Database.layer(path)),
    Effect.provide(NodeServices.layer),
    Effect.map((result) => result.rows)
  )

const databasePath = Effect.map(temporaryFolder, (folder) => `${folder}/store.duckdb`)

describe("Store", () => {
  it.effect("keeps everything a visit saw", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
      const [visit] = yield* query(path, "SELECT * FROM visit JOIN endpoint USING (endpoint_id) WHERE host = 'alpha.example.org'")
      assert.deepInclude(visit, {
        visit_id: 1,
        crawl_id: 1,
        started_at: "2026-01-02T03:04:05.678Z",
        outcome: "answered",
        reason: null,
        address: "34.90.1.2",
        resolved_by: "dns",
        addresses: ["34.90.1.2", "2a01::2"],
        via: "direct",
        handshake_ms: 40,
        ended_ms: 90.5,
        bytes_in: 12_345,
        requests: 9,
        cost: 21.5,
        software: "ElectrumX 1.16.0",
        protocol: "1.4.2",
        banner: "Welcome\u0000\u001b[31m",
        tip_height: 900_000,
        tip_time: "2026-01-02T03:04:05.678Z",
        tip_valid_work: true,
        chain_verdict: "same",
        chain: "mainnet",
        features_protocol_max: "1.4.3",
        features_services: []
      })
      assert.deepStrictEqual(
        yield* query(path, "SELECT probe, method, sent_ms, latency_ms, outcome, reply_bytes, value FROM observation WHERE visit_id = 1"),
        [
          { probe: "banner", method: "server.banner", sent_ms: 30, latency_ms: 12.5, outcome: "ok", reply_bytes: 22, value: "null" },
          { probe: "ping", method: "server.ping", sent_ms: 30, latency_ms: 12.5, outcome: "ok", reply_bytes: 22, value: "null" }
        ]
      )
      assert.deepStrictEqual(
        yield* query(path, "SELECT visit_id, sni, certificate_sha256 FROM tls_session ORDER BY visit_id LIMIT 1"),
        [{ visit_id: 1, sni: "server.example.org", certificate_sha256: "shared certificate" }]
      )
      assert.deepStrictEqual(
        yield* query(path, "SELECT count(*) AS n, any_value(der) AS der FROM certificate WHERE sha256 = 'shared certificate'"),
        [{ n: 1, der: Buffer.from("not really DER").toString("hex") }]
      )
      assert.deepStrictEqual(yield* query(path, "SELECT asked, distinct_entries, unseen_mass FROM peers_reply WHERE visit_id = 1"), [
        { asked: 2, distinct_entries: 0, unseen_mass: 0.01 }
      ])
    }))

  it.effect("forgets hosts that turned out to be opted out, and nobody else", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          const keys = ["out.example.org:50002:s", "out.example.org:50001:t", "stays.example.org:50002:s"]
          yield* store.record(crawlId, [
            seedList([advertisementOf(keys[0]!, keys[1]!), advertisementOf(keys[2]!)]),
            ...keys.map((key) => stateOf(key, "due"))
          ])
          yield* store.flush
          yield* store.forget(crawlId, ["out.example.org"])
          assert.deepStrictEqual((yield* store.joinRows(crawlId)).map((row) => row.endpoint.host), ["stays.example.org"])
        }))
      const counts = `SELECT (SELECT count(*) FROM advertisement) AS texts, (SELECT count(*) FROM advertised) AS listings,
        (SELECT count(*) FROM crawl_endpoint) AS endpoints`
      assert.deepStrictEqual(yield* query(path, counts), [{ texts: 1, listings: 1, endpoints: 1 }])
    }))

  it.effect("stores an announcement text once, however many sources and crawls have it", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
      // A new process knows what is there already.
      yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
      assert.deepStrictEqual(yield* query(path, "SELECT count(*) AS n, count(DISTINCT raw) AS texts FROM advertisement"), [
        { n: 6, texts: 6 }
      ])
      assert.deepStrictEqual(yield* query(path, "SELECT count(*) AS n, count(DISTINCT endpoint_key) AS keys FROM endpoint"), [
        { n: 7, keys: 7 }
      ])
      assert.deepStrictEqual(yield* query(path, "SELECT crawl_id, count(*) AS n FROM advertised GROUP BY ALL ORDER BY ALL"), [
        { crawl_id: 1, n: 9 },
        { crawl_id: 2, n: 9 }
      ])
      assert.deepStrictEqual(yield* query(path, "SELECT count(*) AS n FROM source"), [{ n: 4 }])
      assert.deepStrictEqual(yield* query(path, "SELECT crawl_id, state FROM crawl ORDER BY ALL"), [
        { crawl_id: 1, state: "finished" },
        { crawl_id: 2, state: "finished" }
      ])
    }))

  it.effect("tells two readings of one text apart: other default ports, or private addresses allowed", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const text = advertisementOf("a.example.org:50002:s")
      const refused = { ...text, services: [], problem: "address not public" as const }
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const mainnet = yield* store.startCrawl(crawlStart())
          yield* store.record(mainnet, [seedList([refused, text, refused])])
          const testnet = yield* store.startCrawl(crawlStart({ network: "testnet" }))
          yield* store.record(testnet, [seedList([text])])
        }))
      assert.deepStrictEqual(
        yield* query(path, "SELECT network, problem, services, tls_port FROM advertisement ORDER BY advertisement_id"),
        [
          { network: "mainnet", problem: "address not public", services: "", tls_port: null },
          { network: "mainnet", problem: null, services: "s50002", tls_port: 50_002 },
          { network: "testnet", problem: null, services: "s50002", tls_port: 50_002 }
        ]
      )
    }))

  it.effect("takes hostile numbers and texts without failing", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const visit = answeredVisit("a.example.org:50002:s")
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          yield* store.record(crawlId, [{
            _tag: "visit",
            visit: {
              ...visit,
              banner: "half \ud800 pair",
              tip: { height: 1e300, hash: "x", time: 1e300, validWork: false },
              features: { ...visit.features!, pruning: 1.5, hosts: [{ ...visit.features!.hosts[0]!, host: "\ud800\u0000" }] },
              observations: [observationOf("x", { errorCode: -1e25, latencyMs: Number.NaN, errorMessage: "\u0000" })]
            }
          }])
          yield* store.flush
        }))
      assert.deepStrictEqual(
        yield* query(path, `SELECT banner, tip_height, tip_time, features_pruning, json_extract_string(features_hosts, '$[0].tcpPort') AS port
          FROM visit`),
        [{ banner: "half \ufffd pair", tip_height: null, tip_time: null, features_pruning: null, port: "50001" }]
      )
      assert.deepStrictEqual(yield* query(path, "SELECT error_code, latency_ms, error_message FROM observation"), [
        { error_code: null, latency_ms: null, error_message: "\u0000" }
      ])
    }))

  it.effect("marks older unfinished crawls of the same network and kind abandoned, and no others", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          yield* recordSmallCrawl(store, "mainnet", "interrupted")
          yield* recordSmallCrawl(store, "testnet", null)
          yield* store.startCrawl(crawlStart({ kind: "visit" }))
          yield* store.startCrawl(crawlStart())
        }))
      assert.deepStrictEqual(yield* query(path, "SELECT crawl_id, network, kind, state FROM crawl ORDER BY crawl_id"), [
        { crawl_id: 1, network: "mainnet", kind: "crawl", state: "finished" },
        { crawl_id: 2, network: "mainnet", kind: "crawl", state: "abandoned" },
        { crawl_id: 3, network: "testnet", kind: "crawl", state: "running" },
        { crawl_id: 4, network: "mainnet", kind: "visit", state: "running" },
        { crawl_id: 5, network: "mainnet", kind: "crawl", state: "running" }
      ])
      // Who opens the file next is alone with it: what still runs in it was killed, and can be resumed.
      const found = yield* withStore(path, (store) => store.resumable("mainnet"))
      assert.deepStrictEqual(yield* query(path, "SELECT crawl_id, state, ended_at >= started_at AS ended FROM crawl WHERE crawl_id > 2 ORDER BY crawl_id"), [3, 4, 5].map((crawl_id) =>
        ({ crawl_id, state: "interrupted", ended: true })))
      assert.strictEqual(Option.getOrThrow(found).crawlId, 5)
    }))

  it.effect("gives back all that an unfinished crawl knows, and counts it as running again when it goes on", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const addressed = { ...advertisementOf("beta.example.org:50002:s"), raw: "with address", address: "34.90.1.9" }
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* recordSmallCrawl(store, "mainnet", null)
          yield* store.record(crawlId, [announcedByServer("alpha.example.org:50002:s", [addressed])])
          yield* store.endCrawl(crawlId, "interrupted", someTime)
        }))
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          assert.isTrue(Option.isNone(yield* store.resumable("testnet")))
          const found = Option.getOrThrow(yield* store.resumable("mainnet"))
          assert.strictEqual(found.crawlId, 1)
          assert.strictEqual(found.startedAt, someTime)
          assert.deepStrictEqual(found.settings, { network: "mainnet", concurrency: 64 })
          assert.deepStrictEqual(
            found.endpoints.map((e) => [endpointKey(e.endpoint), e.state, e.reason, e.sources, e.namedBySeed, e.outcome, e.reachable]),
            [
              ["alpha.example.org:50002:s", "visited", null, 3, true, "answered", true],
              ["alpha.example.org:50001:t", "not visited", "tls answered", 3, true, null, false],
              ["beta.example.org:50002:s", "visited", null, 1, false, "answered", true],
              ["gamma.example.org:50002:s", "visited", null, 2, false, "failed", false],
              ["gamma.example.org:50001:t", "visited", null, 2, false, "failed", false],
              [`${onion}:50002:s`, "not visited", "us", 1, false, null, false],
              ["strange.example.org:50002:s", "visited", null, 1, false, "failed", true]
            ]
          )
          assert.deepStrictEqual(found.endpoints[2]!.announcedAddresses, ["34.90.1.9"])
          assert.strictEqual(found.endpoints[5]!.detail, "no Tor")
          yield* store.record(found.crawlId, [stateOf("late.example.org:50002:s", "due")])
          yield* store.record(found.crawlId, [stateOf("later.example.org:50002:s", "due")])
        }))
      assert.deepStrictEqual(yield* query(path, "SELECT state, ended_at, resumptions FROM crawl"), [
        { state: "running", ended_at: null, resumptions: 1 }
      ])
    }))

  it.effect("offers no crawl to resume once a later one was started or it was finished", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet", "interrupted")
          yield* recordSmallCrawl(store, "mainnet")
          assert.isTrue(Option.isNone(yield* store.resumable("mainnet")))
        }))
    }))

  it.effect("gives the newest ledger entry of every target of a vantage", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const entry = (target: string, at: number, balance: number) =>
        ({ _tag: "ledger", target, at, balance, backOffUntil: null, reason: null }) as const
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          yield* store.record(crawlId, [entry("a", someTime, 5), entry("b", someTime, 7)])
          yield* store.record(crawlId, [
            { ...entry("a", someTime + 1000, 9), backOffUntil: someTime + 60_000, reason: "throttled" },
            entry("b", someTime, 8)
          ])
          assert.deepStrictEqual(yield* store.ledger("home"), [
            { target: "a", at: someTime + 1000, balance: 9, backOffUntil: someTime + 60_000, reason: "throttled" },
            { target: "b", at: someTime, balance: 8, backOffUntil: null, reason: null }
          ])
          assert.deepStrictEqual(yield* store.ledger("elsewhere"), [])
        }))
    }))

  it.effect("gives server joining what it looks at, endpoints without a visit included", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const rows = yield* withStore(path, (store) =>
        Effect.flatMap(recordSmallCrawl(store, "mainnet", null), store.joinRows))
      const of = (key: string) => rows.find((row) => endpointKey(row.endpoint) === key)!
      assert.lengthOf(rows, 7)
      assert.deepInclude(of("alpha.example.org:50002:s"), {
        visitStartedAt: someTime,
        reachable: true,
        chain: "mainnet",
        address: "34.90.1.2",
        certificateSha256: "shared certificate",
        claimedHosts: [{ host: "alpha.example.org", tcpPort: 50_001, tlsPort: 50_002, wsPort: null, wssPort: null }]
      })
      assert.match(of("alpha.example.org:50002:s").featuresKey!, /^[0-9a-f]{64}$/)
      assert.notStrictEqual(of("alpha.example.org:50002:s").featuresKey, of("beta.example.org:50002:s").featuresKey)
      assert.deepInclude(of("strange.example.org:50002:s"), { reachable: true, chain: "unknown chain abababab" })
      assert.deepInclude(of("alpha.example.org:50001:t"), {
        visitStartedAt: null,
        reachable: false,
        chain: null,
        featuresKey: null,
        claimedHosts: []
      })
    }))

  it.effect("replaces the servers of a crawl, in one batch and across batches", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const [a, b] = ["a.example.org:50002:s", "b.example.org:50002:s"]
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          yield* store.record(crawlId, [stateOf(a, "due"), stateOf(b, "due")])
          yield* store.record(crawlId, [{ _tag: "servers", servers: [serverOf([a, b])] }])
          yield* store.flush
          yield* store.record(crawlId, [{ _tag: "servers", servers: [] }])
          yield* store.record(crawlId, [{ _tag: "servers", servers: [serverOf([b]), serverOf([a], null, false)] }])
        }))
      assert.deepStrictEqual(yield* query(path, "SELECT server_id, chain, confirmed, endpoints FROM server ORDER BY ALL"), [
        { server_id: 1, chain: null, confirmed: false, endpoints: 1 },
        { server_id: 2, chain: "mainnet", confirmed: true, endpoints: 1 }
      ])
      assert.deepStrictEqual(yield* query(path, "SELECT server_id, endpoint_id FROM server_endpoint ORDER BY ALL"), [
        { server_id: 1, endpoint_id: 1 },
        { server_id: 2, endpoint_id: 2 }
      ])
    }))

  it.effect("refuses facts of a crawl that it does not know", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const error = yield* Effect.flip(withStore(path, (store) => store.record(7, smallCrawl()[0]!)))
      assert.strictEqual(error.reason, "not found")
    }))

  it.effect("lets nobody open a file twice", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const error = yield* withStore(path, () => Effect.flip(withStore(path, (store) => store.flush)))
      assert.strictEqual(error.reason, "locked")
    }))

  it.effect("works in memory too", () =>
    withStore(":memory:", (store) =>
      Effect.gen(function*() {
        const crawlId = yield* recordSmallCrawl(store, "mainnet", null)
        yield* store.publishSnapshot
        assert.lengthOf(yield* store.joinRows(crawlId), 7)
      })))
})

describe("server_metadata", () => {
  it.effect("has the fields of the user's schema by these names, one row per endpoint of the latest finished crawl", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          yield* recordSmallCrawl(store, "mainnet-sim")
          yield* recordSmallCrawl(store, "mainnet", "interrupted")
          const visit = yield* store.startCrawl(crawlStart({ kind: "visit" }))
          yield* store.record(visit, [{ _tag: "visit", visit: failedVisit("alpha.example.org:50002:s") }])
          yield* store.endCrawl(visit, "finished", someTime)
        }))
      const rows = yield* query(path, "SELECT * FROM server_metadata WHERE network = 'mainnet' ORDER BY endpoint_id")
      // What further fields there are, and what they mean, is metadata.test.ts's.
      assert.deepStrictEqual(Object.keys(rows[0]!).slice(0, 33), [
        "crawl_id", "endpoint_id", "server_id", "host", "network", "simulated",
        "ip", "port", "ssl", "reachable", "latency_ms",
        "banner", "protocol_version", "server_version",
        "certificate_sha256", "issuer", "valid_from", "valid_to", "san_dns",
        "balance_response", "history_response", "malformed_response", "rate_limit_triggered", "timing_variance", "fingerprint_hash",
        "country", "city", "asn", "org", "cloud_provider",
        "honeypot_score", "cluster_id", "notes"
      ])
      assert.deepStrictEqual(
        rows.map((r) => [r["crawl_id"], r["host"], r["port"], r["ssl"], r["reachable"], r["server_id"], r["simulated"], r["notes"]]),
        [
          [1, "alpha.example.org", 50_002, true, true, 1, false, null],
          [1, "alpha.example.org", 50_001, false, null, 1, false, "not visited: tls answered"],
          [1, "beta.example.org", 50_002, true, true, 3, false, null],
          [1, "gamma.example.org", 50_002, true, false, 4, false, "failed: refused (connect)"],
          [1, "gamma.example.org", 50_001, false, false, 4, false, "failed: connect timeout (connect)"],
          [1, "strange.example.org", 50_002, true, true, 6, false, "failed: other network (session)"],
          [1, onion, 50_002, true, null, 7, false, "not visited: us (no Tor)"]
        ]
      )
      const identified = "SELECT implementation, version_range, identification_confidence, contradictions, fingerprint_hash FROM server_metadata"
      assert.deepStrictEqual(yield* query(path, `${identified} WHERE network = 'mainnet' AND endpoint_id IN (1, 2) ORDER BY endpoint_id`), [
        {
          implementation: "ElectrumX", version_range: ">=1.16.0 <1.17", identification_confidence: 0.99, contradictions: [],
          fingerprint_hash: "fe".repeat(32)
        },
        {
          implementation: null, version_range: null, identification_confidence: null, contradictions: null, fingerprint_hash: null
        }
      ])
      assert.deepStrictEqual(
        yield* query(path, "SELECT network, simulated, count(*) AS endpoints FROM server_metadata GROUP BY ALL ORDER BY ALL"),
        [
          { network: "mainnet", simulated: false, endpoints: 7 },
          { network: "mainnet-sim", simulated: true, endpoints: 7 }
        ]
      )
      assert.deepStrictEqual(
        yield* query(
          path,
          `SELECT host, hosts, endpoints, endpoints_reachable, confirmed, reachable, server_version, named_by_servers, names_servers
           FROM server_summary WHERE network = 'mainnet' ORDER BY server_id LIMIT 3`
        ),
        [
          {
            host: "alpha.example.org", hosts: ["alpha.example.org"], endpoints: 2, endpoints_reachable: 1, confirmed: true,
            reachable: true, server_version: "ElectrumX 1.16.0", named_by_servers: 1, names_servers: 3
          },
          {
            host: "beta.example.org", hosts: ["beta.example.org"], endpoints: 1, endpoints_reachable: 1, confirmed: true,
            reachable: true, server_version: "Fulcrum 1.9.1", named_by_servers: 1, names_servers: 2
          },
          {
            host: "gamma.example.org", hosts: ["gamma.example.org"], endpoints: 2, endpoints_reachable: 0, confirmed: false,
            reachable: false, server_version: null, named_by_servers: 2, names_servers: 0
          }
        ]
      )
      assert.deepStrictEqual(
        yield* query(path, "SELECT network, endpoint_id, crawl_id FROM latest_visit WHERE endpoint_id = 1 ORDER BY ALL"),
        [{ network: "mainnet", endpoint_id: 1, crawl_id: 3 }, { network: "mainnet-sim", endpoint_id: 1, crawl_id: 2 }]
      )
    }))

  it.effect("says unknown where a visit failed on our side, and never shows an announced address", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const key = "far.example.org:50002:s"
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          yield* store.record(crawlId, [
            seedList([{ ...advertisementOf(key), address: "34.90.9.9" }]),
            {
              _tag: "visit",
              visit: failedVisit(key, {
                reason: "proxy",
                dial: { address: null, resolvedBy: "proxy", addresses: [], via: "proxy" }
              })
            },
            stateOf(key, "visited"),
            { _tag: "visit", visit: failedVisit("34.90.7.7:50002:s", { dial: { address: null, resolvedBy: "literal", addresses: [], via: "proxy" } }) }
          ])
          yield* store.endCrawl(crawlId, "finished", someTime)
        }))
      assert.deepStrictEqual(yield* query(path, "SELECT host, ip, reachable FROM server_metadata ORDER BY endpoint_id"), [
        { host: "far.example.org", ip: null, reachable: null },
        { host: "34.90.7.7", ip: "34.90.7.7", reachable: false }
      ])
    }))

  it.effect("has one word for all forms of scripts, the most significant one, and the times of the idle session", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const keys = ["a.example.org:50002:s", "b.example.org:50002:s", "c.example.org:50002:s"] as const
      const answer = (subject: "balance" | "history", response: BehaviourResponse | null): JudgedAnswer => ({
        subject, scriptForm: "P2SH", response, detail: {}, defaults: ["ok"], filtered: null, causes: []
      })
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          yield* store.record(crawlId, [
            { _tag: "visit", visit: answeredVisit(keys[0], {
              answers: [
                answer("balance", "ok"),
                answer("balance", "refused"),
                answer("history", "ok"),
                answer("history", "truncated"),
                answer("history", "closed")
              ]
            }) },
            { _tag: "visit", visit: answeredVisit(keys[1], { answers: [answer("balance", null)] }) },
            { _tag: "visit", visit: failedVisit(keys[2]) },
            ...keys.map((key) => stateOf(key, "visited"))
          ])
          yield* store.endCrawl(crawlId, "finished", someTime)
        }))
      assert.deepStrictEqual(
        yield* query(
          path,
          `SELECT balance_response, history_response, latency_ms, timing_variance, rate_limit_triggered
           FROM server_metadata ORDER BY endpoint_id`
        ),
        [
          { balance_response: "refused", history_response: "truncated", latency_ms: 12.5, timing_variance: 0.5, rate_limit_triggered: false },
          { balance_response: null, history_response: null, latency_ms: 12.5, timing_variance: 0.5, rate_limit_triggered: false },
          { balance_response: null, history_response: null, latency_ms: null, timing_variance: null, rate_limit_triggered: null }
        ]
      )
    }))

  it.effect("calls a rate limit possibly ours until two vantages that owed the server nothing saw it", () =>
    Effect.gen(function*() {
      const path = yield* databasePath
      const key = "a.example.org:50002:s"
      const throttled = observationOf("peers#2", { outcome: "throttled", errorCode: -101, errorMessage: "excessive resource usage", replyBytes: 2500 })
      // The first was on the books before the refusal came, the second was not.
      const errors = [1, 20].map((latencyMs, i) => observationOf(`fee#${i}`, { outcome: "error", latencyMs, replyBytes: 0 }))
      /** A crawl of one visit from somewhere that owed the server something before it. */
      const crawlFrom = (name: string, owed: number) =>
        withStore(path, (store) =>
          Effect.gen(function*() {
            const crawlId = yield* store.startCrawl(crawlStart({ vantage: { name, ipv4: true, ipv6: false, tor: false, proxy: false } }))
            const visit = answeredVisit(key, { observations: [...errors, throttled], cost: 321.5 })
            yield* store.record(crawlId, [
              { _tag: "visit", visit },
              { _tag: "ledger", target: visit.dial.address!, at: someTime + 100, balance: owed + 321.5, backOffUntil: null, reason: "throttled" },
              stateOf(key, "visited")
            ])
            yield* store.endCrawl(crawlId, "finished", someTime)
          }))
      const shown = `SELECT rate_limit_triggered, rate_limit_requests, rate_limit_cost, rate_limit_possibly_ours FROM server_metadata`
      const triggered = { rate_limit_triggered: true, rate_limit_requests: 9, rate_limit_cost: 121 }
      yield* crawlFrom("home", 0)
      yield* crawlFrom("home", 0)
      yield* crawlFrom("work", 300)
      assert.deepStrictEqual(yield* query(path, shown), [{ ...triggered, rate_limit_possibly_ours: true }])
      yield* crawlFrom("work", 0)
      assert.deepStrictEqual(yield* query(path, shown), [{ ...triggered, rate_limit_possibly_ours: false }])
      assert.deepStrictEqual(
        yield* query(path, "SELECT vantage, probe, error_code, owed, rested_vantages FROM throttling ORDER BY visit_id"),
        ([["home", 0], ["home", 0], ["work", 300], ["work", 0]] as const).map(([vantage, owed]) =>
          ({ vantage, probe: "peers#2", error_code: -101, owed, rested_vantages: 2 }))
      )
    }))
})
