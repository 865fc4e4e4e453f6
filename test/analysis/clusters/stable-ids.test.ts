import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { stableIds } from "../../../src/analysis/clusters/stable-ids.ts"

const group = (kind: string, ...endpointIds: ReadonlyArray<number>) => ({ kind, endpointIds })
const known = (id: number, kind: string, ...endpointIds: ReadonlyArray<number>) => ({ id, kind, endpointIds: new Set(endpointIds) })

describe("numbers of groups", () => {
  it("are kept by the most endpoints in common, within one kind", () => {
    const before = [known(4, "operator", 1, 2, 3, 4), known(5, "operator", 7, 8), known(6, "shared key", 1, 2)]
    expect(stableIds([group("operator", 7, 8, 9), group("operator", 1, 2, 3), group("shared key", 1, 2)], [before], 20)).toEqual([5, 4, 6])
  })

  it("are given once: of two halves the larger keeps the number", () => {
    const before = [known(4, "operator", 1, 2, 3, 4, 5)]
    expect(stableIds([group("operator", 1, 2), group("operator", 3, 4, 5)], [before], 20)).toEqual([20, 4])
  })

  it("of the same crawl go before those of the one before it", () => {
    const same = [known(9, "operator", 1, 2)]
    const before = [known(4, "operator", 1, 2), known(5, "operator", 7, 8)]
    expect(stableIds([group("operator", 1, 2), group("operator", 7, 8), group("operator", 11)], [same, before], 20)).toEqual([9, 5, 20])
  })

  it("come back when a server that was away for a crawl does", () => {
    const first = [known(3, "operator", 1, 2), known(4, "operator", 7, 8)]
    const without = [known(4, "operator", 7, 8)]
    expect(stableIds([group("operator", 1, 2), group("operator", 7, 8)], [[], without, first], 20)).toEqual([3, 4])
  })

  it("are distinct, and the same again when nothing changed", () => {
    const groups = fc.array(fc.tuple(fc.constantFrom("operator", "shared key"), fc.uniqueArray(fc.nat(12), { minLength: 1 })), { maxLength: 8 })
    fc.assert(fc.property(groups, (some) => {
      const now = some.map(([kind, endpoints]) => group(kind, ...endpoints))
      const ids = stableIds(now, [], 1)
      expect(new Set(ids).size).toBe(now.length)
      // Groups of one kind have no endpoint in common, as each server is in one of them.
      const apart = now.filter(({ endpointIds, kind }, i) =>
        now.slice(0, i).every((other) => other.kind !== kind || other.endpointIds.every((endpoint) => !endpointIds.includes(endpoint))))
      const first = stableIds(apart, [], 1)
      const stored = apart.map(({ endpointIds, kind }, i) => known(first[i]!, kind, ...endpointIds))
      expect(stableIds(apart, [stored], 100)).toEqual(first)
    }))
  })
})
