import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type ServerFilter, unknowable } from "../../src/atlas/shapes/server-filter.ts"
import type { Selection } from "../../web/src/state/selection.ts"
import { formatHash, readHash, type View } from "../../web/src/state/view.ts"

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 })
const texts = fc.uniqueArray(text, { minLength: 1, maxLength: 4 })
const id = fc.nat(1_000_000)
const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 4 })
const bound = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => Object.is(value, -0) ? 0 : value)

const filter: fc.Arbitrary<ServerFilter> = fc.record({
  search: text,
  implementation: texts,
  country: texts,
  networkClass: texts,
  asn: ids,
  cluster: ids,
  community: ids,
  reachable: fc.constantFrom("yes", "no", "unknown"),
  scoreMin: bound,
  scoreMax: bound,
  degreeMin: bound,
  degreeMax: bound,
  networkClasses: texts,
  cloud: texts,
  tls: texts,
  behaviour: ids,
  walletAccepts: fc.constantFrom("yes", "no", "unknown"),
  namesMin: bound,
  latencyMax: bound,
  uptimeMin: bound,
  coreMax: bound,
  unknown: fc.subarray([...unknowable], { minLength: 1 })
}, { requiredKeys: [] })

const selection: fc.Arbitrary<Selection | null> = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant("server" as const), id }),
  fc.record({ kind: fc.constant("cluster" as const), id }),
  fc.record({ kind: fc.constant("pair" as const), a: id, b: id }).filter(({ a, b }) => a !== b)
)

const view: fc.Arbitrary<View> = fc.record({
  page: fc.constantFrom("overview", "network", "servers", "threats"),
  crawl: fc.oneof(fc.constant("latest"), id.map(String)),
  filter,
  selected: selection,
  own: fc.dictionary(fc.constantFrom("sort", "columns", "hidden", "__proto__", "constructor", "layers"), text)
})

describe("the address", () => {
  it("says all of a view: read again it is the same", () => {
    fc.assert(fc.property(view, (it) => {
      const again = readHash(formatHash(it))
      expect({ ...again, own: Object.entries(again.own).sort() }).toEqual({ ...it, own: Object.entries(it.own).sort() })
      expect(formatHash(again)).toBe(formatHash(it))
    }))
  })

  it("is a view whatever it says", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (hash) => {
      const read = readHash(hash)
      expect(readHash(formatHash(read))).toEqual(read)
    }))
  })

  it("takes what it doesn't understand for the default", () => {
    expect(readHash("#/../etc?crawl=x&selected=pair:3,3&scoreMin=much&reachable=perhaps&asn=1,a,2")).toEqual({
      page: "overview",
      crawl: "latest",
      filter: { asn: [1, 2] },
      selected: null,
      own: {}
    })
  })

  it("is short where nothing is chosen", () => {
    expect(formatHash(readHash(""))).toBe("#/overview")
  })
})
