import * as fc from "fast-check"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { Advertisement } from "../../src/domain/advertisement.ts"
import { PeerGrammar, parsePeerEntry } from "../../src/discovery/peer-entry.ts"

const ports = { tcp: 50001, tls: 50002, ws: 50003, wss: 50004 }
const parse = (value: unknown): Advertisement => parsePeerEntry(value, ports)
const onion = "22mgr2fndslabzvx4sj7ialugn2jv3cfqjb3dnj67a6vnrkp7g4l37ad.onion"
const both = [{ transport: "tcp", port: 50001 }, { transport: "tls", port: 50002 }]

const nested = (depth: number): unknown => {
  let value: unknown = []
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

describe("peer entries", () => {
  it("reads the entry of the protocol documentation's form", () => {
    const value = ["34.90.1.2", "ex.example.org", ["v1.4.3", "s50002", "t50001"]]
    expect(parse(value)).toEqual({
      raw: JSON.stringify(value),
      host: "ex.example.org",
      networkClass: "name",
      address: "34.90.1.2",
      versionText: "1.4.3",
      pruning: null,
      services: both,
      problem: null,
      notes: []
    })
  })

  it.each<[string, unknown, Partial<Advertisement>]>([
    ["IPv6 without brackets", ["2a02:1748:f7df:8cb1::F444", "smithers.graubrot.org", ["v1.6", "s50002"]], {
      address: "2a02:1748:f7df:8cb1::f444",
      host: "smithers.graubrot.org"
    }],
    ["IPv6 as host", ["2a02::1", "2a02::1", ["s50002"]], { networkClass: "ipv6", host: "2a02::1", address: "2a02::1" }],
    ["IPv6 in brackets as host", ["2a02::1", "[2A02:0::1]", ["s50002"]], { host: "2a02::1", address: "2a02::1" }],
    ["an address as host", ["5.9.83.108", "5.9.83.108", ["s"]], { host: "5.9.83.108", address: "5.9.83.108" }],
    ["an onion, twice", [onion, onion, ["v1.4", "t50001"]], { host: onion, networkClass: "onion", address: null }],
    ["a host name, twice", ["e.example.org", "e.example.org", ["t"]], { host: "e.example.org", address: null }],
    ["upper case", ["34.90.1.2", "ELECTRUM.not.fyi", ["s"]], { host: "electrum.not.fyi" }],
    ["a trailing dot", ["34.90.1.2", "electrum.not.fyi.", ["s"]], { host: "electrum.not.fyi" }],
    ["an internationalised name", ["34.90.1.2", "bücher.example", ["s"]], { host: "xn--bcher-kva.example" }],
    ["only a version text beside the ports", ["34.90.1.2", "e.example.org", ["s", "v"]], {
      notes: ["unreadable version \"\""]
    }],
    ["members that are no texts", ["34.90.1.2", "e.example.org", [50002, null, "s", ["t"]]], {
      notes: ["feature is not a text"],
      services: [{ transport: "tls", port: 50002 }]
    }],
    ["another address than the host's own", ["34.90.1.2", "34.90.1.3", ["s"]], {
      host: "34.90.1.3",
      address: "34.90.1.2",
      notes: ["address differs from host \"34.90.1.2\""]
    }]
  ])("reads %s", (_, value, expected) => {
    const read = parse(value)
    expect(read).toMatchObject(expected)
    expect(read.problem).toBeNull()
    expect(read.services.length).toBeGreaterThan(0)
  })

  it.each<[string, unknown, Advertisement["problem"]]>([
    ["null", null, "not a list"],
    ["a number", 17, "not a list"],
    ["a text", "34.90.1.2 e.example.org s", "not a list"],
    ["an object", { 0: "34.90.1.2", 1: "e.example.org", 2: ["s"], length: 3 }, "not a list"],
    ["an empty list", [], "wrong length"],
    ["two elements", ["34.90.1.2", "e.example.org"], "wrong length"],
    ["four elements", ["34.90.1.2", "e.example.org", ["s"], "x"], "wrong length"],
    ["a number as host", ["34.90.1.2", 1, ["s"]], "wrong types"],
    ["null as address", [null, "e.example.org", ["s"]], "wrong types"],
    ["features as text", ["34.90.1.2", "e.example.org", "v1.4 s50002"], "wrong types"],
    ["features as object", ["34.90.1.2", "e.example.org", { s: 50002 }], "wrong types"],
    ["a nested host", ["34.90.1.2", ["e.example.org"], ["s"]], "wrong types"],
    ["an empty host", ["34.90.1.2", "", ["s"]], "bad host"],
    ["a URL as host", ["34.90.1.2", "http://e.example.org", ["s"]], "bad host"],
    ["a host with a port", ["34.90.1.2", "e.example.org:50002", ["s"]], "bad host"],
    ["a single label", ["34.90.1.2", "electrum", ["s"]], "bad host"],
    ["a local-use name", ["34.90.1.2", "router.lan", ["s"]], "bad host"],
    ["a host with an escape character", ["34.90.1.2", "e\u001b[31m.example.org", ["s"]], "bad host"],
    ["a v2 onion", ["facebookcorewwwi.onion", "facebookcorewwwi.onion", ["s"]], "bad host"],
    ["an onion of wrong length", ["abc.onion", "abc.onion", ["s"]], "bad host"],
    ["a numeric host in short form", ["34.90.1.2", "127.1", ["s"]], "bad host"],
    ["a loopback host", ["127.0.0.1", "127.0.0.1", ["s"]], "address not public"],
    ["a mapped IPv6 host", ["::ffff:10.0.0.1", "::ffff:10.0.0.1", ["s"]], "address not public"],
    ["a private host with a public address", ["34.90.1.2", "192.168.0.4", ["s"]], "address not public"],
    ["no port", ["34.90.1.2", "e.example.org", ["v1.4"]], "no usable port"],
    ["no features", ["34.90.1.2", "e.example.org", []], "no usable port"],
    ["only ports out of range", ["34.90.1.2", "e.example.org", ["s0", "t65536", "sxyz"]], "no usable port"],
    ["a huge text", ["34.90.1.2", "a".repeat(100_000), ["s"]], "too long"],
    ["a huge list of features", ["34.90.1.2", "e.example.org", Array(100_000).fill("s50002")], "too long"],
    ["deep nesting", nested(3000), "too long"],
    ["nesting beyond the stack", nested(200_000), "not a list"]
  ])("keeps %s with its problem and no services", (_, value, problem) => {
    const read = parse(value)
    expect(read.problem).toBe(problem)
    expect(read.services).toEqual([])
    expect(read.raw.length).toBeLessThanOrEqual(4096)
  })

  it.each([
    ["0.0.0.0", "unspecified"],
    ["127.0.1.1", "loopback"],
    ["10.0.0.1", "private"],
    ["100.64.0.1", "carrier-grade NAT"],
    ["169.254.169.254", "link-local"],
    ["fd00::1", "unique local"]
  ])("follows the name when the address is %s, and says so", (address, scope) => {
    const read = parse([address, "e.example.org", ["v1.4", "s50002", "t50001"]])
    expect(read).toMatchObject({
      host: "e.example.org",
      address,
      services: both,
      problem: "address not public",
      notes: [`${scope} address ${address}`]
    })
  })

  it("follows the name when the first element is no address", () => {
    const read = parse(["other.example.org", "e.example.org", ["t"]])
    expect(read).toMatchObject({ host: "e.example.org", address: null, problem: "bad address" })
    expect(read.services).toHaveLength(1)
  })

  it("keeps the services of private hosts where they are allowed", () => {
    const grammar = new PeerGrammar(ports, { allowPrivate: true })
    expect(grammar.parse(["127.0.0.1", "127.0.0.1", ["t"]])).toMatchObject({
      problem: null,
      notes: ["loopback address 127.0.0.1"],
      services: [{ transport: "tcp", port: 50001 }]
    })
  })

  it("lets servers be at addresses that nobody owns on simulated chains only", () => {
    const simulated = new PeerGrammar(ports, { simulated: true })
    const real = new PeerGrammar(ports)
    for (const address of ["240.7.1.9", "2001:db8:7::9"]) {
      for (const entry of [[address, address, ["v1.4", "s50002"]], [address, "a.example.org", ["v1.4", "s50002"]]]) {
        expect(simulated.parse(entry)).toMatchObject({ address, problem: null, notes: [] })
        expect(simulated.parse(entry).services).toHaveLength(1)
        expect(real.parse(entry).problem).toBe("address not public")
      }
    }
    for (const address of ["255.255.255.255", "10.0.0.1", "192.0.2.1", "127.0.0.1"]) {
      expect(simulated.parse([address, address, ["s50002"]])).toMatchObject({ problem: "address not public", services: [] })
    }
  })

  it("bounds services and notes of one entry", () => {
    const many = Array.from({ length: 300 }, (_, i) => `s${1000 + i}`)
    const read = parse(["34.90.1.2", "e.example.org", many])
    expect(read.services).toHaveLength(32)
    expect(read.notes).toEqual(["268 more services ignored"])
    const odd = parse(["34.90.1.2", "e.example.org", ["s", ...Array.from({ length: 100 }, (_, i) => `x${i}`)]])
    expect(odd.notes).toHaveLength(13)
    expect(odd.notes.at(-1)).toBe("88 more notes")
  })

  it("gives an advertisement for any JSON value", () => {
    const almost = fc.tuple(
      fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.jsonValue()),
      fc.oneof(fc.domain(), fc.ipV4(), fc.string({ unit: "binary" }), fc.jsonValue()),
      fc.oneof(fc.array(fc.oneof(fc.string({ maxLength: 8 }), fc.jsonValue())), fc.jsonValue())
    )
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), almost), (value) => {
      const read = parse(value)
      expect(read.raw).toBe(JSON.stringify(value).slice(0, 4096))
      expect(read.problem !== null || (read.host !== null && read.services.length > 0)).toBe(true)
      expect(read.services.length === 0 || read.host !== null).toBe(true)
      expect(read.notes.every((note) => note.length < 500 && note.isWellFormed())).toBe(true)
    }), { numRuns: 1000 })
  })

  it("gives back what a well-formed entry says", () => {
    const port = fc.integer({ min: 1, max: 65535 })
    const entry = fc.record({
      // Below a registry of the internet: names of the generator's own, such as `a.alt`, may be local-use ones.
      host: fc.domain({ size: "small" }).map((host) => `${host.toLowerCase()}.org`),
      address: fc.tuple(fc.constantFrom(5, 34, 93, 188), fc.nat(255), fc.nat(255), fc.nat(255)).map((p) => p.join(".")),
      version: fc.constantFrom("1.4", "1.4.2", "1.4.3", "1.5.3", "1.6", "1.6.0"),
      tls: fc.option(port),
      tcp: port
    })
    fc.assert(fc.property(entry, ({ address, host, tcp, tls, version }) => {
      const tokens = [`v${version}`, ...(tls === null ? [] : [`s${tls}`]), `t${tcp}`]
      expect(parse([address, host, tokens])).toMatchObject({
        host,
        address,
        versionText: version,
        services: [{ transport: "tcp", port: tcp }, ...(tls === null ? [] : [{ transport: "tls", port: tls }])],
        problem: null,
        notes: []
      })
    }), { numRuns: 300 })
  })

  it("canonicalises hosts to a form it leaves alone", () => {
    const host = fc.oneof(fc.domain(), fc.ipV6(), fc.ipV4(), fc.webAuthority(), fc.string({ unit: "grapheme" }))
    fc.assert(fc.property(host, (text) => {
      const once = parse([text, text, ["s"]])
      if (once.host === null) return
      const twice = parse([once.host, once.host, ["s"]])
      expect([twice.host, twice.networkClass]).toEqual([once.host, once.networkClass])
    }), { numRuns: 1000 })
  })
})

