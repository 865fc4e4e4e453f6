import { describe, expect, it } from "vitest"
import { nameServerText, parseNameServer } from "../../src/transport/name-server.ts"
import { reverseName } from "../../src/transport/reverse-name.ts"

describe("name server", () => {
  it.each([
    ["127.0.0.1:5353", "127.0.0.1", 5353, "127.0.0.1:5353"],
    ["9.9.9.9", "9.9.9.9", 53, "9.9.9.9:53"],
    ["localhost:5300", "127.0.0.1", 5300, "127.0.0.1:5300"],
    ["[::1]:5353", "::1", 5353, "[::1]:5353"],
    ["[::1]", "::1", 53, "[::1]:53"],
    ["::1", "::1", 53, "[::1]:53"]
  ])("reads %s", (text, address, port, shown) => {
    const server = parseNameServer(text)
    expect(server).toEqual({ address, port })
    expect(typeof server === "string" ? server : nameServerText(server)).toBe(shown)
  })

  it.each(["dns.example:53", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:", "", ":53", "[127.0.0.1"])(
    "says what is wrong with %s",
    (text) => {
      expect(typeof parseNameServer(text)).toBe("string")
    }
  )
})

describe("reverse name", () => {
  it("turns an address round", () => {
    expect(reverseName("192.0.2.5")).toBe("5.2.0.192.in-addr.arpa")
    expect(reverseName("2001:db8::567:89ab")).toBe(
      "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
    )
    expect(reverseName("example.org")).toBeUndefined()
  })
})
