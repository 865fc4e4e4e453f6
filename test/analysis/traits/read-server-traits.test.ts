import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { findCrawl, readAnnouncements } from "../../../src/analysis/analysis-input.ts"
import { readServerTraits } from "../../../src/analysis/traits/read-server-traits.ts"
import { Database } from "../../../src/store/database.ts"
import type { Fact } from "../../../src/store/facts.ts"
import type { Store } from "../../../src/store/store.ts"
import { recordSmallCrawl, recordSmallProbes, temporaryFolder, withStore } from "../../support/small-database.ts"
import { answeredVisit, certificateOf, crawlStart, failedVisit, serverOf, someTime, stateOf, tlsOf } from "../../support/store-facts.ts"
import { giftAddress } from "../../support/gift-address.ts"

const traitsIn = (path: string) =>
  Effect.gen(function*() {
    const crawl = yield* findCrawl({ network: "mainnet" })
    return yield* readServerTraits(crawl, (yield* readAnnouncements(crawl.crawl_id)) ?? [])
  }).pipe(Effect.provide(Database.layer(path)), Effect.scoped)

const traitsAfter = Effect.fnUntraced(function*<E>(record: (store: Store["Service"]) => Effect.Effect<unknown, E>) {
  const path = `${yield* temporaryFolder}/observatory.duckdb`
  yield* withStore(path, record)
  return yield* traitsIn(path)
})

const traitsFrom = (facts: ReadonlyArray<Fact>) =>
  traitsAfter(Effect.fnUntraced(function*(store) {
    const crawlId = yield* store.startCrawl(crawlStart())
    yield* store.record(crawlId, facts)
    yield* store.endCrawl(crawlId, "finished", someTime + 60_000)
  }))

