import * as fc from "fast-check"
import ipaddr from "ipaddr.js"
import { describe, expect, it } from "vitest"
import { canonicalAddress } from "../../src/domain/address.ts"
import { addressNumber, rangeBetween, rangeOfBlock, rangeText } from "../../src/domain/address-range.ts"

const ipv4 = fc.ipV4()
const ipv6 = fc.ipV6().map((text) => ipaddr.IPv6.parse(text).toString())
const address = fc.oneof(ipv4, ipv6)

const bitsOf = (text: string): number => (text.includes(":") ? 128 : 32)

describe("addresses as numbers", () => {
  it("keep the order of their bytes, and read what an address is and nothing else", () => {
    fc.assert(fc.property(address, address, (a, b) => {
      const [one, other] = [addressNumber(a)!, addressNumber(b)!]
      expect(one.version).toBe(a.includes(":") ? 6 : 4)
      if (one.version !== other.version) return
      const order = Buffer.compare(Buffer.from(ipaddr.parse(a).toByteArray()), Buffer.from(ipaddr.parse(b).toByteArray()))
      expect(one.value < other.value ? -1 : one.value > other.value ? 1 : 0).toBe(order)
    }))
    for (const text of ["", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", "::1%eth0", "example.org", "1", "-1.2.3.4"]) {
      expect([text, addressNumber(text)]).toEqual([text, undefined])
    }
  })

  it("of a block hold exactly the addresses that match it", () => {
    fc.assert(fc.property(address, address, fc.integer({ min: 0, max: 128 }), (base, other, length) => {
      const bits = Math.min(length, bitsOf(base))
      const range = rangeOfBlock(`${base}/${bits}`)!
      const [network, size] = ipaddr.parseCIDR(`${base}/${bits}`)
      for (const text of [base, other]) {
        const number = addressNumber(text)!
        if (number.version !== range.version) continue
        const inside = (ipaddr.parse(text) as ipaddr.IPv4).match(network as ipaddr.IPv4, size)
        expect(number.value >= range.first && number.value <= range.last).toBe(inside)
      }
    }))
  })

  it("are written as they were read", () => {
    fc.assert(fc.property(address, fc.integer({ min: 0, max: 128 }), (base, length) => {
      const range = rangeOfBlock(`${base}/${Math.min(length, bitsOf(base))}`)!
      expect(rangeOfBlock(rangeText(range))).toEqual(range)
      expect(rangeOfBlock(`${base}/${bitsOf(base)}`)!).toMatchObject({ first: addressNumber(base)!.value, last: addressNumber(base)!.value })
      expect(rangeText(rangeOfBlock(`${base}/${bitsOf(base)}`)!)).toBe(`${canonicalAddress(base)}/${bitsOf(base)}`)
    }))
    expect(rangeText(rangeBetween("192.0.2.1", "192.0.2.6")!)).toBe("192.0.2.1-192.0.2.6")
    expect(rangeText(rangeBetween("192.0.2.0", "192.0.2.255")!)).toBe("192.0.2.0/24")
    expect(rangeText(rangeOfBlock("::/0")!)).toBe("::/0")
  })

  it("between two ends are the same whether the ends are addresses or numbers", () => {
    // The examples of ip-location-db's own description.
    expect(rangeBetween("16777216", "16777471")).toEqual(rangeBetween("1.0.0.0", "1.0.0.255"))
    expect(rangeBetween("42540528726795050063891204319802818560", "42540528806023212578155541913346768895"))
      .toEqual(rangeBetween("2001:200::", "2001:200:ffff:ffff:ffff:ffff:ffff:ffff"))
    for (const [first, last] of [["1.0.0.9", "1.0.0.1"], ["1.0.0.0", "::1"], ["1.0.0.0", "7"], ["x", "y"], ["1", `${1n << 128n}`]] as const) {
      expect(rangeBetween(first, last)).toBeUndefined()
    }
    for (const cidr of ["1.2.3.4", "1.2.3.4/33", "::/129", "1.2.3.4/-1", "1.2.3.4/", "/8", "1.2.3.4/8/8"]) {
      expect([cidr, rangeOfBlock(cidr)]).toEqual([cidr, undefined])
    }
  })
})
