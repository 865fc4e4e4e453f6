import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { makeDomainReader, parsePublicSuffixes } from "../../../src/analysis/traits/registrable-domain.ts"

const read = makeDomainReader()

describe("where a name was registered", () => {
  it("is one label above a suffix of the list", () => {
    assert.deepStrictEqual(read("e1.quarry.co.uk"), { domain: "quarry.co.uk", label: "quarry", below: ["e1"], byProvider: false })
    assert.deepStrictEqual(read("quarry.example"), { domain: "quarry.example", label: "quarry", below: [], byProvider: false })
  })

  it("is one label above a provider's suffix, by the list's private section or our catalogue", () => {
    assert.deepStrictEqual(read("a.quarry.github.io"), { domain: "quarry.github.io", label: "quarry", below: ["a"], byProvider: true })
    for (const host of ["quarry.ddns.net", "quarry.hopto.org"]) {
      assert.strictEqual(read(host)?.domain, host)
      assert.isTrue(read(host)?.byProvider, host)
    }
  })

  it("is the name itself where a hoster or a service made it of an address, known or not", () => {
    for (const host of [
      "static.4.3.2.1.clients.your-server.de", "app.10.0.3.4.nip.io", "45.77.45.228.vultrusercontent.com",
      "0.251.194.35.bc.googleusercontent.com", "51-15-18-180.rev.poneytelecom.eu", "ec2-34-90-1-2.nook.example", "host-34-90-1-2.nook.example"
    ]) {
      assert.isTrue(read(host)?.byProvider, host)
      assert.notStrictEqual(read(host)!.domain, read(host.replace(/[0-9]+/, "77"))!.domain, host)
    }
    for (const host of ["e1.2.3.quarry.example", "mill-2025-12-24.quarry.example", "1.2.3.4000.quarry.example", "node300.400.500.600.quarry.example"]) {
      assert.strictEqual(read(host)?.domain, "quarry.example", host)
    }
  })

  it("is nowhere for addresses, onions and suffixes", () => {
    for (const host of ["34.90.1.2", "2a01::3", `${"a".repeat(56)}.onion`, "org", "co.uk", "github.io", ""]) assert.isUndefined(read(host), host)
  })

  it("is where the user's rules say, with wildcards and exceptions", () => {
    const own = makeDomainReader(parsePublicSuffixes([
      "// ===BEGIN ICANN DOMAINS===", "test", "// ===END ICANN DOMAINS===", "",
      "// a comment", "nodes.test", "*.racks.test  trailing words", "!own.racks.test"
    ].join("\r\n")))
    assert.deepStrictEqual(own("a.b.nodes.test"), { domain: "b.nodes.test", label: "b", below: ["a"], byProvider: true })
    assert.strictEqual(own("a.b.racks.test")?.domain, "a.b.racks.test")
    assert.strictEqual(own("a.own.racks.test")?.domain, "own.racks.test")
    assert.deepStrictEqual(own("a.quarry.test"), { domain: "quarry.test", label: "quarry", below: ["a"], byProvider: false })
    assert.isUndefined(own("nodes.test"))
  })

  it("ends the name it was read from", () => {
    fc.assert(fc.property(fc.domain().map((name) => `quarry.${name.toLowerCase()}`), (host) => {
      const domain = read(host)
      assert.strictEqual([...domain!.below, domain!.domain].join("."), host)
      assert.isTrue(domain!.domain.startsWith(`${domain!.label}.`))
    }))
  })
})
