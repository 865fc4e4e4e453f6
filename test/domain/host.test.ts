import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { endpointKey, parseEndpoint } from "../../src/domain/endpoint.ts"
import { type Host, isOnion, parseHost } from "../../src/domain/host.ts"

const onion = `${"a".repeat(56)}.onion`

describe("hosts", () => {
  it("reads any text without throwing, and reads its own result again as the same host", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6(), fc.webUrl()), (text) => {
      const host = parseHost(text)
      if (typeof host === "string") return
      expect(parseHost(host.text)).toEqual(host)
    }), { numRuns: 1000 })
  })

  it("keeps one spelling of a name: lower case, no trailing dot, IDN as punycode", () => {
    const text = (input: string) => (parseHost(input) as Host).text
    expect(text("ELECTRUM.not.fyi")).toBe("electrum.not.fyi")
    expect(text("electrum.example.org.")).toBe("electrum.example.org")
    expect(text("bücher.example")).toBe("xn--bcher-kva.example")
    expect(text("[2A02::1]")).toBe("2a02::1")
    expect(text(`www.${onion.toUpperCase()}`)).toBe(`www.${onion}`)
  })

  it("says how a host is reached", () => {
    expect([parseHost("1.2.3.4"), parseHost("2a02::1"), parseHost(onion), parseHost("a.test")]
      .map((h) => typeof h === "string" ? h : h.networkClass)).toEqual(["ipv4", "ipv6", "onion", "name"])
  })

  it("knows an onion by its name, however it is written and whether or not somebody can have it", () => {
    expect([onion, onion.toUpperCase(), `www.${onion}`, "short.onion"].map(isOnion)).toEqual([true, true, true, true])
    expect(["onion", "an.onion.example", "notanonion", "1.2.3.4", ""].map(isOnion)).toEqual([false, false, false, false, false])
  })

  it("says what is wrong with everything else", () => {
    const problems = {
      "": "empty host",
      "http://a.example": "bad host characters",
      "a.example:50002": "bad host characters",
      "a b.example": "bad host characters",
      "a\u0000.example": "bad host characters",
      "-a.example": "bad host characters",
      "a..example": "bad host characters",
      "0177.0.0.1": "bad IPv4 address",
      "1.2.3": "bad IPv4 address",
      "0x7f000001": "bad IPv4 address",
      "localhost": "single-label name",
      "umbrel": "single-label name",
      "umbrel.local": "local-use name",
      "router.home.arpa": "local-use name",
      "fe80::1%eth0": "bad IPv6 address",
      "expyuzz4wqqyqhjn.onion": "dead onion version",
      "short.onion": "bad onion address",
      [`${"a".repeat(64)}.example`]: "bad host characters",
      [`${"a.".repeat(127)}example`]: "host too long"
    }
    for (const [text, problem] of Object.entries(problems)) expect([text, parseHost(text)]).toEqual([text, problem])
  })

  it("accepts a user's own local names only when asked to", () => {
    expect(parseHost("umbrel.local", { localNames: true })).toEqual({ text: "umbrel.local", networkClass: "name" })
    expect(parseHost("localhost", { localNames: true })).toEqual({ text: "localhost", networkClass: "name" })
  })
})

describe("endpoints", () => {
  it("are read from their key again, IPv6 included", () => {
    for (const key of ["a.example.org:50002:s", "[2a02::1]:50001:t", "1.2.3.4:443:x", `${onion}:80:w`]) {
      const endpoint = parseEndpoint(key)
      expect(typeof endpoint === "string" ? endpoint : endpointKey(endpoint)).toBe(key)
    }
    expect(endpointKey(parseEndpoint("2a02::1:50001:t") as Exclude<ReturnType<typeof parseEndpoint>, string>)).toBe("[2a02::1]:50001:t")
  })

  it("say what is wrong with everything else", () => {
    expect(parseEndpoint("a.example.org")).toBe("expected HOST:PORT:t or HOST:PORT:s")
    expect(parseEndpoint("a.example.org:50002")).toBe("expected HOST:PORT:t or HOST:PORT:s")
    expect(parseEndpoint("a.example.org:0:s")).toBe("bad port")
    expect(parseEndpoint("a.example.org:65536:s")).toBe("bad port")
    expect(parseEndpoint("localhost:1:s")).toBe("single-label name")
  })
})
