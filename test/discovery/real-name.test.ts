import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ownRules, strangersRules } from "../../src/discovery/claim.ts"
import { parseRealName } from "../../src/discovery/real-name.ts"

const ports = { tcp: 50001, tls: 50002, ws: 50003, wss: 50004 }
const parse = (text: string) => parseRealName(text, ports, strangersRules)

describe("legacy real names", () => {
  it("reads bare letters as the chain's default ports", () => {
    expect(parse("erbium1.sytes.net v1.0 s t")).toEqual({
      raw: "erbium1.sytes.net v1.0 s t",
      host: "erbium1.sytes.net",
      networkClass: "name",
      address: null,
      versionText: "1.0",
      pruning: null,
      services: [{ transport: "tcp", port: 50001 }, { transport: "tls", port: 50002 }],
      problem: null,
      notes: []
    })
  })

  it("reads a pruning limit and lower-cases the host", () => {
    const read = parse("ELECTRUM.not.fyi p1000 s t")
    expect(read.host).toBe("electrum.not.fyi")
    expect(read.pruning).toBe(1000)
    expect(read.problem).toBeNull()
  })

  it("takes an address literal as host and address", () => {
    const read = parse("34.90.1.2 v1.4 s50002")
    expect(read).toMatchObject({ host: "34.90.1.2", networkClass: "ipv4", address: "34.90.1.2", problem: null })
  })

  it("keeps distinct ports of one transport and says a port once", () => {
    expect(parse("e.example.org s50002 s443 s50002").services).toEqual([
      { transport: "tls", port: 443 },
      { transport: "tls", port: 50002 }
    ])
  })

  it.each([
    ["unknown letters", "w50003 x50004 s50002", ["unknown feature \"w50003\"", "unknown feature \"x50004\""]],
    ["a number without a letter", "50002 s50002", ["unknown feature \"50002\""]],
    ["upper-case letters", "S50002 s50002", ["unknown feature \"S50002\""]],
    ["port 0", "t0 s50002", ["bad port \"t0\""]],
    ["port 65536", "t65536 s50002", ["bad port \"t65536\""]],
    ["a negative port", "t-1 s50002", ["bad port \"t-1\""]],
    ["a port in letters", "txyz s50002", ["bad port \"txyz\""]],
    ["a port with a sign", "t+50001 s50002", ["bad port \"t+50001\""]],
    ["a long run of digits", "t500010000 s50002", ["bad port \"t500010000\""]],
    ["p without a number", "p s50002", ["bad pruning limit \"p\""]],
    ["p0", "p0 s50002", ["bad pruning limit \"p0\""]],
    ["v without a version", "v s50002", ["unreadable version \"\""]],
    ["a version in words", "vlatest s50002", ["unreadable version \"latest\""]],
    ["v99", "v99 s50002", ["implausible version \"99\""]],
    ["five version parts", "v1.4.2.1.1 s50002", ["implausible version \"1.4.2.1.1\""]],
    ["two versions", "v1.4 v1.6 s50002", ["several versions"]]
  ])("notes %s and still uses the TLS port", (_, tokens, notes) => {
    const read = parse(`e.example.org ${tokens}`)
    expect(read.notes).toEqual(notes)
    expect(read.services).toEqual([{ transport: "tls", port: 50002 }])
    expect(read.problem).toBeNull()
  })

  it("accepts a port of one digit", () => {
    expect(parse("e.example.org s5").services).toEqual([{ transport: "tls", port: 5 }])
  })

  it("keeps the highest of several versions", () => {
    expect(parse("e.example.org v1.4.3 s v1.10 v1.6.0").versionText).toBe("1.10")
  })

  it.each([
    ["", "bad host"],
    ["   ", "bad host"],
    ["e.example.org", "no usable port"],
    ["e.example.org v1.4", "no usable port"],
    ["e.example.org s0 t99999", "no usable port"],
    ["localhost s t", "bad host"],
    ["electrum.local s t", "bad host"],
    ["127.0.0.1 s t", "address not public"],
    ["10.1.2.3 s t", "address not public"],
    ["::1 s t", "address not public"],
    ["0.0.0.0 s t", "address not public"],
    ["256.1.1.1 s t", "bad host"],
    ["facebookcorewwwi.onion s t", "bad host"],
    [`${"a".repeat(300)}.org s t`, "bad host"],
    [`e.example.org ${"s".repeat(5000)}`, "too long"]
  ])("keeps %j with its problem and no services", (text, problem) => {
    const read = parse(text)
    expect(read.problem).toBe(problem)
    expect(read.services).toEqual([])
    expect(read.raw).toBe(text.slice(0, 4096))
  })

  it("lets a user name local and private hosts", () => {
    expect(parseRealName("umbrel.local t", ports, ownRules)).toMatchObject({ host: "umbrel.local", problem: null })
    expect(parseRealName("192.168.1.2 t", ports, ownRules)).toMatchObject({
      problem: null,
      services: [{ transport: "tcp", port: 50001 }],
      notes: ["private address 192.168.1.2"]
    })
  })

  it("does not depend on the order of the tokens", () => {
    const token = fc.oneof(
      fc.constantFrom("s", "t", "s443", "v1.4", "v1.6.0", "v1.6", "v", "p", "p100", "p0", "w1", "t0", "s65536", "vx"),
      fc.string({ minLength: 1, maxLength: 8, unit: "grapheme-ascii" }).filter((text) => !/\s/.test(text))
    )
    const shuffled = fc.array(token, { maxLength: 30 }).chain((tokens) =>
      fc.tuple(
        fc.constant(tokens),
        fc.shuffledSubarray(tokens, { minLength: tokens.length, maxLength: tokens.length })
      )
    )
    fc.assert(fc.property(shuffled, ([tokens, other]) => {
      const { raw: _, ...a } = parse(`e.example.org ${tokens.join(" ")}`)
      const { raw: __, ...b } = parse(`e.example.org ${other.join(" ")}`)
      expect(b).toEqual(a)
    }), { numRuns: 300 })
  })

  it("reads any text without throwing, with canonical hosts and ports in range", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.tuple(fc.domain(), fc.array(fc.string({ maxLength: 8 }))).map(([host, rest]) => [host, ...rest].join(" "))
    )
    fc.assert(fc.property(text, (text) => {
      const read = parse(text)
      expect(read.services.every(({ port }) => Number.isInteger(port) && port >= 1 && port <= 65535)).toBe(true)
      expect(read.problem !== null || (read.host !== null && read.services.length > 0)).toBe(true)
      expect(read.raw.isWellFormed()).toBe(true)
      expect(read.host === null || parse(`${read.host} s t`).host === read.host).toBe(true)
    }), { numRuns: 500 })
  })
})
