import { NodeServices } from "@effect/platform-node"
import { afterEach, beforeEach, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { allLookups, lookupsOf, type LookupSituation } from "../../src/cli/lookups.ts"
import type { AddressFact } from "../../src/domain/address-fact.ts"
import { Enricher } from "../../src/enrich/enricher.ts"
import { dnsResponder } from "../support/dns-responder.ts"

const address = "34.90.1.2"

/** What a situation makes of one address: the facts, or the error. */
const lookUp = Effect.fnUntraced(function*(situation: LookupSituation) {
  const facts: Array<AddressFact> = []
  const layer = yield* lookupsOf(allLookups, situation)
  yield* Effect.flatMap(Enricher, (enricher) =>
    enricher.lookUp([{ address, known: [] }], (found) => Effect.sync(() => void facts.push(...found)))).pipe(
    Effect.provide(layer),
    Effect.provide(NodeServices.layer)
  )
  return facts
})

const whyNot = (situation: LookupSituation) =>
  Effect.map(lookUp(situation), (facts) => [...new Set(facts.map(({ detail, reason }) => `${reason}: ${detail}`))])

const usual: LookupSituation = { resolver: null, throughProxy: false, simulated: false }

let before: string | undefined

describe("who is asked about addresses", () => {
  beforeEach(() => {
    before = process.env["OBSERVATORY_LOOPBACK_ONLY"]
  })
  afterEach(() => {
    process.env["OBSERVATORY_LOOPBACK_ONLY"] = before
  })

  it.live("is nobody through a proxy, of a simulated network, or where only loopback may be contacted, without --resolver", () =>
    Effect.gen(function*() {
      process.env["OBSERVATORY_LOOPBACK_ONLY"] = ""
      expect(yield* whyNot({ ...usual, throughProxy: true })).toEqual(["policy: through a proxy only --resolver is asked"])
      expect(yield* whyNot({ ...usual, simulated: true })).toEqual(["policy: of a simulated network only --resolver is asked"])
      expect(yield* whyNot({ ...usual, simulated: true, resolver: "192.0.2.53" }))
        .toEqual(["policy: the name server of a simulated network is on loopback, not 192.0.2.53"])
      process.env["OBSERVATORY_LOOPBACK_ONLY"] = "1"
      expect(yield* whyNot(usual)).toEqual(["policy: OBSERVATORY_LOOPBACK_ONLY forbids the system's name servers"])
      expect(yield* whyNot({ ...usual, throughProxy: true, resolver: "192.0.2.53:5300" }))
        .toEqual(["policy: OBSERVATORY_LOOPBACK_ONLY forbids name server 192.0.2.53"])
    }))

  it.live("is the one that --resolver names, also through a proxy", () =>
    Effect.gen(function*() {
      const server = yield* dnsResponder({ "2.1.90.34.origin.asn.cymru.com": { TXT: ["64500 | 34.90.0.0/16 | DE | ripencc | 2001-01-01"] } })
      for (const situation of [{ throughProxy: true }, { simulated: true }, {}]) {
        server.questions.length = 0
        const facts = yield* lookUp({ ...usual, ...situation, resolver: `127.0.0.1:${server.port}` })
        expect(facts.find(({ fact }) => fact === "asn")!.answers).toEqual(["64500"])
        expect(server.questions.toSorted()).toEqual([
          "PTR 2.1.90.34.in-addr.arpa",
          "TXT 2.1.90.34.origin.asn.cymru.com",
          "TXT as64500.asn.cymru.com"
        ])
      }
      expect((yield* Effect.flip(lookUp({ ...usual, resolver: "no address" }))).message).toContain("--resolver no address")
    }))
})
