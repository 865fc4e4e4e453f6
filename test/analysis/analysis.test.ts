import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Schema } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import type { AnalysisTarget } from "../../src/analysis/analysis-input.ts"
import { AnalysisStore, Database } from "../../src/store/database.ts"
import type { Fact } from "../../src/store/facts.ts"
import { Store } from "../../src/store/store.ts"
import {
  advertisementOf,
  announcedByServer,
  answeredVisit,
  certificateOf,
  crawlStart,
  failedVisit,
  serverOf,
  someTime,
  stateOf,
  tlsOf
} from "../support/store-facts.ts"
import { giftAddress } from "../support/gift-address.ts"

const temporaryPath = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return `${yield* fs.makeTempDirectoryScoped()}/observatory.duckdb`
})

const recorded = Effect.fnUntraced(function*(path: string, facts: ReadonlyArray<Fact>, network = "mainnet") {
  const write = Effect.gen(function*() {
    const store = yield* Store
    const crawlId = yield* store.startCrawl(crawlStart({ network }))
    yield* store.record(crawlId, facts)
    yield* store.endCrawl(crawlId, "finished", someTime + 60_000)
    return crawlId
  })
  return yield* write.pipe(Effect.provide(Store.layer(path)), Effect.scoped)
})

const analysed = (path: string, target: AnalysisTarget = { network: "mainnet" }) =>
  Effect.flatMap(Analysis, (analysis) => analysis.analyze(target)).pipe(
    Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(path))),
    Effect.scoped
  )

const Stored = Schema.Struct({ line: Schema.String })

const storedIn = Effect.fnUntraced(function*(path: string, sql: string) {
  const rows = Effect.flatMap(Database, (database) => database.rows(Stored, sql))
  return (yield* rows.pipe(Effect.provide(Database.layer(path)), Effect.scoped)).map((row) => row.line)
})

/** Two rings of servers that announce each other; `presents` says which key a host's certificate has. */
const twoCircles = (presents: Readonly<Record<string, string>>): ReadonlyArray<Fact> => {
  const circles = [["a", "b", "c", "d"], ["p", "q", "r"]]
    .map((circle) => circle.map((name) => `${name}.example.org:50002:s`))
  const keys = circles.flat()
  return [
    ...keys.map((key) => stateOf(key, "visited")),
    ...keys.map((key): Fact => {
      const host = key.split(":")[0]!
      const certificate = certificateOf(`certificate of ${host}`, presents[host] ?? `key of ${host}`)
      return { _tag: "visit", visit: answeredVisit(key, { tls: tlsOf(certificate) }) }
    }),
    ...circles.flatMap((circle) =>
      circle.map((key) =>
        announcedByServer(key, circle.filter((other) => other !== key).map((other) => advertisementOf(other)))
      )
    ),
    { _tag: "servers", servers: keys.map((key) => serverOf([key])) }
  ]
}

