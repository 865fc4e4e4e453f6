import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ClusterMembership } from "../../../src/analysis/exposure/candidate.ts"
import { readOperatorClusters } from "../../../src/analysis/exposure/cluster-input.ts"
import { defaultExposureOptions, exposureOf, horizons } from "../../../src/analysis/exposure/exposure.ts"
import { readExposureInput, type WalletList } from "../../../src/analysis/exposure/exposure-input.ts"
import { exposureApart } from "../../../src/analysis/exposure/exposure-in-worker.ts"
import { exposureRows, notableOwners } from "../../../src/analysis/exposure/exposure-rows.ts"
import { AnalysisStore, Database } from "../../../src/store/database.ts"
import { onion, recordSmallCrawl, temporaryFolder, withStore } from "../../support/small-database.ts"
import { range, walletNetwork } from "../../support/wallet-network.ts"

const few = { ...defaultExposureOptions, lives: 200, worlds: 40 }

const cluster = (size: number, posterior: number): ClusterMembership => ({ clusterId: 3, serverIds: range(1, size + 1), posterior })

const listOf = (...hosts: ReadonlyArray<string>): WalletList => ({ source: "a list", servers: hosts.map((host) => ({ host, port: 50_002 })) })

/** A database with the small crawl, open for what reads and what writes analyses. */
const withSmall = <A, E>(use: Effect.Effect<A, E, AnalysisStore | Database>) =>
  Effect.gen(function*() {
    const path = `${yield* temporaryFolder}/small.duckdb`
    yield* withStore(path, (store) => recordSmallCrawl(store, "mainnet"))
    return yield* use.pipe(Effect.provide(AnalysisStore.layer(path)))
  }).pipe(Effect.provide(NodeServices.layer), Effect.scoped)

const crawl = { crawl_id: 1, network: "mainnet", simulated: false } as const

describe("what exposure is computed from", () => {
  it.effect("joins the wallet's list with the crawl, and knows whom servers name", () =>
    withSmall(Effect.gen(function*() {
      const list = listOf("Alpha.example.org", "gamma.example.org", "elsewhere.example.org", onion)
      const { network, notes, servers } = yield* readExposureInput(crawl, list)
      assert.deepStrictEqual(
        network.candidates.map(({ bucket, host, isDefault, onion, usable }) => [host, isDefault, usable, onion, bucket]).toSorted(),
        [
          ["alpha.example.org", true, true, false, "34.90.0.0/16"],
          ["beta.example.org", false, true, false, "34.90.0.0/16"],
          ["elsewhere.example.org", true, null, false, null],
          ["gamma.example.org", true, false, false, "34.90.0.0/16"],
          ["strange.example.org", false, false, false, "34.90.0.0/16"],
          [onion, true, null, true, null]
        ].toSorted()
      )
      const at = (host: string) => network.candidates.findIndex((candidate) => candidate.host === host)
      const named = network.peers.get(at("alpha.example.org"))!
      assert.deepStrictEqual(
        named.candidates.map((place, i) => [network.candidates[place]!.host, named.weights[i]]),
        ["alpha.example.org", "beta.example.org", "gamma.example.org", "strange.example.org"].map((host) => [host, 0.5])
      )
      assert.strictEqual(notes[0], "List: a list.")
      // Who never spoke, and who is of another chain, is not counted.
      assert.lengthOf(servers, 2)
      assert.deepStrictEqual(servers[0]!.values.bucket, ["34.90.0.0/16"])
    })))

  it.effect("takes what the crawl knows where no list fits, and says so", () =>
    withSmall(Effect.gen(function*() {
      const simulated = { ...crawl, simulated: true }
      for (const list of [null, listOf("x.example.org", "y.example.org", "alpha.example.org")]) {
        const { network, notes } = yield* readExposureInput(simulated, list)
        assert.isTrue(network.candidates.every(({ isDefault }) => isDefault))
        assert.match(notes[0]!, /^No list of a wallet fits/)
      }
    })))
})

describe("the clusters of an analysis", () => {
  it.effect("are those of operators, with each member's own link where all have one", () =>
    withSmall(Effect.gen(function*() {
      const store = yield* AnalysisStore
      yield* store.replaceRows([
        {
          table: "cluster",
          crawlId: 1,
          columns: ["cluster_id", "kind", "evidence", "servers", "posterior"],
          rows: [[4, "operator", "key", 2, 0.97], [5, "operator", "key", 2, 0.96], [6, "shared infrastructure", "node", 2, 0.99], [7, "shared key", "key", 2, null]]
        },
        {
          table: "cluster_member",
          crawlId: 1,
          columns: ["cluster_id", "server_id", "posterior"],
          rows: [[4, 3, 0.98], [4, 1, 0.99], [5, 4, 0.96], [5, 6, null], [6, 1, 0.99], [6, 3, 0.99], [7, 1, null], [7, 3, null]]
        }
      ])
      assert.deepStrictEqual(yield* readOperatorClusters(1), [
        { clusterId: 4, serverIds: [1, 3], posterior: 0.97, memberPosteriors: [0.99, 0.98] },
        { clusterId: 5, serverIds: [4, 6], posterior: 0.96 }
      ])
      assert.deepStrictEqual(yield* readOperatorClusters(2), [])
    })))
})

