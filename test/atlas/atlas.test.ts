import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { shown } from "../support/atlas-database.ts"
import { onion, recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"

const recorded = Effect.fnUntraced(function*(ends: ReadonlyArray<"finished" | null> = ["finished"]) {
  const path = `${yield* temporaryFolder}/observatory.duckdb`
  yield* withStore(path, (store) => Effect.forEach(ends, (end) => recordSmallCrawl(store, "mainnet", end)))
  return path
})

layer(NodeServices.layer)("the atlas of a crawl", (it) => {
  it.effect("counts a crawl at every level, and leaves null what needs an analysis", () =>
    Effect.gen(function*() {
      const crawls = yield* shown(yield* recorded(), (atlas) => atlas.crawls)
      assert.deepStrictEqual(crawls.map(({ counts }) => counts), [{
        // Six entries, some of them from two sources.
        advertisements: 9,
        endpoints: 7,
        endpointsReachable: 3,
        servers: 5,
        // strange.example.org answered for another chain.
        serversReachable: 2,
        operatorGroups: null
      }])
      assert.deepStrictEqual(crawls.map(({ analysedAt, ways }) => [analysedAt, ways]), [[null, ["ipv4"]]])
    }))

  it.effect("says the same of a server whether few or all are looked at", () =>
    Effect.gen(function*() {
      const [early, late] = yield* shown(yield* recorded(["finished", "finished"]), (atlas) =>
        Effect.gen(function*() {
          const servers = yield* atlas.servers(1)
          const endpoints = Effect.forEach(servers, ({ serverId }) => Effect.map(atlas.server(1, serverId), (detail) => detail.endpoints))
          return [yield* endpoints, yield* endpoints] as const
        }))
      assert.deepStrictEqual(early.map((of) => of.map(({ host }) => host)).length, 5)
      for (const of of early) for (const { fields } of of) assert.isAbove(fields.length, 100)
      assert.deepStrictEqual(late, early)
    }))

  it.effect("shows every server once, with what is not known as null", () =>
    Effect.gen(function*() {
      const rows = yield* shown(yield* recorded(), (atlas) => atlas.servers(1))
      assert.deepStrictEqual(rows.map(({ host }) => host), [
        "alpha.example.org",
        "beta.example.org",
        "gamma.example.org",
        "strange.example.org",
        onion
      ])
      const [alpha, , gamma, , hidden] = rows
      assert.deepStrictEqual(
        [alpha!.reachable, alpha!.endpoints, alpha!.endpointsReachable, alpha!.software, alpha!.latencyMs, alpha!.addresses],
        [true, 2, 1, "ElectrumX 1.16.0", 12.5, ["34.90.1.2"]]
      )
      assert.deepStrictEqual([gamma!.reachable, gamma!.reason, gamma!.software], [false, "refused", null])
      assert.deepStrictEqual([hidden!.reachable, hidden!.reason], [null, "not visited: us"])
      assert.deepStrictEqual([alpha!.clusterId, alpha!.score, alpha!.communityId], [null, null, null])
    }))

  it.effect("counts who names whom once a server, and marks what is mutual", () =>
    Effect.gen(function*() {
      const [rows, edges] = yield* shown(
        yield* recorded(),
        (atlas) => Effect.all([atlas.servers(1), atlas.graphEdges(1)])
      )
      // alpha names beta, gamma and strange; beta names alpha and gamma; nobody names himself.
      assert.deepStrictEqual(rows.map(({ mutual, namedBy, names }) => [namedBy, names, mutual]), [
        [1, 3, 1],
        [1, 2, 1],
        [2, 0, 0],
        [1, 0, 0],
        [0, 0, 0]
      ])
      assert.deepStrictEqual([...edges.offsets], [0, 3, 5, 5, 5, 5])
      assert.deepStrictEqual([...edges.targets], [1, 2, 3, 0, 2])
      assert.deepStrictEqual([...edges.mutual], [1, 0, 0, 1, 0])
      // Seen once in two answers.
      assert.deepStrictEqual([...edges.shares], [128, 128, 128, 128, 128])
    }))

  it.effect("follows a crawl that still runs, hosts standing for servers", () =>
    Effect.gen(function*() {
      const [crawl, rows] = yield* shown(
        yield* recorded([null]),
        (atlas) => Effect.all([atlas.crawl("latest"), atlas.servers(1)])
      )
      assert.strictEqual(crawl.state, "running")
      assert.strictEqual(crawl.counts.servers, 5)
      assert.deepStrictEqual(rows.map(({ host, reachable }) => [host, reachable]).slice(0, 3), [
        ["alpha.example.org", true],
        ["beta.example.org", true],
        ["gamma.example.org", false]
      ])
    }))

  it.effect("shows any crawl, not only the latest, and refuses one that is not there", () =>
    Effect.gen(function*() {
      const path = yield* recorded(["finished", "finished"])
      const [first, latest, missing] = yield* shown(path, (atlas) =>
        Effect.all([atlas.servers(1), atlas.crawl("latest"), Effect.flip(atlas.overview(3))]))
      assert.strictEqual(first.length, 5)
      assert.strictEqual(latest.crawlId, 2)
      assert.deepStrictEqual([missing.reason, missing.message], ["no such crawl", "There is no crawl 3 in the database."])
    }))

  it.effect("says how much was seen as the crawl stated it, with its limits, and what another method gave", () =>
    Effect.gen(function*() {
      const path = yield* recorded()
      yield* withStore(path, ({ coverage }) => coverage.save(1, [
        { networkClass: null, method: "Chao", answered: 80, captured: 78, population: { seen: 78, total: 100, low: 90, high: 130 } },
        { networkClass: null, method: "Chapman", answered: 80, captured: 78, population: { seen: 78, total: 120, low: 104, high: 156 } },
        { networkClass: "onion", method: "Chao", answered: 8, captured: 8, population: { seen: 8, total: 8, low: 8, high: 13.5716 } }
      ]))
      const { coverage, headline } = yield* shown(path, (atlas) => atlas.overview(1))
      assert.deepStrictEqual([coverage.value, coverage.low, coverage.high], [0.78, 78 / 130, 78 / 90])
      assert.match(coverage.caveat, /peer lists and sources have each server .* Peer lists against sources \(Chapman's\) give 50 to 75 %\.$/)
      assert.match(headline[0]!, /coverage about 78 % at most/)
    }))

  it.effect("begins with sentences that claim no more than was looked at", () =>
    Effect.gen(function*() {
      const overview = yield* shown(yield* recorded(), (atlas) => atlas.overview(1))
      assert.deepStrictEqual(overview.headline, [
        "2 servers answered.",
        "Nobody has looked yet who runs them: run `observatory analyze`."
      ])
      assert.deepStrictEqual([overview.coverage.value, overview.operators.value, overview.topFiveMain.value], [null, null, null])
      assert.match(overview.serversAnswered.caveat, /1 server that answered for another chain is not counted/)
    }))
})
