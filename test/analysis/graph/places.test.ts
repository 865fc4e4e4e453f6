import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Announcement, orderedAnnouncements } from "../../../src/analysis/graph/announcement-graph.ts"
import { adjacencyOf } from "../../../src/analysis/graph/adjacency.ts"
import { coreNumbers } from "../../../src/analysis/graph/cores.ts"
import { introductions } from "../../../src/analysis/graph/introductions.ts"
import { places } from "../../../src/analysis/graph/places.ts"
import { atLeast, falseDiscoveryRates, type Lister, soleListings } from "../../../src/analysis/graph/sole-listers.ts"
import { seededRandom } from "../../../src/analysis/seeded-random.ts"

const announcing = (pairs: ReadonlyArray<readonly [number, number]>): ReadonlyArray<Announcement> =>
  orderedAnnouncements(pairs.map(([from, to]) => ({ from, to, weight: 1 })))

const pair = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
const graph = fc.array(pair, { maxLength: 30 }).map(announcing)
const clearnet = () => ({ onion: false, neighbours: 1 })
const everybody = (servers: ReadonlyArray<number>): ReadonlyArray<Lister> =>
  servers.map((serverId) => ({ serverId, manner: "all", coverage: 1 }))

const coresOf = (announcements: ReadonlyArray<Announcement>): ReadonlyMap<number, number> => {
  const adjacency = adjacencyOf(announcements)
  const cores = coreNumbers(adjacency)
  return new Map(adjacency.servers.map((server, place) => [server, cores[place]!]))
}

describe("core numbers", () => {
  it("are three in a clique of four, one in its tail", () => {
    const cores = coresOf(announcing([[1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4], [4, 5], [5, 6]]))
    expect([...cores]).toEqual([[1, 3], [2, 3], [3, 3], [4, 3], [5, 1], [6, 1]])
  })

  it("are what taking out servers of low degree again and again leaves", () => {
    const slowly = (announcements: ReadonlyArray<Announcement>): ReadonlyMap<number, number> => {
      const cores = new Map<number, number>()
      let left = new Set(announcements.flatMap(({ from, to }) => [from, to]))
      const degree = (server: number) =>
        new Set(announcements.flatMap(({ from, to }) =>
          from === server && left.has(to) ? [to] : to === server && left.has(from) ? [from] : []
        )).size
      for (let k = 0; left.size > 0; k++) {
        for (let out = [...left].filter((server) => degree(server) < k); out.length > 0;) {
          left = new Set([...left].filter((server) => !out.includes(server)))
          out = [...left].filter((server) => degree(server) < k)
        }
        for (const server of left) cores.set(server, k)
      }
      return cores
    }
    fc.assert(fc.property(graph, (announcements) => {
      expect(coresOf(announcements)).toEqual(slowly(announcements))
    }))
  })
})

describe("introductions", () => {
  it("say without whom a server would not have been found", () => {
    // 1 is a seed; 2 and 3 are named by it and each other; 4 by both; 5 by 4 alone.
    const announcements = announcing([[1, 2], [1, 3], [2, 3], [3, 2], [2, 4], [3, 4], [4, 5], [5, 4]])
    expect(introductions(announcements, [1])).toEqual([
      { serverId: 1, introducedBy: null },
      { serverId: 2, introducedBy: 1 },
      { serverId: 3, introducedBy: 1 },
      { serverId: 4, introducedBy: 1 },
      { serverId: 5, introducedBy: 4 }
    ])
    expect(introductions(announcements, [1, 4]).find((row) => row.serverId === 4)!.introducedBy).toBeNull()
  })

  it("agree with taking each server out and looking what can still be reached", () => {
    const reached = (announcements: ReadonlyArray<Announcement>, seeds: ReadonlyArray<number>, without: number) => {
      const found = new Set(seeds.filter((server) => server !== without))
      for (let size = -1; size !== found.size;) {
        size = found.size
        for (const { from, to } of announcements) if (found.has(from) && to !== without) found.add(to)
      }
      return found
    }
    fc.assert(fc.property(graph, fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }), (announcements, seeds) => {
      const rows = introductions(announcements, seeds)
      const all = reached(announcements, seeds, 0)
      expect(rows.map((row) => row.serverId)).toEqual([...all].toSorted((a, b) => a - b))
      for (const { introducedBy, serverId } of rows) {
        const needed = [...all].filter((other) => other !== serverId && !reached(announcements, seeds, other).has(serverId))
        expect(introducedBy === null).toBe(needed.length === 0)
        // The immediate one is needed by none of the others that are needed.
        if (introducedBy !== null) {
          expect(needed).toContain(introducedBy)
          for (const other of needed) {
            if (other !== introducedBy) expect(reached(announcements, seeds, other).has(introducedBy)).toBe(false)
          }
        }
      }
    }))
  })
})

