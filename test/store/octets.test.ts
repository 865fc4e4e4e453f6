import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { announcedBy } from "../../src/crawl/announcements.ts"
import { PeerGrammar } from "../../src/discovery/peer-entry.ts"
import { endpointKey } from "../../src/domain/endpoint.ts"
import { Database } from "../../src/store/database.ts"
import { QueryCatalogue } from "../../src/store/query-catalogue.ts"
import { electrumServer, testChain } from "../support/electrum-server.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { crawlStart, serverOf, someTime } from "../support/store-facts.ts"
import { loopbackVisitor, visitPort } from "../support/visiting.ts"

const banners = [
  Buffer.from("Caf\xe9", "latin1"),
  Buffer.from("Caf\xe8", "latin1"),
  Buffer.from("Caf\xe8", "latin1"),
  Buffer.from("Café"),
  Buffer.from("Caf\ufffd")
]

const peerLine = (id: number): Buffer => {
  const entries = Array.from({ length: 60 }, (_, i) => `["203.0.113.${i + 1}","x${i}.example.org",["v1.4","s50002"]]`)
  const odd = ["caf\xe9", "caf\xe8"].map((name) => `["198.51.100.7","${name}.example.org",["v1.4","s50002"]]`)
  const text = Buffer.from("café").toString("latin1")
  return Buffer.from(`{"id":${id},"result":[${[...entries, ...odd, `["198.51.100.8","${text}.example.org",["v1.4","s50002"]]`].join(",")}]}\n`, "latin1")
}

layer(loopbackVisitor)("the bytes of replies that are no UTF-8", (it) => {
  it.effect("keep entries of one peer list apart that are one text, also in a file that is opened again", () =>
    Effect.gen(function*() {
      const server = yield* electrumServer({ "server.peers.subscribe": ({ id, socket }) => void socket.write(peerLine(id)) })
      const path = `${yield* temporaryFolder}/entries.duckdb`
      for (const _ of [1, 2]) {
        const visit = yield* visitPort(server.port)
        assert.strictEqual(visit.peers!.entries.numbers.length, 63)
        assert.deepStrictEqual(new Set(visit.peers!.entries.times), new Set([2]))
        const facts = announcedBy(visit, testChain, new PeerGrammar(testChain.default_ports), { at: someTime, allowPrivate: false })
        yield* withStore(path, (store) =>
          Effect.gen(function*() {
            const crawlId = yield* store.startCrawl(crawlStart())
            yield* store.record(crawlId, [{ _tag: "visit", visit }, ...facts])
            yield* store.flush
            yield* store.endCrawl(crawlId, "finished", someTime)
          }))
      }
      const stored = yield* Effect.flatMap(Database, (database) => database.query(`
        SELECT raw, raw_octets, count(*)::INTEGER AS said FROM advertised JOIN advertisement USING (advertisement_id)
        WHERE raw LIKE '%caf%' GROUP BY ALL ORDER BY raw, raw_octets DESC`)).pipe(
        Effect.provide(Database.layer(path)),
        Effect.provide(NodeServices.layer)
      )
      const octets = (name: string) =>
        Buffer.from(`["198.51.100.7","${name}.example.org",["v1.4","s50002"]]`, "latin1").toString("hex")
      const raw = (address: string, name: string) => JSON.stringify([address, `${name}.example.org`, ["v1.4", "s50002"]])
      assert.deepStrictEqual(stored.rows, [
        { raw: raw("198.51.100.7", "caf\ufffd"), raw_octets: octets("caf\xe9"), said: 2 },
        { raw: raw("198.51.100.7", "caf\ufffd"), raw_octets: octets("caf\xe8"), said: 2 },
        { raw: raw("198.51.100.8", "café"), raw_octets: null, said: 2 }
      ])
    }).pipe(Effect.scoped))

  it.effect("keep banners of different servers apart in the database that are one text", () =>
    Effect.gen(function*() {
      const visits = yield* Effect.forEach(banners, (banner) =>
        Effect.gen(function*() {
          const server = yield* electrumServer({
            "server.banner": ({ id, socket }) =>
              socket.write(Buffer.concat([Buffer.from(`{"id":${id},"result":"`), banner, Buffer.from("\"}\n")]))
          })
          return yield* visitPort(server.port)
        }))
      const path = `${yield* temporaryFolder}/octets.duckdb`
      yield* withStore(path, (store) =>
        Effect.gen(function*() {
          const crawlId = yield* store.startCrawl(crawlStart())
          for (const visit of visits) yield* store.record(crawlId, [{ _tag: "visit", visit }])
          yield* store.record(crawlId, [{ _tag: "servers", servers: visits.map(({ endpoint }) => serverOf([endpointKey(endpoint)])) }])
          yield* store.flush
          yield* store.endCrawl(crawlId, "finished", someTime)
        }))
      yield* Effect.gen(function*() {
        const database = yield* Database
        const stored = yield* database.query("SELECT banner, banner_octets FROM visit ORDER BY visit_id")
        assert.deepStrictEqual(stored.rows, [
          { banner: "Caf\ufffd", banner_octets: "436166e9" },
          { banner: "Caf\ufffd", banner_octets: "436166e8" },
          { banner: "Caf\ufffd", banner_octets: "436166e8" },
          { banner: "Café", banner_octets: null },
          { banner: "Caf\ufffd", banner_octets: null }
        ])
        const replies = yield* database.query(`
          SELECT visit_id, probe, contains(hex(reply_octets), '436166E') AS whole FROM observation
          WHERE reply_octets IS NOT NULL ORDER BY visit_id`)
        assert.deepStrictEqual(replies.rows, [1, 2, 3].map((visit_id) => ({ visit_id, probe: "banner", whole: true })))
        const query = (yield* QueryCatalogue).list.find(({ name }) => name === "banners")!
        const shown = yield* database.query(query.sql, { crawl: null, network: null, at_least: 1 })
        assert.deepStrictEqual(shown.rows.map(({ banner, servers }) => [banner, servers]).toSorted(), [
          ["Café", 1],
          ["Caf\ufffd", 1],
          ["Caf\ufffd", 1],
          ["Caf\ufffd", 2]
        ])
      }).pipe(Effect.provide(Layer.mergeAll(Database.layer(path), QueryCatalogue.layer)), Effect.provide(NodeServices.layer))
    }).pipe(Effect.scoped))
})