layer(NodeServices.layer)("the traits of servers", (it) => {
  it.effect("are those of confirmed servers of the crawl's own chain, with what they answered in its snapshots", () =>
    Effect.gen(function*() {
      const traits = yield* traitsAfter(Effect.fnUntraced(function*(store) {
        yield* recordSmallCrawl(store, "mainnet")
        yield* recordSmallProbes(store, "mainnet")
      }))
      assert.deepStrictEqual(traits.map(({ hosts }) => hosts), [["alpha.example.org"], ["beta.example.org"]])
      const [alpha, beta] = traits
      assert.deepStrictEqual(alpha!.addresses.map(({ address }) => address), ["2a01::2", "34.90.1.2"])
      assert.deepStrictEqual(alpha!.endpoints, [{ host: "alpha.example.org", port: 50_002, transport: "tls" }])
      assert.deepStrictEqual(alpha!.certificates.map(({ isDefault, names, sha256, trusted }) => [sha256, names, trusted, isDefault]), [
        ["shared certificate", ["server.example.org"], false, false]
      ])
      assert.deepStrictEqual(alpha!.claimedHosts, [{ host: "alpha.example.org", tcpPort: 50_001, tlsPort: 50_002 }])
      assert.isNull(alpha!.hostsShape)
      assert.deepStrictEqual(alpha!.unusualPorts, [])
      assert.deepStrictEqual([alpha!.implementation, alpha!.releases], ["ElectrumX", { since: "1.16.0", before: "1.17" }])
      assert.strictEqual(alpha!.fingerprintHash, `1 ${"fe".repeat(32)}`)
      assert.deepStrictEqual([...alpha!.peers].map(([to]) => to).includes(beta!.serverId), true)
      assert.deepStrictEqual(alpha!.snapshots.map(({ fees, relayFee, tellingTargets }) => [[...fees.keys()], relayFee, [...tellingTargets.keys()]]), [
        [[1, 2, 3, 4, 5], 0.00001, [1, 2, 3, 4]]
      ])
      assert.deepStrictEqual(alpha!.snapshots[0]!.histogram, [[12, 30_100], [9.5, 40_000], [3.1, 50_000]])
    }))

  it.effect("are gathered over all endpoints, each text as its operator's wording", () =>
    Effect.gen(function*() {
      const [clear, onion] = ["quarry.example.org:51234:s", `${"b".repeat(56)}.onion:50001:t`]
      const hosts = [{ host: "QUARRY.example.org", tcpPort: null, tlsPort: 51_234, wsPort: null, wssPort: null }]
      const visit = answeredVisit(clear, {
        banner: "Hewn from granite at quarry.example.org, 3 March 2024",
        donationAddress: `bitcoin:${giftAddress("quarry").toUpperCase()}`,
        features: { ...answeredVisit(clear).features!, hosts },
        tls: { ...tlsOf({ ...certificateOf("c"), subject: "O=Quarry, CN=quarry.example.org", sanIp: ["34.90.1.2"], selfSigned: false }), verifyError: null }
      })
      const [quarry, ...others] = yield* traitsFrom([
        ...[clear, onion].map((key) => stateOf(key, "visited")),
        { _tag: "visit", visit },
        { _tag: "visit", visit: answeredVisit(onion, { banner: null, donationAddress: null, features: null, dial: { ...visit.dial, address: null, addresses: [] } }) },
        { _tag: "servers", servers: [serverOf([clear, onion])] }
      ])
      assert.deepStrictEqual(others, [])
      assert.deepStrictEqual(quarry!.hosts, [`${"b".repeat(56)}.onion`, "quarry.example.org"])
      assert.deepStrictEqual([quarry!.banner!.normalised, quarry!.banner!.isDefault], ["hewn from granite at {host}, {date}", false])
      assert.deepStrictEqual([quarry!.donation!.normalised, quarry!.donation!.isDefault], [giftAddress("quarry"), false])
      assert.deepStrictEqual(quarry!.claimedHosts, [{ host: "quarry.example.org", tcpPort: null, tlsPort: 51_234 }])
      assert.strictEqual(quarry!.hostsShape, "mainnet: name tls 51234")
      assert.deepStrictEqual(quarry!.unusualPorts, ["tls 51234"])
      const [certificate] = quarry!.certificates
      assert.deepStrictEqual(certificate!.names, ["server.example.org", "34.90.1.2", "quarry.example.org"])
      assert.deepStrictEqual(certificate!.claimed, ["quarry.example.org"])
      assert.deepStrictEqual([certificate!.trusted, certificate!.template, certificate!.validFrom], [true, "O=Quarry, CN={host}", Date.UTC(2025, 0)])
    }))

  it.effect("have the greeting that they show outside Tor, whichever endpoint was met first", () =>
    Effect.gen(function*() {
      const [clear, onion, hidden] = ["quarry.example.org:50001:t", `${"b".repeat(56)}.onion:50001:t`, `${"c".repeat(56)}.onion:50001:t`]
      const saying = (key: string, banner: string): Fact => ({ _tag: "visit", visit: answeredVisit(key, { banner }) })
      for (const met of [[onion, clear], [clear, onion]]) {
        const servers = yield* traitsFrom([
          ...[...met, hidden].map((key) => stateOf(key, "visited")),
          ...met.map((key) => saying(key, key === onion ? "Hewn in the dark of the mine" : "Hewn from granite by daylight")),
          saying(hidden, "Hewn where nobody looks"),
          { _tag: "servers", servers: [serverOf(met), serverOf([hidden])] }
        ])
        assert.deepStrictEqual(
          servers.map(({ banner }) => banner!.normalised).toSorted(),
          ["hewn from granite by daylight", "hewn where nobody looks"]
        )
      }
    }))

  it.effect("have no addresses of a name that somebody else pointed at the server", () =>
    Effect.gen(function*() {
      const [own, pointed] = ["quarry.example.org:50002:s", "mirror.example.net:50002:s"]
      const tls = tlsOf({ ...certificateOf("c"), subject: "CN=quarry.example.org" })
      const through = (key: string, ...addresses: ReadonlyArray<string>): Fact => {
        const visit = answeredVisit(key, { features: null, tls })
        return { _tag: "visit", visit: { ...visit, dial: { ...visit.dial, address: null, addresses } } }
      }
      const [quarry] = yield* traitsFrom([
        ...[own, pointed].map((key) => stateOf(key, "visited")),
        through(own, "34.90.1.2"),
        through(pointed, "34.90.1.2", "34.90.66.6"),
        { _tag: "servers", servers: [serverOf([own, pointed])] }
      ])
      assert.deepStrictEqual(quarry!.hosts, ["mirror.example.net", "quarry.example.org"])
      assert.deepStrictEqual(quarry!.addresses.map(({ address }) => address), ["34.90.1.2"])
    }))

  it.effect("leave unknown what no answer told", () =>
    Effect.gen(function*() {
      const key = "quiet.example.org:50001:t"
      const [quiet] = yield* traitsFrom([
        stateOf(key, "visited"),
        { _tag: "visit", visit: { ...failedVisit(key), software: "Fulcrum 1.9.1", reason: "closed", phase: "session", identification: null } },
        { _tag: "servers", servers: [serverOf([key])] }
      ])
      assert.deepStrictEqual(
        { ...quiet!, serverId: 0, hosts: [], endpoints: [], addresses: [] },
        {
          serverId: 0, hosts: [], endpoints: [], addresses: [], certificates: [], banner: null, donation: null, claimedHosts: [],
          hostsShape: null, implementation: null, releases: null, fingerprintHash: null, proxy: null, snapshots: [], relayFee: null,
          peers: new Map(), listsItself: null, peersAsked: null, unusualPorts: [], watch: null
        }
      )
    }))
})
