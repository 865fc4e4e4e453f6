import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Atlas, type AtlasService } from "../../src/atlas/atlas.ts"
import { Database } from "../../src/store/database.ts"
import type { Fact } from "../../src/store/facts.ts"
import { analyse, inventedFacts, inventedServers, recordCrawl, shown } from "../support/atlas-database.ts"
import { temporaryFolder } from "../support/small-database.ts"
import { advertisementOf, announcedByServer, answeredVisit, observationOf } from "../support/store-facts.ts"

const secret = "secret.example.org"
const leaked = ["192.168.7.7", "34.200.1.1"]

/** The invented network, with a server that only the user names and one that tells what it is bound to. */
const leakyFacts: ReadonlyArray<Fact> = inventedFacts([
  ...inventedServers,
  { host: secret, key: "key of a secret", donation: "bc1qgiftsforasecret", address: "34.111.1.2", names: inventedServers.map(({ host }) => host) }
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

  it.effect("says nothing inferred about who opted out since, in no answer", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      yield* analyse(path, yield* recordCrawl(path, inventedFacts()))
      const local = yield* shown(path, everything)
      const operator = local.clusters.find(({ kind }) => kind === "operator")!
      const seen = yield* publicly(path, everything, (host) => host === "two.fleet.test")
      assert.isFalse(seen.clusters.some(({ clusterId }) => clusterId === operator.clusterId))
      assert.deepStrictEqual(seen.overview.operatorsByShare, [])
      const detail = seen.details.find(({ server }) => server.host === "two.fleet.test")!
      assert.deepStrictEqual([detail.score, detail.behaviour, detail.pairs], [null, null, []])
      const field = detail.endpoints[0]!.fields.find(({ name }) => name === "cluster_id")!
      assert.deepStrictEqual([field.value, field.unknown], [null, "withheld from public outputs"])
      assert.isFalse(seen.suspicion.ranking.some(({ host }) => host === "two.fleet.test"))
      assert.isFalse(seen.exposure.rows.some(({ clusterId }) => clusterId === operator.clusterId))
      const [one, two] = ["one.fleet.test", "two.fleet.test"].map((host) => seen.servers.find((row) => row.host === host)!.serverId)
      const pair = yield* publicly(path, (atlas) => atlas.pair(1, one!, two!), (host) => host === "two.fleet.test")
      assert.deepStrictEqual([pair.sameOperator, pair.evidence, pair.heldBy], [null, [], "withheld from public outputs"])
    }))
})
