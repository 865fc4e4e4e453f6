import { assert, property, string } from "fast-check"
import { describe, expect, it } from "vitest"
import { parseProxyTarget, proxyText } from "../../src/transport/proxy-target.ts"

describe("proxy target", () => {
  it.each([
    ["socks5://127.0.0.1:9050", "127.0.0.1", 9050, null],
    ["socks5h://127.0.0.1:9050", "127.0.0.1", 9050, null],
    ["socks5://localhost:1080", "127.0.0.1", 1080, null],
    ["socks5://[::1]:9150/", "::1", 9150, null],
    ["socks5://Tor.example:1080", "tor.example", 1080, null],
    ["socks5://me:p%40ss@127.0.0.1:1", "127.0.0.1", 1, { username: "me", password: "p@ss" }]
  ])("reads %s", (text, host, port, credentials) => {
    expect(parseProxyTarget(text)).toEqual({ host, port, credentials })
  })

  it.each([
    "http://127.0.0.1:8080",
    "socks4://127.0.0.1:9050",
    "127.0.0.1:9050",
    "socks5://127.0.0.1",
    "socks5://127.0.0.1:0",
    "socks5://127.0.0.1:99999",
    "socks5://:9050",
    "socks5://a b:9050",
    "socks5://127.0.0.1:9050/path",
    "socks5://127.0.0.1:9050?x=1",
    `socks5://${"u".repeat(256)}:p@127.0.0.1:9050`,
    "socks5://%E0%A4%A@127.0.0.1:9050",
    ""
  ])("says what is wrong with %s", (text) => {
    expect(typeof parseProxyTarget(text)).toBe("string")
  })

  it("never throws, and never shows credentials", () => {
    assert(property(string(), (text) => {
      parseProxyTarget(text)
      parseProxyTarget(`socks5://${text}`)
    }))
    const proxy = parseProxyTarget("socks5://me:secret@[::1]:9150")
    expect(typeof proxy === "string" ? proxy : proxyText(proxy)).toBe("[::1]:9150")
  })
})