layer(NodeServices.layer)("the analysis of a crawl", (it) => {
  it.effect("finds communities and shared keys, and stores them", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      const crawlId = yield* recorded(path, twoCircles({ "a.example.org": "k", "q.example.org": "k" }))
      const result = yield* analysed(path)
      assert.strictEqual(result.crawlId, crawlId)
      assert.strictEqual(result.simulated, false)
      assert.deepStrictEqual(
        [result.servers, result.announcedServers, result.announcements, result.reciprocity],
        [7, 7, 12 + 6, 1]
      )
      assert.deepStrictEqual(result.communities.map((at) => at.resolution), [0.5, 1, 1.5, 2])
      assert.deepStrictEqual(result.communities.slice(0, 2).map((at) => at.communities), [2, 2])
      assert.deepStrictEqual(result.sharedKeys.map((group) => [group.spkiSha256, group.serverIds.length]), [["k", 2]])
      assert.deepStrictEqual(
        yield* storedIn(
          path,
          `SELECT string_agg(host, ' ' ORDER BY host) || ' ' || community || ' ' || min(stability) AS line
           FROM community JOIN server_endpoint USING (crawl_id, server_id) JOIN endpoint USING (endpoint_id)
           WHERE resolution = 1 GROUP BY community ORDER BY community`
        ),
        [
          "a.example.org b.example.org c.example.org d.example.org 0 1.0",
          "p.example.org q.example.org r.example.org 1 1.0"
        ]
      )
      assert.deepStrictEqual(
        yield* storedIn(
          path,
          `SELECT kind || ': ' || cluster.evidence || ', ' || string_agg(host, ' ' ORDER BY host) || ', '
             || (cluster.detail ->> 'statement') AS line
           FROM cluster JOIN cluster_member m USING (crawl_id, cluster_id)
           JOIN server_endpoint USING (crawl_id, server_id) JOIN endpoint USING (endpoint_id)
           WHERE kind = 'shared key' GROUP BY cluster_id, kind, cluster.evidence, cluster.detail`
        ),
        [
          "shared key: k, a.example.org q.example.org, " +
          "2 servers share a private key: probably one operator or one software image."
        ]
      )
    }))

  it.effect("replaces what an earlier analysis wrote, with the same result", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      const crawlId = yield* recorded(path, twoCircles({ "a.example.org": "k", "b.example.org": "k" }))
      const first = yield* analysed(path)
      const count = "SELECT count(*) || ' ' || count(DISTINCT (resolution, server_id)) AS line FROM community"
      assert.deepStrictEqual(yield* storedIn(path, count), ["28 28"])
      assert.deepStrictEqual(yield* analysed(path, { crawlId }), first)
      assert.deepStrictEqual(yield* storedIn(path, count), ["28 28"])
    }))

  it.effect("says SIMULATED of groups in a simulated network", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      const facts = twoCircles({ "a.example.org": "k", "b.example.org": "k" })
        .map((fact): Fact =>
          fact._tag === "servers"
            ? { ...fact, servers: fact.servers.map((server) => ({ ...server, chain: "mainnet-sim" })) }
            : fact
        )
      yield* recorded(path, facts, "mainnet-sim")
      const result = yield* analysed(path, { network: "mainnet-sim" })
      assert.strictEqual(result.simulated, true)
      const [statement] = yield* storedIn(path, "SELECT detail ->> 'statement' AS line FROM cluster WHERE kind = 'shared key'")
      assert.match(statement!, /^SIMULATED: 2 servers/)
    }))

  it.effect("counts no key of another chain's server, nor of a host that never answered", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      const [mine, other, silent] = ["a", "b", "c"].map((name) => `${name}.example.org:50002:s`) as [
        string,
        string,
        string
      ]
      const tls = tlsOf(certificateOf("one certificate", "k"))
      const otherChain = { verdict: "other", chain: null, headers: [] } as const
      yield* recorded(path, [
        ...[mine, other, silent].map((key) => stateOf(key, "visited")),
        { _tag: "visit", visit: answeredVisit(mine, { tls }) },
        {
          _tag: "visit",
          visit: answeredVisit(other, { tls, outcome: "failed", reason: "other network", chain: otherChain })
        },
        { _tag: "visit", visit: failedVisit(silent, { tls, reason: "closed", phase: "handshake" }) },
        {
          _tag: "servers",
          servers: [serverOf([mine]), serverOf([other], null), serverOf([silent], null, false)]
        }
      ])
      assert.deepStrictEqual((yield* analysed(path)).sharedKeys, [])
    }))

  it.effect("of a crawl that met nobody is empty", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      yield* recorded(path, [])
      const result = yield* analysed(path)
      assert.deepStrictEqual(
        [result.servers, result.announcements, result.reciprocity, result.sharedKeys.length],
        [0, 0, null, 0]
      )
      assert.deepStrictEqual(yield* storedIn(path, "SELECT 'row' AS line FROM community"), [])
    }))

  it.effect("of one server alone finds neither community nor group", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      const key = "a.example.org:50002:s"
      yield* recorded(path, [
        stateOf(key, "visited"),
        { _tag: "visit", visit: answeredVisit(key) },
        { _tag: "servers", servers: [serverOf([key])] }
      ])
      const result = yield* analysed(path)
      assert.deepStrictEqual([result.servers, result.announcedServers, result.sharedKeys.length], [1, 0, 0])
    }))

  /** Servers at hosts of different domains, by what each shows: a key and an address for gifts. */
  const servers = (shown: Readonly<Record<string, readonly [key: string, gift: string]>>): ReadonlyArray<Fact> => {
    const keys = Object.keys(shown).map((host) => `${host}:50002:s`)
    return [
      ...keys.map((key) => stateOf(key, "visited")),
      ...Object.entries(shown).map(([host, [spki, gift]]): Fact => ({
        _tag: "visit",
        visit: answeredVisit(`${host}:50002:s`, { tls: tlsOf({ ...certificateOf(`certificate of ${host}`, spki), sanDns: [host] }), donationAddress: giftAddress(gift) })
      })),
      { _tag: "servers", servers: keys.map((key) => serverOf([key])) }
    ]
  }
  const clusterLines = `SELECT cluster_id || ' ' || string_agg(host, ' ' ORDER BY host) || ' ' || (min(operator_posterior) >= 0.95) AS line
    FROM server_summary WHERE cluster_id IS NOT NULL GROUP BY cluster_id ORDER BY cluster_id`

  it.effect("calls servers that share a key and an address for gifts probably one operator's, and those that share only one of them not", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      yield* recorded(path, servers({
        "a.one.net": ["k", "gift"], "b.two.net": ["k", "gift"], "c.three.net": ["own", "gift"], "d.four.net": ["image", "its own"],
        "e.five.net": ["image", "another"], "f.six.net": ["f", "f's"], "g.seven.net": ["g", "g's"]
      }))
      const { clusterIds, operators } = yield* analysed(path)
      assert.strictEqual(clusterIds.length, 1)
      assert.isBelow(operators.expectedFalse, 0.05)
      assert.deepStrictEqual(yield* storedIn(path, clusterLines), [`${clusterIds[0]} a.one.net b.two.net true`])
      assert.deepStrictEqual(
        yield* storedIn(path, `SELECT e.comparison || ' ' || e.counted AS line FROM evidence e JOIN pair p USING (crawl_id, server_a, server_b)
          JOIN comparison_weight w USING (crawl_id, comparison, level)
          WHERE p.same_operator >= 0.95 AND w.forgeability IN ('possession', 'copyable') AND e.bits > 3 ORDER BY e.comparison`),
        ["donation address true", "same key true"]
      )
      assert.deepStrictEqual(
        yield* storedIn(path, "SELECT held_by AS line FROM pair WHERE same_operator BETWEEN 0.5 AND 0.94"),
        []
      )
      const [statement] = yield* storedIn(path, "SELECT detail ->> 'statement' AS line FROM cluster WHERE kind = 'operator'")
      assert.match(statement!, /^2 servers, probably one operator \(p = 0\.\d+\)\.$/)
      assert.deepStrictEqual(
        yield* storedIn(path, "SELECT DISTINCT kind || ': ' || coalesce(m.evidence, '') AS line FROM cluster JOIN cluster_member m USING (crawl_id, cluster_id) ORDER BY line"),
        ["operator: donation address, same key", "same behaviour: ", "shared key: "]
      )
    }))

  it.effect("stores what servers share whatever characters it has", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      const banner = `null \u0000, half a pair \ud800, escape \u001b[31m, "quotes", ${"much ".repeat(2_000)}`
      const facts = servers({ "a.one.net": ["k", "gift"], "b.two.net": ["k", "gift"] }).map((fact): Fact =>
        fact._tag === "visit" ? { ...fact, visit: { ...fact.visit, banner } } : fact)
      yield* recorded(path, facts)
      yield* analysed(path)
      assert.deepStrictEqual(
        yield* storedIn(path, "SELECT (length(value) <= 201) || ' ' || json_valid(detail) AS line FROM evidence WHERE comparison = 'banner'"),
        ["true true"]
      )
    }))

  it.effect("keeps the number of a group from crawl to crawl, though its servers come and go", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      const fleet = { "a.one.net": ["k", "gift"], "b.two.net": ["k", "gift"] } as const
      const other = { "p.three.net": ["q", "gifts"], "q.four.net": ["q", "gifts"] } as const
      yield* recorded(path, servers({ ...fleet, "z.five.net": ["z", "z's"] }))
      const first = yield* analysed(path)
      yield* recorded(path, servers({ ...other, ...fleet, "c.six.net": ["k", "gift"] }))
      const second = yield* analysed(path)
      const expected = [`${first.clusterIds[0]} a.one.net b.two.net c.six.net true`]
      assert.deepStrictEqual((yield* storedIn(path, clusterLines)).slice(0, 1), expected)
      assert.strictEqual(new Set([...first.clusterIds, ...second.clusterIds]).size, 2)
      yield* analysed(path)
      assert.deepStrictEqual((yield* storedIn(path, clusterLines)).slice(0, 1), expected)
      // Of the other group one is away for a crawl, and back in the next.
      yield* recorded(path, servers({ ...fleet, "p.three.net": ["q", "gifts"] }))
      yield* analysed(path)
      yield* recorded(path, servers({ ...fleet, ...other }))
      const last = yield* analysed(path)
      assert.deepStrictEqual(last.clusterIds.toSorted(), second.clusterIds.toSorted())
    }))

  it.effect("fails with a sentence when there is nothing to analyse", () =>
    Effect.gen(function*() {
      const path = yield* temporaryPath
      yield* recorded(path, [])
      const messageOf = (target: AnalysisTarget) =>
        analysed(path, target).pipe(Effect.flip, Effect.map((error) => error.message))
      assert.strictEqual(
        yield* messageOf({ network: "signet" }),
        "There is no crawl of the network signet in the database."
      )
      assert.strictEqual(yield* messageOf({ crawlId: 77 }), "There is no crawl 77 in the database.")
      const unfinished = Effect.flatMap(Store, (store) => store.startCrawl(crawlStart({ network: "testnet4" }))).pipe(
        Effect.provide(Store.layer(path)),
        Effect.scoped
      )
      const crawlId = yield* unfinished
      assert.strictEqual(
        yield* messageOf({ network: "testnet4" }),
        `Crawl ${crawlId} has not ended; finish it with --resume first.`
      )
    }))
})
