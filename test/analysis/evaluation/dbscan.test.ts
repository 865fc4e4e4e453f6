import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { dbscan } from "../../../src/analysis/evaluation/dbscan.ts"

const line = (places: ReadonlyArray<number>) => (a: number, b: number): number => Math.abs(places[a]! - places[b]!)

const groupsOf = (partition: ReadonlyMap<number, number>): ReadonlyArray<ReadonlyArray<number>> =>
  [...Map.groupBy(partition, ([, label]) => label).values()].map((group) => group.map(([server]) => server))

describe("DBSCAN", () => {
  it("finds the groups on a line and leaves the lonely alone", () => {
    const places = [0, 1, 2, 10, 11, 20]
    expect(groupsOf(dbscan([0, 1, 2, 3, 4, 5], line(places), 1))).toEqual([[0, 1, 2], [3, 4], [5]])
  })

  it("counts as near exactly what is within eps, and needs enough points", () => {
    const places = [0, 1, 2, 3]
    expect(groupsOf(dbscan([0, 1, 2, 3], line(places), 0.99))).toEqual([[0], [1], [2], [3]])
    // Only the two in the middle have three points near; the ends are reached from them.
    expect(groupsOf(dbscan([0, 1, 2, 3], line(places), 1, 3))).toEqual([[0, 1, 2, 3]])
    expect(groupsOf(dbscan([0, 1], line(places), 1, 3))).toEqual([[0], [1]])
  })

  it("with two points is single linkage cut at eps", () => {
    fc.assert(fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 15 }), (places) => {
      const servers = places.map((_, i) => i)
      const sorted = servers.toSorted((a, b) => places[a]! - places[b]!)
      const found = dbscan(servers, line(places), 3)
      for (const [i, server] of sorted.entries()) {
        if (i === 0) continue
        const before = sorted[i - 1]!
        expect(found.get(server) === found.get(before)).toBe(places[server]! - places[before]! <= 3)
      }
    }))
  })
})
