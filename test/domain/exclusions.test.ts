import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { addressBlock } from "../../src/domain/address.ts"
import { exclusionEntries, makeExclusions } from "../../src/domain/exclusions.ts"

const onion = "22mgr2fndslabzvx4sj7ialugn2jv3cfqjb3dnj67a6vnrkp7g4l37ad.onion"

describe("an opt-out list", () => {
  const list = makeExclusions([
    "Alone.example.org.",
    "*.whole.example",
    "34.90.1.0/24",
    "2a02:1748::/32",
    "5.9.83.108",
    "2A02::0:1",
    "bücher.example",
    `sub.${onion}`,
    "port.example.org:50002:s"
  ])

  it.each([
    ["alone.example.org", [], "Alone.example.org."],
    ["whole.example", [], "*.whole.example"],
    ["a.b.whole.example", [], "*.whole.example"],
    ["34.90.1.77", [], "34.90.1.0/24"],
    ["e.example.org", ["1.2.3.4", "34.90.1.255"], "34.90.1.0/24"],
    ["e.example.org", ["2a02:1748:1::1"], "2a02:1748::/32"],
    ["e.example.org", ["5.9.83.108"], "5.9.83.108"],
    ["2a02::1", [], "2A02::0:1"],
    ["xn--bcher-kva.example", [], "bücher.example"],
    [onion, [], `sub.${onion}`],
    [`other.${onion}`, [], `sub.${onion}`],
    ["port.example.org", [], "port.example.org:50002:s"]
  ])("excludes %s at %j by the entry %s", (host, addresses, entry) => {
    expect(list.excludes(host, addresses)).toBe(entry)
  })

  it.each([
    ["sub.alone.example.org", []],
    ["notwhole.example", []],
    ["example", []],
    ["34.90.2.1", ["34.90.0.255", "2a02:1749::1"]],
    ["e.example.org", ["5.9.83.109", "not an address"]],
    ["", []]
  ])("leaves %s at %j alone", (host, addresses) => {
    expect(list.excludes(host, addresses)).toBeUndefined()
  })

  it("tells which entries it cannot follow", () => {
    const texts = ["*", "*.5.9.83.108", "1.2.3.0/33", "1.2.3/24", "::/129", "a b", "*.*.x.org"]
    const odd = makeExclusions(["a.example.org", ...texts])
    expect(odd.size).toBe(1)
    expect(odd.unreadable).toEqual(texts)
  })

  it("finds every address of its blocks and none outside", () => {
    const octet = fc.nat(255)
    const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join("."))
    fc.assert(fc.property(address, address, fc.integer({ min: 0, max: 32 }), (a, b, length) => {
      const list = makeExclusions([`${a}/${length}`])
      expect(list.excludes(a, [])).toBe(`${a}/${length}`)
      const inside = addressBlock(b, length, length) === addressBlock(a, length, length)
      expect(list.excludes("e.example.org", [b]) !== undefined).toBe(inside)
    }), { numRuns: 300 })
  })

  it("answers for 20,000 endpoints against 10,000 entries", () => {
    const entries = Array.from({ length: 10_000 }, (_, i) =>
      i % 2 === 0 ? `*.d${i}.example` : `${1 + (i % 200)}.${i % 251}.${i % 241}.0/${16 + (i % 17)}`)
    const large = makeExclusions(entries)
    expect(large.size).toBe(10_000)
    let found = 0
    for (let i = 0; i < 20_000; i++) {
      if (large.excludes(`h.d${i}.example`, [`223.${i % 250}.${i % 199}.7`]) !== undefined) found++
    }
    expect(found).toBe(5000)
  })
})

describe("the text of an opt-out list", () => {
  it("has one entry a line and comments", () => {
    expect(exclusionEntries("# mine\n a.example.org # since May\n\n*.b.example\n")).toEqual([
      "a.example.org",
      "*.b.example"
    ])
  })

  it("may be a JSON list of texts", () => {
    expect(exclusionEntries("[\n \"a.example.org\", \"1.2.3.4\"]")).toEqual(["a.example.org", "1.2.3.4"])
    expect(exclusionEntries("[]")).toEqual([])
  })

  it.each(["<!doctype html>", "{\"error\": 404}", "[\"a\", 7]", "[\"a\""])("is not %s", (text) => {
    expect(exclusionEntries(text)).toBeUndefined()
  })
})
