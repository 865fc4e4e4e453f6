import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { addressBlock, addressScope, canonicalAddress, ipVersion, parseBlock } from "../../src/domain/address.ts"

describe("addresses", () => {
  it("keeps one spelling of every address", () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const canonical = canonicalAddress(text)
      expect(canonical).toBeDefined()
      expect(canonicalAddress(canonical!)).toBe(canonical)
      expect(ipVersion(canonical!)).toBe(text.includes(":") ? 6 : 4)
    }))
    expect(canonicalAddress("2A02:0:0:0:0:0:0:F444")).toBe("2a02::f444")
  })

  it("accepts no octal, hexadecimal, short or zoned forms, which resolvers read differently", () => {
    for (const text of ["0177.0.0.1", "0x7f.1", "127.1", "2130706433", "1.2.3", "1.2.3.4.5", "fe80::1%eth0", "", "::g", "1.2.3.256"]) {
      expect([text, ipVersion(text)]).toEqual([text, undefined])
    }
  })

  it("knows what must not be dialled", () => {
    const scopes = {
      "8.8.8.8": "public",
      "2a02::1": "public",
      "0.0.0.0": "unspecified",
      "::": "unspecified",
      "127.0.1.1": "loopback",
      "::1": "loopback",
      "10.1.2.3": "private",
      "172.31.0.1": "private",
      "192.168.0.1": "private",
      "169.254.169.254": "link-local",
      "fe80::1": "link-local",
      "100.64.0.1": "carrier-grade NAT",
      "fd00::1": "unique local",
      "224.0.0.1": "multicast",
      "ff02::1": "multicast",
      "255.255.255.255": "broadcast",
      "::ffff:10.0.0.1": "mapped",
      "64:ff9b::a00:1": "translated",
      "64:ff9b:1::1": "translated",
      "2002:a00:1::1": "tunnelled",
      "192.0.2.1": "documentation",
      "2001:db8::1": "documentation",
      "240.0.0.1": "reserved",
      "fec0::1": "private",
      "4000::1": "reserved",
      "1::": "reserved"
    } as const
    for (const [address, scope] of Object.entries(scopes)) expect([address, addressScope(address)]).toEqual([address, scope])
    expect(addressScope("example.org")).toBeUndefined()
  })

  it("puts an address into the block that contains it", () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat({ max: 32 }), fc.nat({ max: 128 }), (address, bits4, bits6) => {
      const block = addressBlock(address, bits4, bits6)
      expect(parseBlock(block!)!(address)).toBe(true)
    }))
    expect(addressBlock("34.90.1.2", 24, 48)).toBe("34.90.1.0/24")
    expect(addressBlock("2a02:1:2:3::4", 24, 48)).toBe("2a02:1:2::/48")
    expect(parseBlock("10.0.0.0/8")!("11.0.0.1")).toBe(false)
    expect(parseBlock("10.0.0.0")).toBeUndefined()
  })
})
