import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  announcedServers,
  type Announcement,
  orderedAnnouncements,
  reciprocity
} from "../../../src/analysis/graph/announcement-graph.ts"
import { detectCommunities, modularity, runLouvain } from "../../../src/analysis/graph/communities.ts"
import { louvainGraph } from "../../../src/analysis/graph/louvain-graph.ts"
import { seededRandom, shuffled } from "../../../src/analysis/seeded-random.ts"

/** Everybody announces everybody else of the list. */
const clique = (servers: ReadonlyArray<number>, weight = 1): ReadonlyArray<Announcement> =>
  servers.flatMap((from) => servers.filter((to) => to !== from).map((to) => ({ from, to, weight })))

const twoCliques = orderedAnnouncements([
  ...clique([1, 2, 3, 4, 5, 6]),
  ...clique([11, 12, 13, 14]),
  { from: 6, to: 11, weight: 0.1 }
])

const groupsOf = (members: ReadonlyArray<{ readonly serverId: number; readonly community: number }>) =>
  [...Map.groupBy(members, (member) => member.community)]
    .toSorted(([a], [b]) => a - b)
    .map(([, group]) => group.map((member) => member.serverId))

const announcement = fc.record({
  from: fc.integer({ min: 1, max: 15 }),
  to: fc.integer({ min: 1, max: 15 }),
  weight: fc.constantFrom(0.25, 0.5, 1)
})

describe("announcements between servers", () => {
  it("are one per ordered pair, the heaviest, without self-announcements or weightless ones", () => {
    expect(orderedAnnouncements([
      { from: 2, to: 1, weight: 0.5 },
      { from: 1, to: 2, weight: 0.25 },
      { from: 1, to: 2, weight: 0.75 },
      { from: 1, to: 1, weight: 1 },
      { from: 1, to: 3, weight: 0 },
      { from: 1, to: 10, weight: 3 }
    ])).toEqual([
      { from: 1, to: 2, weight: 0.75 },
      { from: 1, to: 10, weight: 1 },
      { from: 2, to: 1, weight: 0.5 }
    ])
  })

  it("are returned or not only among servers that name anybody", () => {
    const from = (pairs: ReadonlyArray<readonly [number, number]>) =>
      reciprocity(orderedAnnouncements(pairs.map(([from, to]) => ({ from, to, weight: 1 }))))
    expect(from([])).toBeNull()
    expect(from([[1, 2]])).toBeNull()
    expect(from([[1, 2], [2, 1], [1, 3]])).toBe(1)
    expect(from([[1, 2], [2, 1], [1, 3], [3, 2]])).toBe(0.5)
  })
})

describe("the graph of a large crawl", () => {
  it("brings Louvain to the same communities as Graphology's own, in whatever order it was made", () => {
    fc.assert(fc.property(fc.array(announcement, { maxLength: 80 }), fc.integer(), fc.constantFrom(0.5, 1, 2), (some, seed, resolution) => {
      const ordered = orderedAnnouncements(some)
      const random = seededRandom(seed)
      const [servers, announcements] = [shuffled(announcedServers(ordered), random), shuffled(ordered, random)]
      const found = [false, true].map((isLarge) => runLouvain(louvainGraph(servers, announcements, isLarge), resolution, seededRandom(seed)))
      expect(found[1]).toEqual(found[0])
    }))
  })
})

describe("modularity", () => {
  it("is what the formula gives by hand", () => {
    // Two pairs that announce each other, one announcement across: 4/5 inside, expected (3·2 + 2·3)/25.
    const announcements = orderedAnnouncements([...clique([1, 2]), ...clique([3, 4]), { from: 1, to: 3, weight: 1 }])
    const partition = new Map([[1, 0], [2, 0], [3, 1], [4, 1]])
    expect(modularity(announcements, partition)).toBeCloseTo(4 / 5 - 12 / 25, 12)
    expect(modularity(announcements, new Map([1, 2, 3, 4].map((server) => [server, 0])))).toBeCloseTo(0, 12)
    expect(modularity([], new Map())).toBeNull()
  })
})