describe("exposure of a network", () => {
  const input = { network: walletNetwork(30), servers: [], clusters: [cluster(8, 0.97)], notes: [] }

  it("depends on input and options only", () => {
    assert.deepStrictEqual(exposureOf(input, few), exposureOf(input, few))
  })

  it.effect("is found in a thread of its own as in this one", () =>
    Effect.gen(function*() {
      const work = { crawlId: 1, input, options: { ...few, lives: 20 } }
      const here = yield* exposureApart(work, false)
      assert.isAbove(here[0]!.rows.length, 100)
      assert.deepStrictEqual(yield* exposureApart(work, true), here)
    }))

  it("has every wallet, route and number of starts, clusters first where they see most", () => {
    const { figures } = exposureOf(input, few)
    assert.deepStrictEqual(
      figures.map(({ model }) => `${model.wallet} ${model.route} ${model.savedServer}`),
      ["Electrum", "one server"].flatMap((wallet) =>
        ["clearnet", "tor"].flatMap((route) => [false, true].map((saved) => `${wallet} ${route} ${saved}`)))
    )
    for (const { owners } of figures) {
      assert.strictEqual(owners[0]!.owner.cluster?.clusterId, 3)
      assert.deepStrictEqual([...new Set(owners.map(({ starts }) => starts))].toSorted((a, b) => a - b), [...horizons])
    }
  })

  it("gives wallets of one server the shares that can be computed", () => {
    const of = (savedServer: boolean, starts: number) =>
      exposureOf({ ...input, clusters: [cluster(8, 1)] }, few).figures
        .find(({ model }) => model.wallet === "one server" && model.route === "clearnet" && model.savedServer === savedServer)!
        .owners.find((owner) => owner.starts === starts && owner.owner.cluster !== null)!.main.mean
    assert.closeTo(of(true, 100), 8 / 30, 1e-12)
    assert.closeTo(of(false, 10), 1 - (22 / 30) ** 10, 1e-12)
  })

  it("compares rules: a published fleet gains nothing from its size, a server of one's own shows nothing", () => {
    // A fleet of eight, in one system and known as one operator's.
    const fleet = walletNetwork(40, (i) => ({ asn: i < 8 ? 1 : 100 + i }))
    const { policies } = exposureOf({ ...input, network: fleet, clusters: [cluster(8, 1)] }, few)
    const of = (name: string) => policies.find(({ policy }) => policy === name)!
    assert.strictEqual(policies[0]!.policy, "today")
    assert.match(of("today").worstOwner!, /^cluster 3 \(host-0\.example\.org and 7 more\)$/)
    for (const name of ["one per ASN", "one per operator"]) assert.isBelow(of(name).worstScripts.high, of("today").worstScripts.low, name)
    assert.strictEqual(of("onion only").served, 0)
    assert.deepStrictEqual(of("own server").worstAll, { mean: 0, low: 0, high: 0, error: 0 })
    // Scripts are spread over more owners, but every part has an owner.
    assert.isAbove(of("split over 3").ownersAsked, of("today").ownersAsked)
    assert.isBelow(of("split over 3").worstAll.mean, of("today").worstAll.mean)
  })

  it("does not follow the luck of one of many servers that are alike", () => {
    const { policies } = exposureOf({ ...input, network: walletNetwork(200), clusters: [] }, { ...few, lives: 400 })
    // Ten starts, 200 servers that are equally likely: about 5 %, though some of them were drawn twice as often.
    assert.isBelow(policies[0]!.worstScripts.low, 1 - (199 / 200) ** 10)
    assert.isAbove(policies[0]!.worstScripts.high, 1 - (199 / 200) ** 10)
  })

  it.effect("goes into its tables, every cluster and the servers that see most", () =>
    withSmall(Effect.gen(function*() {
      const result = exposureOf({ ...yield* readExposureInput(crawl, null), clusters: [{ clusterId: 9, serverIds: [1, 3], posterior: 0.99 }] }, few)
      const store = yield* AnalysisStore
      yield* store.replaceRows(exposureRows(1, result))
      const { rows } = yield* (yield* Database).query(
        `SELECT
          (SELECT count(*) FROM exposure WHERE main_low <= main_probability AND main_probability <= main_high) AS exposure,
          (SELECT count(DISTINCT basis) FROM exposure) AS bases,
          (SELECT count(*) FROM selection_policy) AS policies,
          (SELECT count(*) FROM concentration WHERE hhi_low <= hhi AND hhi <= hhi_high) AS concentration`
      )
      const stored = result.figures.reduce((sum, figure) => sum + notableOwners(figure).length, 0)
      assert.deepStrictEqual(rows, [{ exposure: stored, bases: 1, policies: result.policies.length, concentration: result.concentration.length }])
      assert.isAbove(stored, 0)
    })))

  it("keeps every cluster among those that are stored, however little it sees", () => {
    const { figures } = exposureOf({ ...input, clusters: [cluster(2, 0.96)] }, few)
    for (const figure of figures) {
      const kept = notableOwners(figure, 4)
      assert.deepStrictEqual(new Set(Map.groupBy(kept, ({ starts }) => starts).values().map((same) => same.length)), new Set([5]))
    }
  })
})
