import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as fc from "fast-check"
import { seededRandom } from "../../src/analysis/seeded-random.ts"
import { drawHosts, sampleBaseRate } from "../../src/crawl/base-rate.ts"
import { addressScope } from "../../src/domain/address.ts"
import type { AddressFact } from "../../src/domain/address-fact.ts"
import { parseBlock } from "../../src/domain/address.ts"
import { makeExclusions, noExclusions } from "../../src/domain/exclusions.ts"
import { Enricher } from "../../src/enrich/enricher.ts"
import { readRandomHosts } from "../../src/report/labels/read-random-hosts.ts"
import { Database } from "../../src/store/database.ts"
import type { ServerBlock } from "../../src/store/random-host-records.ts"
import { Store } from "../../src/store/store.ts"
import { Resolver } from "../../src/transport/resolver.ts"
import { reverseName } from "../../src/transport/reverse-name.ts"
import { inventedFacts, recordCrawl } from "../support/atlas-database.ts"
import { dnsResponder } from "../support/dns-responder.ts"
import { nothingAsked } from "../support/enriching.ts"
import { temporaryFolder, withStore } from "../support/small-database.ts"

const blockOf = (serverId: number, address: string, block: string): ServerBlock => ({ serverId, address, block, asn: 64500 + serverId, org: `Holder ${serverId}` })

describe("random hosts to compare servers with", () => {
  it("are in the prefixes of the servers, public, nobody's who is a server or opted out, each once, the same for the same seed", () => {
    const blocks = [
      blockOf(1, "34.90.1.2", "34.90.0.0/22"),
      blockOf(2, "35.1.1.1", "35.1.1.0-35.1.1.9"),
      blockOf(3, "2a02:1748::1", "2a02:1748::/32"),
      // What no registry would answer, and what is in nobody's public prefix.
      blockOf(4, "10.1.1.1", "10.0.0.0/8"),
      blockOf(5, "34.91.0.1", "nonsense")
    ]
    const exclusions = makeExclusions(["34.90.2.0/24"])
    fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 300 }), (seed, count) => {
      const drawn = drawHosts({ blocks, exclusions, simulated: false }, count, seededRandom(seed))
      assert.deepStrictEqual(drawn, drawHosts({ blocks, exclusions, simulated: false }, count, seededRandom(seed)))
      assert.isAtMost(drawn.length, count)
      assert.strictEqual(new Set(drawn.map(({ address }) => address)).size, drawn.length)
      for (const { address, block } of drawn) {
        assert.strictEqual(addressScope(address), "public")
        assert.isFalse(blocks.some((one) => one.address === address))
        assert.isUndefined(exclusions.excludes(address, []))
        if (block.includes("/")) assert.isTrue(parseBlock(block)!(address))
        else assert.match(address, /^35\.1\.1\.[0-9]$/)
      }
    }), { numRuns: 60 })
  })

  it("weigh prefixes as the servers do, not by their size", () => {
    const blocks = [1, 2, 3].map((id) => blockOf(id, `34.90.1.${id}`, "34.90.0.0/24")).concat(blockOf(4, "34.0.0.1", "34.0.0.0/12"))
    const drawn = drawHosts({ blocks, exclusions: noExclusions, simulated: false }, 120, seededRandom(7))
    const small = drawn.filter(({ block }) => block === "34.90.0.0/24").length
    assert.isAbove(small, 70)
    assert.isBelow(small, 110)
    assert.strictEqual(drawn.length, 120)
  })

  it.live("are asked for their names at the name server given and at nobody else, and a new sample takes the place of the old one", () =>
    Effect.gen(function*() {
      const path = `${yield* temporaryFolder}/sample.duckdb`
      const crawlId = yield* recordCrawl(path, inventedFacts())
      const fact = (address: string): AddressFact => ({
        address, fact: "asn", source: { kind: "cymru", name: "origin.asn.cymru.com", rank: 0, dataAt: null },
        answers: ["64500"], reason: null, detail: null, block: "34.90.0.0/16", lookedUpAt: 0
      })
      const blocks = yield* withStore(path, (store) => Effect.gen(function*() {
        const visited = yield* store.enrichment.visited(crawlId)
        yield* store.enrichment.saveFacts("mainnet", visited.flatMap(({ address }) => address?.startsWith("34.90.") === true ? [fact(address)] : []))
        return yield* store.randomHosts.blocks(crawlId)
      }))
      assert.isAbove(blocks.length, 0)
      assert.deepStrictEqual(new Set(blocks.map(({ asn, block }) => `${asn} ${block}`)), new Set(["64500 34.90.0.0/16"]))
      const drawn = drawHosts({ blocks, exclusions: noExclusions, simulated: false }, 12, seededRandom(3))
      const names = drawn.slice(0, 4).map(({ address }, i) => [reverseName(address)!, { PTR: [`host-${i}.customers.example`] }] as const)
      const dns = yield* dnsResponder(Object.fromEntries(names))
      const sample = (randomSeed: number) => sampleBaseRate({ crawlId, hosts: 12, randomSeed, random: seededRandom(randomSeed), simulated: false, exclusions: makeExclusions(["host-0.customers.example"]) }).pipe(
        Effect.provide(Layer.mergeAll(
          Store.layer(path),
          Enricher.layer({ ...nothingAsked, ptr: true }).pipe(Layer.provide(Resolver.layer({ server: dns, loopbackOnly: true })))
        ))
      )
      // One name is of somebody who opted out: it is not kept.
      assert.deepStrictEqual(yield* sample(3), { hosts: 12, named: 3, servers: new Set(blocks.map(({ serverId }) => serverId)).size })
      assert.deepStrictEqual(dns.questions.toSorted(), drawn.map(({ address }) => `PTR ${reverseName(address)!}`).toSorted())
      const kept = yield* readRandomHosts(crawlId).pipe(Effect.provide(Database.layer(path)), Effect.scoped)
      assert.strictEqual(kept!.hosts.length, 11)
      assert.deepStrictEqual(kept!.hosts.flatMap((host) => host.names).toSorted(), ["host-1.customers.example", "host-2.customers.example", "host-3.customers.example"])
      yield* sample(4)
      const again = yield* readRandomHosts(crawlId).pipe(Effect.provide(Database.layer(path)), Effect.scoped)
      assert.strictEqual(again!.hosts.length, 12)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 60_000)
})
