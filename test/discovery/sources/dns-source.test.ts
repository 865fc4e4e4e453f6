import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { collectSource } from "../../../src/discovery/sources/collect.ts"
import { dnsSource, parseDnsName } from "../../../src/discovery/sources/dns-source.ts"
import { shippedChains } from "../../../src/domain/chain.ts"
import { Resolver } from "../../../src/transport/resolver.ts"
import { dnsResponder } from "../../support/dns-responder.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet")!
const nameOf = (text: string) => {
  const name = parseDnsName(text, chain)
  if (typeof name === "string") throw new Error(name)
  return name
}

describe("a name of which every address is a server", () => {
  it.live("gives all of them, more than a dialler would want, those that are not public with their problem", () =>
    Effect.gen(function*() {
      const many = Array.from({ length: 30 }, (_, i) => `34.90.1.${i + 1}`)
      const server = yield* dnsResponder({ "seed.test": { A: [...many, "10.0.0.1"], AAAA: ["2a01:4f8::1"] } })
      const resolver = Resolver.layer({ server, loopbackOnly: true })
      const collect = (text: string) => collectSource(dnsSource(nameOf(text), chain, false)).pipe(Effect.provide(resolver))
      const collection = yield* collect("seed.test")
      assert.deepInclude(collection, { outcome: "complete", source: { kind: "dns", name: "seed.test", detail: null } })
      const { advertisements } = collection.said[0]!
      assert.sameMembers(advertisements.filter(({ problem }) => problem === null).map(({ host }) => host!), [...many, "2a01:4f8::1"])
      assert.deepStrictEqual(advertisements[0]!.services, [{ port: 50001, transport: "tcp" }, { port: 50002, transport: "tls" }])
      assert.deepStrictEqual(advertisements.find(({ host }) => host === "10.0.0.1")?.problem, "address not public")
      const one = yield* collect("seed.test:443:s")
      assert.deepStrictEqual(one.said[0]!.advertisements[0]!.services, [{ port: 443, transport: "tls" }])
      assert.deepInclude(yield* collect("nothing.test"), { outcome: "failed", reason: "no such name" })
    }))

  it("is no address, no onion and no URL", () => {
    for (const text of ["34.90.1.1", `${"a".repeat(56)}.onion`, "http://seed.test/"]) assert.isString(parseDnsName(text, chain))
  })
})
