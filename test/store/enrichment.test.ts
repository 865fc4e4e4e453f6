import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { NodeServices } from "@effect/platform-node"
import type { AddressFact, FactKind, FactSource, HostAddresses } from "../../src/domain/address-fact.ts"
import { Database } from "../../src/store/database.ts"
import type { Store } from "../../src/store/store.ts"
import { onion, recordSmallCrawl, temporaryFolder, withStore } from "../support/small-database.ts"
import { answeredVisit, crawlStart, someTime, stateOf } from "../support/store-facts.ts"

const cymru: FactSource = { kind: "cymru", name: "origin.asn.cymru.com", rank: 0, dataAt: null }
const file = (name: string, rank: number): FactSource => ({ kind: "geo file", name, rank, dataAt: Date.UTC(2026, 0, rank) })

const factOf = (address: string, fact: FactKind, source: FactSource, answer: string | null, at = someTime): AddressFact => ({
  address,
  fact,
  source,
  answers: answer === null ? [] : answer.split("|"),
  reason: answer === null ? "no data" : null,
  detail: null,
  block: null,
  lookedUpAt: at
})

const rowsOf = (path: string, sql: string) =>
  Effect.flatMap(Database, (database) => Effect.map(database.query(sql), (result) => result.rows)).pipe(
    Effect.provide(Database.layer(path)),
    Effect.provide(NodeServices.layer)
  )

/** A crawl through a proxy: nothing says at which address it was. */
const proxied = Effect.fnUntraced(function*(store: Store["Service"]) {
  const start = crawlStart({ network: "mainnet-sim" })
  const crawlId = yield* store.startCrawl({ ...start, vantage: { ...start.vantage, proxy: true } })
  const dial = (resolvedBy: "proxy" | "literal") => ({ address: null, resolvedBy, addresses: [], via: "proxy" as const })
  yield* store.record(crawlId, [
    ...["one.test", "two.test", "split.test", "lost.test", "never.test"].flatMap((host) => [
      { _tag: "visit" as const, visit: answeredVisit(`${host}:50002:s`, { dial: dial("proxy") }) },
      stateOf(`${host}:50002:s`, "visited")
    ]),
    { _tag: "visit", visit: answeredVisit("240.0.0.9:50002:s", { dial: dial("literal") }) },
    stateOf("240.0.0.9:50002:s", "visited"),
    { _tag: "visit", visit: answeredVisit(`${onion}:50002:s`, { dial: { ...dial("proxy"), via: "tor" } }) },
    stateOf(`${onion}:50002:s`, "visited")
  ])
  yield* store.flush
  yield* store.endCrawl(crawlId, "finished", someTime)
  return crawlId
})

