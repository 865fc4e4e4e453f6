import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Analysis } from "../../src/analysis/analysis.ts"
import { findCrawl } from "../../src/analysis/analysis-input.ts"
import { weighPairAnew } from "../../src/analysis/pair-anew.ts"
import { readPair, readServerAt } from "../../src/analysis/verdict-reader.ts"
import { AnalysisStore, Database } from "../../src/store/database.ts"
import type { Fact } from "../../src/store/facts.ts"
import { giftAddress } from "../support/gift-address.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"
import { answeredVisit, certificateOf, crawlStart, serverOf, someTime, stateOf, tlsOf } from "../support/store-facts.ts"

const visitOf = (host: string, key: string, gift: string, banner: string): Fact => {
  const tls = tlsOf({ ...certificateOf(`certificate of ${host}`, key), sanDns: [host] })
  const visit = answeredVisit(`${host}:50002:s`, { banner, donationAddress: giftAddress(gift), tls })
  return { _tag: "visit", visit: { ...visit, dial: { ...visit.dial, address: null, addresses: [] } } }
}

layer(NodeServices.layer)("a pair of which nothing is stored", (it) => {
  it.effect("shows what both have in common and that one may copy it from the other", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/observatory.duckdb`
      const strangers = Array.from({ length: 80 }, (_, i) => `stranger${i}.zone${i}.org`)
      const hosts = ["a.one.net", "b.two.net", "copier.three.net", ...strangers]
      const keys = hosts.map((host) => `${host}:50002:s`)
      const words = "Hewn from granite by the quarry choir"
      yield* withStore(path, Effect.fnUntraced(function*(store) {
        const crawlId = yield* store.startCrawl(crawlStart())
        yield* store.record(crawlId, [
          ...keys.map((key) => stateOf(key, "visited")),
          visitOf("a.one.net", "k", "quarry", words),
          visitOf("b.two.net", "k", "quarry", words),
          visitOf("copier.three.net", "own", "quarry", words),
          ...strangers.map((host, i) => visitOf(host, `key ${i}`, `gift ${i}`, `Salt and seaweed of the bay ${String.fromCharCode(97 + i % 26).repeat(3 + i)}`)),
          { _tag: "servers", servers: keys.map((key) => serverOf([key])) }
        ])
        yield* store.endCrawl(crawlId, "finished", someTime + 60_000)
      }))
      yield* Effect.flatMap(Analysis, (analysis) => analysis.analyze({ network: "mainnet" })).pipe(
        Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(path))),
        Effect.scoped
      )
      yield* Effect.gen(function*() {
        const crawl = yield* findCrawl({ network: "mainnet" })
        const [a, b, copier, other] = yield* Effect.forEach(hosts.slice(0, 4), (host) => readServerAt(crawl, host))
        assert.strictEqual(yield* readPair(crawl, a!, copier!), undefined)
        const { evidence, pair } = (yield* weighPairAnew(crawl, copier!, a!))!
        assert.deepStrictEqual([pair.hypothesis, pair.copier_id], ["copies or relays", copier])
        assert.deepStrictEqual(
          evidence.filter(({ reduction }) => reduction === "explained by copying").map(({ comparison }) => comparison).toSorted(),
          ["banner", "donation address"]
        )
        const stored = (yield* readPair(crawl, a!, b!))!
        const anew = (yield* weighPairAnew(crawl, a!, b!))!
        assert.deepStrictEqual([anew.pair, anew.evidence.map(({ bits }) => bits)], [stored.pair, stored.evidence.map(({ bits }) => bits)])
        const strange = yield* weighPairAnew(crawl, a!, other!)
        assert.deepStrictEqual((strange?.evidence ?? []).filter(({ bits }) => bits > 3), [])
      }).pipe(Effect.provide(Database.layer(path)), Effect.scoped)
    }))
})
