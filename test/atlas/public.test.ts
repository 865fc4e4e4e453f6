import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Atlas, type AtlasService } from "../../src/atlas/atlas.ts"
import { makePublicCopy } from "../../src/atlas/public-copy.ts"
import { Database } from "../../src/store/database.ts"
import type { Fact } from "../../src/store/facts.ts"
import { analyse, copyOfAnalysed, inventedFacts, inventedServers, recordCrawl, shown } from "../support/atlas-database.ts"
import { queryFile } from "../support/duck.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { advertisementOf, announcedByServer, answeredVisit, crawlStart, observationOf, serverOf, someTime, stateOf } from "../support/store-facts.ts"
import { giftAddress } from "../support/gift-address.ts"

const secret = "secret.example.org"
const leaked = ["192.168.7.7", "34.200.1.1"]

/** The invented network, with a server that only the user names and one that tells what it is bound to. */
const leakyFacts: ReadonlyArray<Fact> = inventedFacts([
  ...inventedServers,
  { host: secret, key: "key of a secret", donation: giftAddress("a secret"), address: "34.111.1.2", names: inventedServers.map(({ host }) => host) }
]).map((fact): Fact =>
  fact._tag === "visit" && fact.visit.endpoint.host === "ash.example.org"
    ? {
      _tag: "visit",
      visit: {
        ...fact.visit,
        banner: `bound to ${leaked[0]}`,
        observations: [observationOf("features", { replyRaw: `{"hosts":{"${leaked[0]}":{},"${leaked[1]}":{}},"seen by":"${secret}"}` })]
      }
    }
    : fact)

const bySelfAndUser: ReadonlyArray<Fact> = [
  {
    ...announcedByServer("ash.example.org:50002:s", ["ash.example.org", ...leaked].map((host) => advertisementOf(`${host}:50002:s`))),
    source: { kind: "features", name: "ash.example.org:50002:s", detail: null }
  },
  { ...announcedByServer("command line", [advertisementOf(`${secret}:50002:s`)]), source: { kind: "user", name: "command line", detail: null } }
]

const publicly = <A, E>(path: string, use: (atlas: AtlasService) => Effect.Effect<A, E>, optedOut: (host: string) => boolean = () => false) =>
  Effect.flatMap(Atlas, use).pipe(
    Effect.provide(Layer.provide(Atlas.publicLayerFor(optedOut), Database.layer(path))),
    Effect.provide(NodeServices.layer),
    Effect.scoped
  )

/** Everything that can be asked, of a few servers and groups. */
const everything = Effect.fnUntraced(function*(atlas: AtlasService) {
  const servers = yield* atlas.servers(1)
  const clusters = yield* atlas.clusters(1)
  const [first, ...others] = servers.map(({ serverId }) => serverId)
  return {
    servers,
    clusters,
    overview: yield* atlas.overview(1),
    details: yield* Effect.forEach(servers.filter(({ host }) => /^(ash|two|secret)/.test(host)), ({ serverId }) => atlas.server(1, serverId)),
    groups: yield* Effect.forEach(clusters.slice(0, 3), ({ clusterId }) => atlas.cluster(1, clusterId)),
    pairs: yield* Effect.forEach(others.slice(-2), (other) => atlas.pair(1, first!, other)),
    suspicion: yield* atlas.suspicion(1),
    exposure: yield* atlas.exposure(1),
    texts: yield* atlas.texts(1),
    head: yield* atlas.graphHead(1),
    edges: yield* atlas.graphEdges(1)
  }
})

