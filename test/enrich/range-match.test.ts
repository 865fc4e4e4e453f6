import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { addressNumber, type AddressRange } from "../../src/domain/address-range.ts"
import { RangeMatch } from "../../src/enrich/range-match.ts"

// Few addresses and blocks near each other, so that they meet often, at both ends of their families too.
const ipv4 = fc.tuple(fc.constantFrom("0.0.0", "10.1.2", "255.255.255"), fc.integer({ min: 0, max: 255 })).map(([a, b]) => `${a}.${b}`)
const ipv6 = fc.tuple(fc.constantFrom("::", "2001:db8::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:"), fc.integer({ min: 0, max: 255 }))
  .map(([a, b]) => a + b.toString(16))
const address = fc.oneof(ipv4, ipv6)

const range = fc.tuple(address, address).map(([a, b]): AddressRange | undefined => {
  const [one, other] = [addressNumber(a)!, addressNumber(b)!]
  if (one.version !== other.version) return undefined
  const [first, last] = one.value < other.value ? [one.value, other.value] : [other.value, one.value]
  return { version: one.version, first, last }
}).filter((found) => found !== undefined)

describe("addresses looked up in many ranges", () => {
  it("get what the narrowest range that holds them says, of equal ones the first", () => {
    fc.assert(fc.property(fc.array(address, { maxLength: 20 }), fc.array(range, { maxLength: 30 }), (addresses, ranges) => {
      const match = new RangeMatch<number>(addresses)
      ranges.forEach((one, i) => match.add(one, i))
      for (const text of new Set(addresses)) {
        const { value, version } = addressNumber(text)!
        const holding = [...ranges.entries()].filter(([, r]) => r.version === version && r.first <= value && value <= r.last)
        const expected = holding.toSorted(([, a], [, b]) => Number(a.last - a.first - (b.last - b.first)))[0]?.[0]
        expect([text, match.found.get(text)?.value]).toEqual([text, expected])
      }
      for (const one of ranges) {
        const inside = addresses.some((text) => {
          const { value, version } = addressNumber(text)!
          return version === one.version && one.first <= value && value <= one.last
        })
        expect(match.holds(one)).toBe(inside)
      }
    }))
  })
})