describe("the chance of so many or more", () => {
  it("is the sum over all outcomes", () => {
    fc.assert(fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
      fc.integer({ min: 0, max: 9 }),
      (probabilities, observed) => {
        let sum = 0
        for (let outcome = 0; outcome < 2 ** probabilities.length; outcome++) {
          let chance = 1
          let count = 0
          for (const [i, p] of probabilities.entries()) {
            const happened = (outcome >> i) % 2 === 1
            chance *= happened ? p : 1 - p
            if (happened) count++
          }
          if (count >= observed) sum += chance
        }
        expect(atLeast(probabilities, observed)).toBeCloseTo(sum, 9)
      }
    ))
  })

  it("is never understated where it is only bounded", () => {
    const probabilities = Array.from({ length: 1_000 }, () => 0.3)
    // Nearly normal: mean 300, deviation 14.5; 345 is 3.1 deviations above.
    expect(atLeast(probabilities, 345)).toBeGreaterThan(0.001)
    expect(atLeast(probabilities, 345)).toBeLessThan(0.1)
    expect(atLeast(probabilities, 301)).toBeGreaterThan(0.5)
    expect(atLeast(probabilities, 600)).toBeLessThan(1e-20)
  })
})

describe("false discovery rates", () => {
  it("are those of the procedure by hand", () => {
    const rates = falseDiscoveryRates([0.01, 0.04, 0.03, 0.5])
    expect(rates.map((rate) => Number(rate.toFixed(4)))).toEqual([0.04, 0.0533, 0.0533, 0.5])
    expect(falseDiscoveryRates([])).toEqual([])
  })
})

describe("servers that only one list names", () => {
  it("are remarkable where long lists agree otherwise, and not where a lister names nobody else's", () => {
    const common = Array.from({ length: 20 }, (_, i) => 100 + i)
    const own = Array.from({ length: 12 }, (_, i) => 200 + i)
    const listers = [1, 2, 3, 4, 5]
    const { listers: rows, named } = soleListings(
      announcing([
        ...listers.flatMap((from) => common.map((to) => [from, to] as const)),
        ...own.map((to) => [5, to] as const)
      ]),
      everybody(listers),
      clearnet
    )
    expect(rows.map((row) => row.soleNamed)).toEqual([0, 0, 0, 0, 12])
    expect(rows[4]!.qValue).toBeLessThan(0.001)
    expect(rows[0]!.qValue).toBe(1)
    expect(named.filter((row) => row.soleLister === 5).map((row) => row.serverId)).toEqual(own)
  })

  it("are what chance gives where all lists are random draws, short ones among them", () => {
    const random = seededRandom(11)
    const targets = Array.from({ length: 100 }, (_, i) => 1_000 + i)
    let low = 0
    let lists = 0
    for (let round = 0; round < 40; round++) {
      const pairs: Array<readonly [number, number]> = []
      for (let from = 1; from <= 12; from++) {
        const share = 0.02 + 0.3 * random()
        for (const to of targets) if (random() < share) pairs.push([from, to])
      }
      for (const row of soleListings(announcing(pairs), everybody([]), clearnet).listers) {
        lists++
        if (row.pValue < 0.05) low++
      }
    }
    expect(lists).toBeGreaterThan(400)
    expect(low / lists).toBeLessThan(0.05)
  })

  it("are expected of crowded blocks where lists take two of a block", () => {
    // Twenty neighbours in one block: each list names two of them, so most are named once or never.
    const neighbours = Array.from({ length: 20 }, (_, i) => 300 + i)
    const pairs = neighbours.map((to, i) => [1 + (i >> 1), to] as const)
    const common = Array.from({ length: 10 }, (_, from) => [400, 401, 402].map((to) => [1 + from, to] as const)).flat()
    const kindOf = (serverId: number) => ({ onion: false, neighbours: serverId < 400 ? 20 : 1 })
    const rows = (manner: Lister["manner"]) =>
      soleListings(
        announcing([...pairs, ...common]),
        Array.from({ length: 10 }, (_, i) => ({ serverId: i + 1, manner, coverage: 0.5 })),
        kindOf
      ).listers
    const [drawn] = rows("two of a block")
    const [all] = rows("all")
    expect(drawn!.soleNamed).toBe(2)
    expect(drawn!.pValue).toBeGreaterThan(all!.pValue)
  })

  it("count listers by what was seen of their lists", () => {
    const { named } = soleListings(
      announcing([[1, 9], [2, 9]]),
      [{ serverId: 1, manner: "all", coverage: 0.5 }, { serverId: 2, manner: "all", coverage: 1 }],
      clearnet
    )
    expect(named).toEqual([{ serverId: 9, soleLister: null, knownBy: 3 }])
  })
})

describe("places", () => {
  it("count names, returns and introductions of each server once, whatever the order", () => {
    const announcements = announcing([[1, 2], [2, 1], [2, 3], [1, 3], [3, 4]])
    const input = { listers: everybody([1, 2, 3]), kindOf: clearnet, namedBySources: [1] }
    const found = places(announcements, input)
    expect(found.map(({ names, namedBy, mutual, introduces, introducedBy }) => [names, namedBy, mutual, introduces, introducedBy]))
      .toEqual([[2, 1, 1, 2, null], [2, 1, 1, 0, 1], [1, 2, 0, 1, 1], [0, 1, 0, 0, 3]])
    expect(found.map((place) => place.list?.named ?? null)).toEqual([2, 2, 1, null])
    fc.assert(fc.property(graph, (any) => {
      const all = places(any, { listers: [], kindOf: clearnet, namedBySources: [1] })
      expect(all.reduce((sum, place) => sum + place.names, 0)).toBe(any.length)
      expect(all.reduce((sum, place) => sum + place.namedBy, 0)).toBe(any.length)
    }))
  })
})