describe("the public atlas", () => {
  it.effect("shows nowhere what it withholds, says how much that is, and counts it all the same", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      yield* analyse(path, yield* recordCrawl(path, [...leakyFacts, ...bySelfAndUser, {
        _tag: "visit", visit: answeredVisit("strange.example.org:50002:s")
      }]))
      const local = yield* shown(path, everything)
      for (const text of [secret, ...leaked]) assert.include(JSON.stringify(local), text)
      const seen = yield* publicly(path, everything)
      for (const text of [secret, ...leaked]) assert.notInclude(JSON.stringify(seen), text)
      const { serverId } = local.servers.find(({ host }) => host === secret)!
      assert.deepStrictEqual(seen.servers.map((row) => row.serverId), local.servers.map((row) => row.serverId).filter((id) => id !== serverId))
      assert.strictEqual(seen.overview.serversAnswered.value, local.overview.serversAnswered.value)
      assert.match(seen.overview.withheld!, /^Withheld here: 1 server that nobody announces publicly; 2 hosts and addresses that only /)
      assert.deepStrictEqual(seen.texts.methodology.at(-1)!.paragraphs[0], seen.overview.withheld)
      assert.isUndefined(local.overview.withheld)
      assert.deepStrictEqual(seen.head.servers, seen.servers.map((row) => row.serverId))
      assert.strictEqual(seen.edges.offsets.length, seen.servers.length + 1)
      const refused = yield* publicly(path, (atlas) => Effect.all([Effect.flip(atlas.server(1, serverId)), Effect.flip(atlas.pair(1, 1, serverId))]))
      assert.deepStrictEqual(refused.map(({ reason }) => reason), ["no such server", "no such server"])
    }))

  it.effect("says what links a member where all of its group is shown, and not where it may be linked to somebody who is not", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      yield* analyse(path, yield* recordCrawl(path, [...leakyFacts, ...bySelfAndUser]))
      const groups = Effect.fnUntraced(function*(atlas: AtlasService) {
        const clusters = yield* atlas.clusters(1)
        return yield* Effect.forEach(clusters.filter(({ kind }) => kind !== "same behaviour" && kind !== "shared key"), ({ clusterId }) => atlas.cluster(1, clusterId))
      })
      const local = new Map((yield* shown(path, groups)).map((group) => [group.cluster.clusterId, group]))
      const seen = yield* publicly(path, groups)
      for (const { cluster, members } of seen) {
        const all = local.get(cluster.clusterId)!.members
        const evidenceOf = new Map(all.map(({ evidence, serverId }) => [serverId, evidence]))
        for (const { evidence, serverId } of members) assert.strictEqual(evidence, members.length === all.length ? evidenceOf.get(serverId) : "")
      }
      const operator = seen.find(({ cluster }) => cluster.kind === "operator")!
      for (const { evidence } of operator.members) assert.include(evidence, "donation address")
    }))

  it.effect("says nothing about who opted out since, in no answer", () =>
    Effect.gen(function*() {
      const path = yield* copyOfAnalysed(yield* temporaryFolder)
      const local = yield* shown(path, everything)
      const operator = local.clusters.find(({ kind }) => kind === "operator")!
      const seen = yield* publicly(path, everything, (host) => host === "two.fleet.test")
      assert.include(JSON.stringify(local), "two.fleet.test")
      assert.notInclude(JSON.stringify(seen), "two.fleet.test")
      assert.isFalse(seen.clusters.some(({ clusterId }) => clusterId === operator.clusterId))
      assert.deepStrictEqual(seen.overview.operatorsByShare, [])
      assert.strictEqual(seen.overview.serversAnswered.value, local.overview.serversAnswered.value)
      assert.match(seen.overview.withheld!, /1 server whose operator asked to be left out\./)
      assert.isFalse(seen.exposure.rows.some(({ clusterId }) => clusterId === operator.clusterId))
      const { serverId } = local.servers.find(({ host }) => host === "two.fleet.test")!
      const refused = yield* publicly(path, (atlas) => Effect.flip(atlas.server(1, serverId)), (host) => host === "two.fleet.test")
      assert.strictEqual(refused.reason, "no such server")
    }))

  it.effect("honours the opt-out lists that runs stored, of older crawls too, until that very list is read again without the entry", () =>
    Effect.gen(function*() {
      const path = yield* copyOfAnalysed(yield* temporaryFolder)
      const read = (source: string, entries: ReadonlyArray<string>, at: number, network = "mainnet") => withStore(path, (store) =>
        Effect.gen(function*() {
          const run = yield* store.startCrawl(crawlStart({ startedAt: at, network }))
          yield* store.saveOptOuts(run, [{ source, entries }], at)
          yield* store.endCrawl(run, "finished", at)
          return run
        }))
      const named = publicly(path, (atlas) => Effect.map(atlas.servers(1), (rows) =>
        ["one.fleet.test", "two.fleet.test", "ash.example.org"].filter((name) => rows.some(({ hosts }) => hosts.includes(name)))))
      const all = ["one.fleet.test", "two.fleet.test", "ash.example.org"]
      assert.deepStrictEqual(yield* named, all)
      yield* read("optout.txt", ["ash.example.org"], someTime + 1e6, "testnet4")
      assert.deepStrictEqual(yield* named, all)
      yield* read("optout.txt", ["*.fleet.test", "not an entry"], someTime + 2e6)
      assert.deepStrictEqual(yield* named, ["ash.example.org"])
      yield* read("https://example.org/others.txt", ["elsewhere.example.net"], someTime + 3e6)
      assert.deepStrictEqual(yield* named, ["ash.example.org"])
      const last = yield* read("optout.txt", ["two.fleet.test"], someTime + 4e6)
      assert.deepStrictEqual(yield* named, ["one.fleet.test", "ash.example.org"])
      // A run that is taken up again reads its lists anew.
      yield* withStore(path, (store) => store.saveOptOuts(last, [{ source: "optout.txt", entries: [] }], someTime + 5e6))
      assert.deepStrictEqual(yield* named, all)
    }))
})

