import { assert, layer } from "@effect/vitest"
import { NodeServices } from "@effect/platform-node"
import { Effect, Schema } from "effect"
import { Database } from "../../src/store/database.ts"
import { NoteBook } from "../../src/store/notes.ts"
import { analyse, AnalysedDatabase, inventedFacts, inventedServers, recordCrawl, shown } from "../support/atlas-database.ts"
import { ListHistories } from "../../src/store/list-histories.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { someTime } from "../support/store-facts.ts"
import { giftAddress } from "../support/gift-address.ts"

const day = 86_400_000

layer(AnalysedDatabase.layer)("what is shown of one thing", (it) => {
  it.effect("a group says why, why not, what would change it, and names nobody", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const [groups, missing] = yield* shown(path, (atlas) =>
        Effect.all([atlas.clusters(1), Effect.flip(atlas.cluster(1, 4_711))]))
      const fleet = groups[0]!
      assert.strictEqual(fleet.kind, "operator")
      assert.match(fleet.statement, /^probably one operator \(p 0\.9\d*\)$/)
      assert.deepStrictEqual([...fleet.hosts].toSorted(), ["one.fleet.test", "three.fleet.test", "two.fleet.test"])
      assert.strictEqual(missing.reason, "no such cluster")
      const detail = yield* shown(path, (atlas) => atlas.cluster(1, fleet.clusterId))
      assert.deepStrictEqual(detail.members.map(({ host }) => host), fleet.hosts)
      assert.strictEqual(detail.links.length, 3)
      assert.deepStrictEqual(detail.evidence.map(({ comparison }) => comparison).filter((name) => /key|donation/.test(name)).toSorted(), [
        "donation address",
        "same key"
      ])
      assert.isTrue(detail.evidence.every(({ definition, innocent }) => definition !== "" && innocent.length > 0))
      assert.isTrue(detail.wouldChange.some((sentence) => sentence.startsWith("Without \"same key\"")))
      assert.deepStrictEqual(detail.history.map(({ crawlId, servers }) => [crawlId, servers]), [[1, 3]])
    }))

  it.effect("a shared key says what else explains it, though it weighs nothing by itself", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const groups = yield* shown(path, (atlas) => atlas.clusters(1))
      const shared = groups.find(({ kind }) => kind === "shared key")!
      const { evidence, wouldChange } = yield* shown(path, (atlas) => atlas.cluster(1, shared.clusterId))
      assert.deepStrictEqual(evidence.map(({ bits, values }) => [bits, values]), [[0, ["key of the fleet"]]])
      assert.isAbove(evidence[0]!.innocent.length, 0)
      assert.isAbove(wouldChange.length, 0)
    }))

  it.effect("a pair has every comparison with its bits, and the counted ones of the question lead from the prior to the sum", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const servers = yield* shown(path, (atlas) => atlas.servers(1))
      const idOf = (host: string) => servers.find((row) => row.host === host)!.serverId
      const [fleet, strangers, missing] = yield* shown(path, (atlas) =>
        Effect.all([
          atlas.pair(1, idOf("two.fleet.test"), idOf("one.fleet.test")),
          atlas.pair(1, idOf("ash.example.org"), idOf("one.fleet.test")),
          Effect.flip(atlas.pair(1, idOf("ash.example.org"), 4_711))
        ]))
      assert.deepStrictEqual([fleet.a.host, fleet.b.host], ["one.fleet.test", "two.fleet.test"])
      assert.isAbove(fleet.sameOperator!, 0.95)
      assert.isBelow(fleet.priorBits!, 0)
      assert.isTrue(fleet.evidence.some(({ comparison, detail, question }) =>
        comparison === "donation address" && question === "same operator" && (detail as { donation_address: string }).donation_address === giftAddress("the fleet")))
      assert.match(fleet.strongestFor!, /\+\d+\.\d bits$/)
      assert.deepStrictEqual([strangers.compared, strangers.sameOperator, strangers.evidence], [false, null, []])
      assert.deepStrictEqual([missing.reason, missing.message], ["no such server", "Crawl 1 has no server 4711."])
    }))

  it.effect("a server has every column of its metadata, each null with its reason", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const detail = yield* shown(path, (atlas) => atlas.server(1, 1))
      const [endpoint] = detail.endpoints
      assert.deepStrictEqual([endpoint!.host, endpoint!.evidence], ["ash.example.org", "itself"])
      const fields = new Map(endpoint!.fields.map((field) => [field.name, field]))
      assert.strictEqual(fields.get("server_version")!.value, "ElectrumX 1.16.0")
      assert.isTrue(endpoint!.fields.every(({ comment }) => comment !== ""))
      assert.deepStrictEqual([fields.get("country")!.value, fields.get("country")!.unknown], [null, "its address was not looked up"])
      assert.isFalse(fields.has("untested"))
      assert.deepStrictEqual(detail.visits.map(({ kind, outcome }) => [kind, outcome]), [["regular", "answered"]])
      assert.deepStrictEqual(detail.visits[0]!.observations.map(({ probe }) => probe), ["banner", "ping"])
      assert.deepStrictEqual(detail.certificates.map(({ names, sha256 }) => [sha256, names]), [["certificate of ash.example.org", ["ash.example.org"]]])
      assert.strictEqual(detail.namedBy.length, inventedServers.length - 1)
      assert.deepStrictEqual(detail.names[0], { serverId: 2, host: "birch.example.org", timesSeen: 1, timesAsked: 2 })
      assert.strictEqual(detail.score?.indicators.length === 0, false)
    }))

  it.effect("a server has since when its hosts have been on lists that were imported, of its network only", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      yield* recordCrawl(path, inventedFacts())
      const at = (hash: string, year: number) => ({ hash, at: Date.UTC(year, 0, 1) })
      const stay = { host: "ash.example.org", first: at("a1", 2017), last: at("a2", 2020), times: 1 }
      yield* Effect.flatMap(ListHistories, ({ replace }) =>
        replace({
          list: "a wallet's",
          head: at("a3", 2021),
          commits: 3,
          paths: ["servers.json"],
          names: [{ ...stay, network: "mainnet", removed: at("a3", 2021) }, { ...stay, network: "testnet", removed: null }, { ...stay, network: "mainnet", host: "birch.example.org", removed: null }]
        })).pipe(Effect.provide(ListHistories.layer(path)), Effect.provide(NodeServices.layer), Effect.scoped)
      const [ash, fir] = yield* shown(path, (atlas) => Effect.all([atlas.server(1, 1), atlas.server(1, 4)]))
      assert.deepStrictEqual(ash.listings, [
        { list: "a wallet's", host: "ash.example.org", firstAt: "2017-01-01T00:00:00.000Z", lastAt: "2020-01-01T00:00:00.000Z", removedAt: "2021-01-01T00:00:00.000Z" }
      ])
      assert.deepStrictEqual(fir.listings, [])
    }))

  it.effect("a server has its history by host, also of a crawl that is not the latest", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      yield* recordCrawl(path, inventedFacts())
      yield* recordCrawl(path, inventedFacts(inventedServers.slice(0, 9).map((server) => ({ ...server, key: `new ${server.key}` }))), someTime + day)
      yield* analyse(path, 1)
      const [gone, renewed] = yield* shown(path, (atlas) =>
        Effect.all([
          Effect.flatMap(atlas.servers(1), (rows) => atlas.server(1, rows.find(({ host }) => host === "three.fleet.test")!.serverId)),
          atlas.server(1, 1)
        ]))
      assert.deepStrictEqual(gone.history.map(({ crawlId, reachable }) => [crawlId, reachable]), [[1, true]])
      assert.isNumber(gone.history[0]!.clusterId)
      assert.deepStrictEqual(renewed.history.map(({ clusterId, crawlId, startedAt }) => [crawlId, startedAt, clusterId]), [
        [1, new Date(someTime).toISOString(), null],
        [2, new Date(someTime + day).toISOString(), null]
      ])
      // The key of crawl 1, though the views show crawl 2, in which it had another.
      assert.strictEqual(renewed.endpoints[0]!.fields.find(({ name }) => name === "spki_sha256")!.value, "key of ash.example.org")
    }))

  it.effect("megabytes that a server sends for a version are cut, saying so, and stay in the database", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      const long = "x".repeat(20_000)
      yield* recordCrawl(path, inventedFacts().map((fact) =>
        fact._tag === "visit" && fact.visit.endpoint.host === "ash.example.org" ? { ...fact, visit: { ...fact.visit, software: long, banner: long } } : fact))
      const [[row], detail] = yield* shown(path, (atlas) => Effect.all([atlas.servers(1), atlas.server(1, 1)]))
      assert.strictEqual(row!.software, `${long.slice(0, 200)}… (20000 characters)`)
      assert.strictEqual(detail.endpoints[0]!.fields.find(({ name }) => name === "banner")!.value, `${long.slice(0, 8_000)}… (20000 characters)`)
    }))

  it.effect("the map has a place for every server, where the analysis drew it", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const [head, edges, servers] = yield* shown(path, (atlas) => Effect.all([atlas.graphHead(1), atlas.graphEdges(1), atlas.servers(1)]))
      assert.deepStrictEqual(head.servers, servers.map(({ serverId }) => serverId))
      assert.strictEqual(head.announcements, edges.targets.length)
      assert.strictEqual(head.mutual, inventedServers.length * (inventedServers.length - 1) / 2)
      assert.strictEqual(head.groups.reduce((sum, group) => sum + group.servers, 0), servers.length)
      const stored = yield* Effect.flatMap(Database, (database) =>
        database.rows(Schema.Struct({ x: Schema.Finite, y: Schema.Finite }), "SELECT x, y FROM graph_layout ORDER BY server_id")).pipe(
          Effect.provide(Database.layer(path)), Effect.provide(NodeServices.layer), Effect.scoped)
      assert.deepStrictEqual(head.x.map((x, i) => ({ x, y: head.y[i]! })), stored)
    }))

  it.effect("notes are shown at every server with their host, in any crawl of its network", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      yield* recordCrawl(path, inventedFacts())
      const note = { network: "mainnet", host: "ash.example.org", author: "a reader", text: "<b>moved</b>" }
      yield* Effect.flatMap(NoteBook, (notes) => Effect.all([notes.add(note), notes.add({ ...note, network: "testnet4" })])).pipe(
        Effect.provide(NoteBook.layer(path)), Effect.provide(NodeServices.layer), Effect.scoped)
      const [servers, detail] = yield* shown(path, (atlas) => Effect.all([atlas.servers(1), atlas.server(1, 1)]))
      assert.deepStrictEqual(servers.slice(0, 2).map(({ host, notes }) => [host, notes]), [["ash.example.org", 1], ["birch.example.org", 0]])
      assert.deepStrictEqual(detail.notes.map(({ author, text }) => [author, text]), [["a reader", "<b>moved</b>"]])
    }))

  it.effect("suspicion and exposure are tables of the whole crawl, and refuse one that nobody analysed", () =>
    Effect.gen(function*() {
      const path = yield* AnalysedDatabase
      const [suspicion, exposure, dictionary] = yield* shown(path, (atlas) =>
        Effect.all([atlas.suspicion(1), atlas.exposure(1), atlas.dictionary]))
      assert.strictEqual(suspicion.servers, inventedServers.length)
      assert.strictEqual(suspicion.ranking.length, inventedServers.length)
      assert.isTrue(suspicion.indicators.every(({ definition, innocent, tested, untested }) =>
        definition !== "" && innocent.length > 0 && tested + untested === inventedServers.length))
      assert.isTrue(exposure.rows.every(({ main }) => main.low! <= main.value! && main.value! <= main.high!))
      assert.isTrue(exposure.concentration.some(({ dimension }) => dimension === "operator"))
      assert.strictEqual(dictionary.find(({ name }) => name === "pair")!.columns.some(({ name }) => name === "held_by"), true)
      const unanalysed = `${yield* temporaryFolder}/observatory.duckdb`
      yield* recordCrawl(unanalysed, inventedFacts())
      const refused = yield* shown(unanalysed, (atlas) =>
        Effect.all([Effect.flip(atlas.suspicion(1)), Effect.flip(atlas.exposure(1)), Effect.flip(atlas.cluster(1, 1)), Effect.flip(atlas.pair(1, 1, 2))]))
      assert.deepStrictEqual(refused.map(({ reason }) => reason), ["not analysed", "not analysed", "not analysed", "not analysed"])
    }))
})