describe("what is known about addresses", () => {
  it.effect("is one row for each address, fact and source: the newest, and what must not be asked again is told", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/a.duckdb`
      yield* withStore(path, ({ enrichment }) =>
        Effect.gen(function*() {
          const odd = 'it\'s "odd"; \u0000 \ud800 größer\u001b[31m'
          yield* enrichment.saveFacts("mainnet", [
            factOf("192.0.2.1", "asn", cymru, "64500|64501"),
            factOf("192.0.2.1", "org", cymru, odd),
            { ...factOf("192.0.2.2", "asn", cymru, null), reason: "dns", detail: "ESERVFAIL" },
            factOf("192.0.2.3", "asn", cymru, null)
          ])
          yield* enrichment.saveFacts("mainnet-sim", [factOf("192.0.2.1", "asn", cymru, "1")])
          yield* enrichment.saveFacts("mainnet", [
            factOf("192.0.2.1", "asn", cymru, "64502", someTime + 1_000),
            factOf("192.0.2.1", "asn", file("geo.csv", 1), "64503")
          ])
          yield* enrichment.saveFacts("mainnet", [])
          const known = yield* enrichment.known("mainnet", someTime)
          assert.deepStrictEqual(
            known.map(({ address, answers, fact, source }) => [address, fact, source.kind, ...answers]),
            [
              ["192.0.2.1", "asn", "cymru", "64502"],
              ["192.0.2.1", "asn", "geo file", "64503"],
              ["192.0.2.1", "org", "cymru", 'it\'s "odd"; \ufffd \ufffd größer\u001b[31m'],
              ["192.0.2.3", "asn", "cymru"]
            ]
          )
          assert.strictEqual(known[1]!.source.dataAt, Date.UTC(2026, 0, 1))
          assert.deepStrictEqual((yield* enrichment.known("mainnet", someTime + 1)).map(({ answers }) => answers[0]), ["64502"])
        }))
      const rows = yield* rowsOf(path, "SELECT network, address, fact, answers FROM enrichment ORDER BY ALL")
      assert.strictEqual(rows.length, 6)
    }))

  it.effect("stays where nobody may be asked or nobody answers, but not that there is none, nor what names who opted out", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/k.duckdb`
      const later = someTime + 1_000
      const refusals = ["policy", "us", "dns"] as const
      yield* withStore(path, ({ enrichment }) =>
        Effect.gen(function*() {
          const refused = (address: string, fact: FactKind, reason: (typeof refusals)[number], detail: string) =>
            ({ ...factOf(address, fact, cymru, null, later), reason, detail })
          const host = (name: string, addresses: ReadonlyArray<string>, reason: HostAddresses["reason"] = null) =>
            ({ host: name, addresses, reason, detail: reason, resolvedAt: addresses.length > 0 ? someTime : later })
          yield* enrichment.saveFacts("mainnet", [
            ...refusals.map((reason) => factOf(`192.0.2.${reason.length}`, "asn", cymru, "64500")),
            factOf("192.0.2.7", "asn", cymru, "64500"),
            factOf("192.0.2.8", "asn", cymru, null),
            factOf("192.0.2.9", "ptr", cymru, "opted.example")
          ])
          yield* enrichment.saveFacts("mainnet", [
            ...refusals.map((reason) => refused(`192.0.2.${reason.length}`, "asn", reason, "why")),
            factOf("192.0.2.7", "asn", cymru, null, later),
            refused("192.0.2.8", "asn", "policy", "why"),
            refused("192.0.2.9", "ptr", "policy", "excluded")
          ])
          yield* enrichment.saveHosts("mainnet", [...refusals.map((reason) => host(reason, ["192.0.2.1"])), host("gone", ["192.0.2.1"])])
          yield* enrichment.saveHosts("mainnet", [...refusals.map((reason) => host(reason, [], reason)), host("gone", [], "no data"), host("new", [], "policy")])
          assert.deepStrictEqual(yield* enrichment.hosts("mainnet"), [
            host("dns", ["192.0.2.1"]), host("gone", [], "no data"), host("new", [], "policy"), host("policy", ["192.0.2.1"]), host("us", ["192.0.2.1"])
          ])
          assert.deepStrictEqual(yield* enrichment.hosts("testnet"), [])
        }))
      const rows = yield* rowsOf(path, "SELECT address, answers, reason, epoch_ms(looked_up_at) AS at FROM enrichment ORDER BY address")
      assert.deepStrictEqual(rows.map((row) => Object.values(row)), [
        ["192.0.2.2", ["64500"], null, someTime],
        ["192.0.2.3", ["64500"], null, someTime],
        ["192.0.2.6", ["64500"], null, someTime],
        ["192.0.2.7", [], "no data", later],
        ["192.0.2.8", [], "policy", later],
        ["192.0.2.9", [], "policy", later]
      ])
    }))

  it.effect("fills the metadata of endpoints by the address dialled, never by an announced one", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/b.duckdb`
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          yield* recordSmallCrawl(store, "mainnet")
          yield* store.enrichment.saveFacts("mainnet", [
            factOf("34.90.1.2", "asn", cymru, "64500|64501"),
            factOf("34.90.1.2", "org", cymru, "EXAMPLE|OTHER"),
            factOf("34.90.1.2", "country_registered", cymru, "US"),
            factOf("34.90.1.2", "country_located", file("countries.csv", 1), "DE"),
            factOf("34.90.1.2", "country_located", file("cities.mmdb", 2), "FR"),
            factOf("34.90.1.2", "city", file("cities.mmdb", 2), "Paris"),
            factOf("34.90.1.2", "coordinates", file("cities.mmdb", 2), "48.9,2.4"),
            factOf("34.90.1.2", "country_located", file("more.mmdb", 3), "DE"),
            factOf("34.90.1.2", "city", file("more.mmdb", 3), "Bonn"),
            factOf("34.90.1.2", "coordinates", file("more.mmdb", 3), "50.7,-7.1"),
            factOf("34.90.1.2", "cloud_provider", { kind: "cloud table", name: "cloud-asns.json", rank: 1000, dataAt: 0 }, "Table"),
            factOf("34.90.1.2", "cloud_provider", { kind: "cloud ranges", name: "ranges.json", rank: 1, dataAt: 0 }, "Ranges"),
            factOf("34.90.1.2", "ptr", { kind: "reverse dns", name: "PTR", rank: 0, dataAt: null }, "a.example|b.example")
          ])
          // Of the same address in a simulated network: invented.
          yield* store.enrichment.saveFacts("mainnet-sim", [factOf("34.90.1.2", "asn", cymru, "1")])
        }))
      const rows = yield* rowsOf(path, `SELECT endpoint_key, m.* FROM server_metadata m JOIN endpoint USING (endpoint_id) ORDER BY endpoint_key`)
      const alpha = rows.find((row) => row["endpoint_key"] === "alpha.example.org:50002:s")!
      assert.deepInclude(alpha, {
        ip: "34.90.1.2",
        asn: 64500,
        org: "EXAMPLE; OTHER",
        country: "DE",
        country_located: "DE",
        country_registered: "US",
        // Not Paris: that file puts the address in another country.
        city: "Bonn",
        cloud_provider: "Ranges",
        reverse_names: ["a.example", "b.example"],
        place_note: null
      })
      const [place] = yield* rowsOf(path, `SELECT p.city, p.latitude, p.longitude FROM endpoint_place p JOIN endpoint USING (endpoint_id) WHERE endpoint_key = 'alpha.example.org:50002:s'`)
      assert.deepStrictEqual(place, { city: "Bonn", latitude: 50.7, longitude: -7.1 })
      const notes = new Map(rows.map((row) => [row["endpoint_key"], row["place_note"]]))
      assert.strictEqual(notes.get(`${onion}:50002:s`), "onion services have no address")
      assert.strictEqual(notes.get("alpha.example.org:50001:t"), "not visited")
      for (const row of rows) if (row["asn"] === null) assert.notStrictEqual(row["place_note"], null, String(row["endpoint_key"]))
    }))

  it.effect("never shows the holder of one system beside another one, and says why there is none", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/h.duckdb`
      const said = (address: string, source: FactSource, asn: string | null, org: string | null) =>
        [factOf(address, "asn", source, asn), factOf(address, "org", source, org)]
      yield* withStore(path, ({ enrichment }) =>
        enrichment.saveFacts("mainnet", [
          // The best source of the system has no holder; the next one's is of another system.
          ...said("192.0.2.1", cymru, "64500", null),
          ...said("192.0.2.1", file("a.csv", 1), "64999", "OTHER"),
          ...said("192.0.2.2", cymru, "64500", null),
          ...said("192.0.2.2", file("a.csv", 1), "64999", "OTHER"),
          ...said("192.0.2.2", file("b.csv", 2), "64500", "SAME"),
          // Of one that names no system nobody knows of which it is the holder.
          ...said("192.0.2.3", cymru, "64500", null),
          factOf("192.0.2.3", "org", file("c.csv", 3), "SOMEBODY"),
          factOf("192.0.2.4", "org", file("c.csv", 3), "SOMEBODY"),
          ...said("192.0.2.5", cymru, "64500|64501", null),
          ...said("192.0.2.5", file("a.csv", 1), "64501", "SECOND"),
          ...said("192.0.2.5", file("b.csv", 2), "64500", "FIRST")
        ]))
      const rows = yield* rowsOf(path, "SELECT address, asn, org, gaps['org'] AS gap FROM address_facts ORDER BY address")
      const apart = "its source does not name this asn"
      assert.deepStrictEqual(rows.map((row) => Object.values(row)), [
        ["192.0.2.1", 64500, null, apart],
        ["192.0.2.2", 64500, "SAME", null],
        ["192.0.2.3", 64500, null, apart],
        ["192.0.2.4", null, "SOMEBODY", null],
        ["192.0.2.5", 64500, "FIRST", null]
      ])
    }))

  it.effect("of names that a proxy resolved is what all their addresses have in common, and says so", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/c.duckdb`
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* proxied(store)
          assert.deepInclude(yield* store.enrichment.crawl({ network: "mainnet-sim" }), { crawlId, throughProxy: true, simulated: true, exclude: [] })
          assert.strictEqual((yield* Effect.flip(store.enrichment.crawl({ crawlId: 99 }))).reason, "not found")
          const visited = yield* store.enrichment.visited(crawlId)
          assert.deepStrictEqual(
            visited.map(({ address, byProxy, host }) => [host, address, byProxy]),
            [
              ["240.0.0.9", "240.0.0.9", false],
              [onion, null, false],
              ...["lost.test", "never.test", "one.test", "split.test", "two.test"].map((host) => [host, null, true])
            ].toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1))
          )
          const host = (name: string, addresses: ReadonlyArray<string>) => ({
            host: name,
            addresses,
            reason: addresses.length > 0 ? null : "dns" as const,
            detail: addresses.length > 0 ? null : "ESERVFAIL",
            resolvedAt: someTime
          })
          yield* store.enrichment.saveHosts("mainnet-sim", [host("one.test", ["240.9.9.9"]), host("split.test", [])])
          yield* store.enrichment.saveHosts("mainnet-sim", [
            host("one.test", ["240.0.0.1"]),
            host("two.test", ["240.0.0.2", "240.0.0.3"]),
            host("split.test", ["240.0.0.2", "240.0.0.4"]),
            host("lost.test", [])
          ])
          const system = (address: string, asn: string | null, country: string | null) => [
            factOf(address, "asn", cymru, asn),
            factOf(address, "country_registered", cymru, country)
          ]
          yield* store.enrichment.saveFacts("mainnet-sim", [
            ...system("240.0.0.1", "64501", "DE"),
            ...system("240.0.0.2", "64502", "FR"),
            ...system("240.0.0.3", "64502", null),
            ...system("240.0.0.4", "64504", "FR"),
            ...system("240.0.0.9", null, "JP")
          ])
        }))
      const rows = yield* rowsOf(path, "SELECT host, ip, asn, country, place_note FROM server_metadata ORDER BY host")
      assert.deepStrictEqual(rows.map((row) => Object.values(row)), [
        ["240.0.0.9", "240.0.0.9", null, "JP", "asn: no data"],
        [onion, null, null, null, "onion services have no address"],
        ["lost.test", null, null, null, "its address is not known: dns (ESERVFAIL)"],
        ["never.test", null, null, null, "its address is not known"],
        ["one.test", null, 64501, "DE", null],
        ["split.test", null, null, "FR", "it has 2 addresses: shown is what is the same for all"],
        ["two.test", null, 64502, null, "it has 2 addresses: shown is what is the same for all"]
      ].toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1)))
      const why = yield* rowsOf(path, "SELECT untested['cloud_provider'] AS why FROM server_metadata WHERE host IN ('240.0.0.9', 'one.test', 'two.test') ORDER BY host")
      // The table of providers goes by asn: no asn, no question.
      assert.deepStrictEqual(why.map((row) => row["why"]), ["its asn is not known", "no source was asked", "it has 2 addresses: shown is what is the same for all"])
    }))
})