describe("an onion of whose server another host is not shown", () => {
  const onion = `${"q".repeat(56)}.onion`
  const home = "home.example.org"

  it.effect("says nothing that only the other host showed: TLS, round trips, times, software, endpoints", () =>
    Effect.gen(function*() {
      const db = `${yield* temporaryFolder}/observatory.duckdb`
      const facts: ReadonlyArray<Fact> = [
        ...inventedFacts().map((fact): Fact => fact._tag === "servers" ? { _tag: "servers", servers: [...fact.servers, serverOf([`${home}:50002:s`, `${onion}:50001:t`])] } : fact),
        { _tag: "visit", visit: answeredVisit(`${home}:50002:s`, { software: "ElectrumX of home" }) },
        { _tag: "visit", visit: answeredVisit(`${onion}:50001:t`, { dial: { address: null, resolvedBy: null, addresses: [], via: "tor" }, startedAt: someTime + 5_000 }) },
        ...[`${home}:50002:s`, `${onion}:50001:t`].map((key) => stateOf(key, "visited")),
        announcedByServer("ash.example.org:50002:s", [advertisementOf(`${onion}:50001:t`)]),
        { ...announcedByServer("command line", [advertisementOf(`${home}:50002:s`)]), source: { kind: "user", name: "command line", detail: null } }
      ]
      yield* analyse(db, yield* recordCrawl(db, facts))
      const isIt = ({ hosts }: { readonly hosts: ReadonlyArray<string> }) => hosts.includes(onion)
      const local = (yield* shown(db, (atlas) => atlas.servers(1))).find(isIt)!
      assert.deepStrictEqual([local.tls, local.selfSigned !== null, local.walletAccepts !== null, local.endpoints], ["TLSv1.3", true, true, 2])
      const { detail, row } = yield* publicly(db, (atlas) => Effect.gen(function*() {
        const row = (yield* atlas.servers(1)).find(isIt)!
        return { row, detail: yield* atlas.server(1, row.serverId) }
      }))
      assert.deepStrictEqual([row.hosts, row.tls, row.selfSigned, row.walletAccepts, row.endpoints, row.addresses, row.asn], [[onion], null, null, null, 1, [], null])
      assert.deepStrictEqual([row.software, row.firstSeen], ["ElectrumX 1.16.0", new Date(someTime + 5_000).toISOString()])
      assert.isNull(detail.behaviour)
      assert.isTrue(detail.score!.indicators.every((indicator) => indicator.detail === null))
      assert.isFalse((yield* shown(db, (atlas) => atlas.server(1, local.serverId))).score!.indicators.every((indicator) => indicator.detail === null))
      for (const text of ["\"value\":\"TLSv1.3", "of home", home]) assert.notInclude(JSON.stringify(detail), text)
      const copy = `${yield* temporaryFolder}/copy.duckdb`
      yield* makePublicCopy(db, copy, () => false)
      const sql = `SELECT endpoints, certificates, server_version FROM server_summary WHERE host = '${onion}'`
      assert.deepStrictEqual(yield* Effect.promise(() => queryFile(copy, sql)), [{ endpoints: 1, certificates: [], server_version: "ElectrumX 1.16.0" }])
    }).pipe(Effect.provide(NodeServices.layer)), 120_000)
})