describe("communities", () => {
  it("are the two cliques, stable over all runs", () => {
    const found = detectCommunities(twoCliques, { resolutions: [1], repeats: 10, randomSeed: 1 })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ resolution: 1, communities: 2, meanAdjustedRand: 1 })
    expect(groupsOf(found[0]!.members)).toEqual([[1, 2, 3, 4, 5, 6], [11, 12, 13, 14]])
    expect(found[0]!.members.every((member) => member.stability === 1)).toBe(true)
  })

  it("heed the weights: rare sightings bind less than steady ones", () => {
    const announcements = orderedAnnouncements([
      ...clique([1, 2, 3, 4, 5, 6], 0.05),
      ...clique([1, 2, 3]),
      ...clique([4, 5, 6])
    ])
    const [found] = detectCommunities(announcements, { resolutions: [1], repeats: 0, randomSeed: 1 })
    expect(groupsOf(found!.members)).toEqual([[1, 2, 3], [4, 5, 6]])
    expect(found!.meanAdjustedRand).toBeNull()
    expect(found!.members[0]!.stability).toBeNull()
  })

  it("get no fewer as the resolution rises on a ring of cliques", () => {
    const cliques = Array.from({ length: 30 }, (_, i) => [1, 2, 3, 4].map((j) => i * 10 + j))
    const bridges = cliques.map((members, i) => ({ from: members[0]!, to: cliques[(i + 1) % 30]![1]!, weight: 1 }))
    const announcements = orderedAnnouncements([...cliques.flatMap((members) => clique(members)), ...bridges])
    const found = detectCommunities(announcements)
    expect(found.map((at) => at.resolution)).toEqual([0.5, 1, 1.5, 2])
    const counts = found.map((at) => at.communities)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    // Plain modularity overlooks groups this small among so many (Fortunato and Barthélemy, 2007).
    expect(counts[1]).toBeLessThan(30)
    expect(counts.at(-1)).toBe(30)
    expect(found[1]!.modularity).toBeGreaterThan(0.7)
  })

  it("show by their stability when they are chance", () => {
    const random = seededRandom(7)
    const noise = orderedAnnouncements(Array.from({ length: 600 }, () => ({
      from: Math.floor(random() * 100),
      to: Math.floor(random() * 100),
      weight: 1
    })))
    const [found] = detectCommunities(noise, { resolutions: [1], repeats: 10, randomSeed: 1 })
    expect(found!.meanAdjustedRand).toBeLessThan(0.6)
    expect(found!.members.some((member) => member.stability! < 0.5)).toBe(true)
  })

  it("are none without announcements and one for a single pair", () => {
    expect(detectCommunities([], { resolutions: [1], repeats: 2, randomSeed: 1 })).toEqual([
      { resolution: 1, communities: 0, modularity: null, meanAdjustedRand: 1, members: [] }
    ])
    const [pair] = detectCommunities([{ from: 4, to: 9, weight: 1 }], { resolutions: [1], repeats: 2, randomSeed: 1 })
    expect(pair!.members.map((member) => member.serverId)).toEqual([4, 9])
  })

  it("are the same for the same announcements in any order, and cover every server once", () => {
    const shuffledToo = fc.array(announcement, { maxLength: 60 }).chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))
    )
    const options = { resolutions: [0.5, 1, 2], repeats: 3, randomSeed: 5 }
    fc.assert(fc.property(shuffledToo, ([a, b]) => {
      const announcements = orderedAnnouncements(a)
      const found = detectCommunities(announcements, options)
      expect(detectCommunities(orderedAnnouncements(b), options)).toEqual(found)
      for (const { communities, members } of found) {
        expect(members.map((member) => member.serverId)).toEqual(announcedServers(announcements))
        expect(new Set(members.map((member) => member.community)).size).toBe(communities)
        expect(members.every((member) => member.stability! >= 0 && member.stability! <= 1)).toBe(true)
      }
    }), { numRuns: 100 })
  })
})

describe("seeded randomness", () => {
  it("repeats with its seed and differs with another", () => {
    const take = (seed: number) => Array.from({ length: 50 }, seededRandom(seed))
    expect(take(1)).toEqual(take(1))
    expect(take(1)).not.toEqual(take(2))
  })

  it("is spread evenly over [0, 1)", () => {
    const random = seededRandom(3)
    const bins = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) bins[Math.floor(random() * 10)]!++
    // Chi-squared with 9 degrees of freedom: 27.9 is exceeded once in a thousand seeds.
    expect(bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9)
  })

  it("shuffles without losing anything", () => {
    fc.assert(fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const order = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)
      expect(order(shuffled(items, seededRandom(seed)))).toEqual(order(items))
    }))
  })
})
