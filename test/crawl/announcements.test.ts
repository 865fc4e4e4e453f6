import { describe, expect, it } from "vitest"
import { announcedBy, withoutExcluded } from "../../src/crawl/announcements.ts"
import { visitWithoutExcluded } from "../../src/crawl/without-excluded.ts"
import { makeExclusions } from "../../src/domain/exclusions.ts"
import { PeerGrammar } from "../../src/discovery/peer-entry.ts"
import { shippedChains } from "../../src/domain/chain.ts"
import { tallied } from "../../src/domain/tallied.ts"
import { peerEntries, type Visit } from "../../src/domain/visit.ts"
import { answeredVisit, observationOf } from "../support/store-facts.ts"

const chain = shippedChains.find((c) => c.name === "mainnet-sim")!
const list = [["34.90.1.2", "a.example.org", ["v1.4", "s50002"]], ["34.90.1.3", "b.example.org", ["v1.4", "s50002"]]]
const method = "server.peers.subscribe"

const visitOf = (overrides: Partial<Visit>): Visit =>
  answeredVisit("x.example.org:50002:s", {
    chain: { verdict: "same", chain: chain.name, headers: [] },
    peers: { asked: 2, entries: tallied(list, 2), octets: null, dropped: 0, unseenMass: 0 },
    observations: [
      observationOf("peers#1", { method, replyRaw: `["b.example.org"]${"x".repeat(4983)}` }),
      observationOf("peers#2", { method, replyRaw: "x".repeat(5000), outcome: "malformed" }),
      observationOf("banner", { method: "server.banner", replyRaw: "y".repeat(5000) })
    ],
    ...overrides
  })

const announced = (visit: Visit) =>
  announcedBy(visit, chain, new PeerGrammar(chain.default_ports), { at: 0, allowPrivate: false })

describe("what a visited server announces", () => {
  it("is its peer list with times seen of times asked, and the hosts it claims", () => {
    const facts = announced(visitOf({}))
    expect(facts.map((f) => [f.source.kind, f.timesAsked, f.entries.numbers.length])).toContainEqual(["server", 2, 2])
  })

  it("is nothing where the headers do not show this chain", () => {
    for (const verdict of ["other", "unverified"] as const) {
      expect(announced(visitOf({ chain: { verdict, chain: null, headers: [] } }))).toEqual([])
    }
  })

  it("loses an entry whose bytes name a host of the opt-out list, whatever its text", () => {
    const octets = new Uint8Array(Buffer.from("[\"\xe9\",\"b.example.org\"]", "latin1"))
    const entries = tallied([["\ufffd", "cut"], list[0]])
    const visit = visitOf({ peers: { asked: 1, entries, octets: new Map([[0, octets]]), dropped: 0, unseenMass: null } })
    expect(peerEntries(visitWithoutExcluded(visit, makeExclusions(["b.example.org"])).peers!)).toEqual([{ value: list[0], times: 1 }])
  })

  it("loses what the opt-out list names, from lists and from raw replies", () => {
    const visit = visitOf({})
    const exclusions = makeExclusions(["b.example.org"])
    const left = announced(visit).map((fact) => withoutExcluded(fact, exclusions))
    expect(left.map((k) => k.excluded)).toContain(1)
    const stored = visitWithoutExcluded(visit, exclusions)
    expect(JSON.stringify([stored, left.map((k) => k.fact)])).not.toContain("b.example.org")
    expect(JSON.stringify(stored)).toContain("a.example.org")
    expect(stored.observations.map((o) => o.replyRaw?.length)).toEqual([undefined, 5000, 5000])
  })

  it("loses it also where a server is not followed, and from what servers write freely", () => {
    const visit = visitOf({
      chain: { verdict: "other", chain: null, headers: [] },
      banner: "see also tcp://b.example.org:50001, and donate",
      detail: "b.example.org"
    })
    expect(JSON.stringify(visitWithoutExcluded(visit, makeExclusions(["b.example.org"])))).not.toContain("b.example.org")
    expect(peerEntries(visitWithoutExcluded(visit, makeExclusions(["34.90.1.0/24"])).peers!)).toEqual([])
    expect(visitWithoutExcluded(visit, makeExclusions(["c.example.org"]))).toEqual(visit)
  })

  it("loses IPv6 addresses however they are written, and where colons and ports stand beside them", () => {
    const exclusions = makeExclusions(["2600:1900::/28", "2001:4860::8888"])
    const spellings = [
      "2600:1900:4000:4cc4:0:11::", "2600:1900::", "[2600:1900:4000::]:50001", "2600:1900:4000::.", "at 2600:1900:4000:0:0:0:0:1:",
      "2600:1900:4000:4cc4:0:11:::50001", "2001:4860:0000:0000:0000:0000:0000:8888", "2001:4860::8888:", "2001:4860:0::8888"
    ]
    for (const text of spellings) expect([text, visitWithoutExcluded(visitOf({ banner: text }), exclusions).banner]).toEqual([text, null])
    for (const text of ["2610::", "::", "2001:4860::8889", "time 12:30:59", "note: none", "a::b"]) {
      expect(visitWithoutExcluded(visitOf({ banner: text }), exclusions).banner).toBe(text)
    }
  })

  it("loses it also from bytes that are no UTF-8, which go with their text", () => {
    const octets = (text: string) => new Uint8Array(Buffer.from(text, "latin1"))
    const visit = visitOf({
      banner: "\ufffd b.example.org",
      bannerOctets: octets("\xe9 b\\u002eexample.org"),
      observations: [
        observationOf("peers#1", { method, replyRaw: "x".repeat(5000), replyOctets: octets("\xe9".repeat(5000)) }),
        observationOf("banner", { replyRaw: "cut", replyOctets: octets("\xe9 b.example.org") }),
        observationOf("ping", { replyRaw: "b.example.org", replyOctets: octets("\xe9") })
      ]
    })
    const without = visitWithoutExcluded(visit, makeExclusions(["b.example.org"]))
    expect(without.bannerOctets).toBeNull()
    expect(without.observations.map((o) => o.replyOctets?.length)).toEqual([5000, undefined, undefined])
    expect(visitWithoutExcluded(visit, makeExclusions(["c.example.org"]))).toEqual(visit)
  })
})