describe("the memory of the grammar", () => {
  it("reads a text once and gives the same object again", () => {
    const grammar = new PeerGrammar(ports)
    const first = grammar.parse(["34.90.1.2", "e.example.org", ["s"]])
    expect(grammar.parse(["34.90.1.2", "e.example.org", ["s"]])).toBe(first)
    expect(grammar.parse(["34.90.1.2", "e.example.org", ["t"]])).not.toBe(first)
  })

  it("remembers no more than its limit and no text beyond the bound", () => {
    const grammar = new PeerGrammar(ports, { limit: 10 })
    for (let i = 0; i < 100; i++) grammar.parse(["34.90.1.2", `e${i}.example.org`, ["s"]])
    expect(grammar.size).toBe(10)
    const unseen = new PeerGrammar(ports)
    unseen.parse(["34.90.1.2", "a".repeat(5000), ["s"]])
    expect(unseen.size).toBe(0)
  })
})

describe("the 294 rows announced on mainnet in December 2025", () => {
  const rows = JSON.parse(
    readFileSync(new URL("../fixtures/peer-entries-2025-12.json", import.meta.url), "utf8")
  ) as ReadonlyArray<readonly [string, string, string]>
  const read = rows.flatMap(([address, host, variants]) =>
    variants.split(" | ").map((features) => parse([address, host, features.split(" ")]))
  )

  it("parse to 289 hosts and 473 endpoints, 271 TLS and 202 TCP", () => {
    expect(rows).toHaveLength(294)
    const endpoints = new Set(read.flatMap((a) => a.services.map((s) => `${a.host} ${s.port} ${s.transport}`)))
    expect(new Set(read.map((a) => a.host)).size).toBe(289)
    expect(endpoints.size).toBe(473)
    expect([...endpoints].filter((key) => key.endsWith("tls"))).toHaveLength(271)
  })

  it("have no problem but the four bogus addresses", () => {
    const problems = read.filter((a) => a.problem !== null)
    expect(new Set(problems.map((a) => `${a.host} ${a.address} ${a.problem}`))).toEqual(
      new Set([
        "electrumx.ddns.net 0.0.0.0 address not public",
        "fulcrum1.getsrt.net 127.0.1.1 address not public",
        "fulcrum2.getsrt.net 127.0.1.1 address not public",
        "exs.dyshek.org 127.0.0.1 address not public"
      ])
    )
    expect(read.flatMap((a) => a.problem === null ? a.notes : [])).toEqual([])
  })
})
