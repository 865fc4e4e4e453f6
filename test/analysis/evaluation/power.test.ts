import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { leastShareSeen, lieCoverage, type ServerLooks } from "../../../src/analysis/evaluation/lie-coverage.ts"
import { fleetKits, plantFleet } from "../../../src/analysis/evaluation/planted-fleet.ts"
import { fleetPower, type LinkedPair } from "../../../src/analysis/evaluation/power.ts"
import type { ServerTraits } from "../../../src/analysis/traits/server-traits.ts"
import { presentedAt, snapshotTraits, traitsAt, writtenText } from "../../support/server-traits.ts"

const strangers = (count: number): ReadonlyArray<ServerTraits> =>
  Array.from({ length: count }, (_, i) =>
    traitsAt(i + 1, `host${i}.test`, { certificates: [presentedAt(`host${i}.test`)], snapshots: [snapshotTraits(1, [i])] }))

const all = (traits: ReadonlyArray<ServerTraits>): ReadonlySet<number> => new Set(traits.map(({ serverId }) => serverId))

/** Says "one operator" of whoever shares a key, where at least `least` do. */
const byKey = (least: number) => (traits: ReadonlyArray<ServerTraits>): ReadonlyArray<LinkedPair> => {
  const groups = Map.groupBy(traits, ({ certificates }) => certificates[0]?.spkiSha256)
  return [...groups.values()].filter((group) => group.length >= least).flatMap((group) =>
    group.flatMap((a, i) => group.slice(i + 1).map((b) => ({ a: a.serverId, b: b.serverId, operator: 0.99, infrastructure: 0 })))
  )
}

describe("a planted fleet", () => {
  it("changes its members only, and these in what its kind says", () => {
    const traits = strangers(12)
    for (const kit of fleetKits) {
      const planted = plantFleet(traits, all(traits), kit, 4, 1)!
      expect(planted.members).toHaveLength(4)
      const changed = planted.traits.filter((server, i) => server !== traits[i]).map(({ serverId }) => serverId)
      expect(changed).toEqual(planted.members)
    }
  })

  it("gives servers one key and different certificates, or the answers of one node", () => {
    const traits = strangers(8)
    const kit = (name: string) => fleetKits.find((kit) => kit.name === name)!
    const members = (name: string): ReadonlyArray<ServerTraits> => {
      const planted = plantFleet(traits, all(traits), kit(name), 3, 1)!
      return planted.traits.filter(({ serverId }) => planted.members.includes(serverId))
    }
    const keyed = members("one key alone").map(({ certificates }) => certificates[0]!)
    expect(new Set(keyed.map(({ spkiSha256 }) => spkiSha256)).size).toBe(1)
    expect(new Set(keyed.map(({ sha256 }) => sha256)).size).toBe(3)
    expect(new Set(members("one node behind, nothing else").map(({ snapshots }) => snapshots[0]!.fees.get(1))).size).toBe(1)
  })

  it("keeps no greeting and no address for gifts of the strangers it is made of, and has a greeting for each member in one kind of its own", () => {
    const own = (i: number) => ({ banner: writtenText(`words of stranger ${i}`), donation: writtenText(`gifts of stranger ${i}`) })
    const traits = strangers(8).map((server, i) => ({ ...server, ...own(i) }))
    const greetings = (name: string) => {
      const kit = fleetKits.find((kit) => kit.name === name)!
      const { members, traits: planted } = plantFleet(traits, all(traits), kit, 4, 1)!
      const fleet = planted.filter(({ serverId }) => members.includes(serverId))
      expect(fleet.some(({ donation }) => donation?.raw.includes("stranger") === true), name).toBe(false)
      return fleet.map(({ banner }) => banner?.normalised ?? null)
    }
    for (const { name, question } of fleetKits) {
      if (question !== "operator") continue
      if (name.endsWith("another greeting each")) expect(new Set(greetings(name)).size).toBe(4)
      else expect(greetings(name), name).toEqual([null, null, null, null])
    }
  })

  it("is not made of servers that something is said of, nor of too few", () => {
    const traits = strangers(5)
    expect(plantFleet(traits, new Set([1, 2]), fleetKits[0]!, 3, 1)).toBe(undefined)
    expect(plantFleet(traits, new Set([1, 2, 3]), fleetKits[0]!, 3, 1)!.members).toEqual([1, 2, 3])
  })
})

describe("the power of a crawl", () => {
  it("is the smallest fleet that its own linkage finds", () => {
    const traits = strangers(20)
    const reach = fleetPower(traits, all(traits), byKey(3), { sizes: [2, 3, 5], draws: 2, threshold: 0.95 })
    const of = (kit: string) => reach.find((one) => one.kit === kit)!
    expect(of("one key alone")).toMatchObject({ smallest: 3, drawnIn: 0 })
    expect(of("one key alone").found).toEqual([{ size: 2, share: 0 }, { size: 3, share: 1 }, { size: 5, share: 1 }])
    expect(of("one donation address alone").smallest).toBe(null)
    expect(of("one node behind, nothing else").smallest).toBe(null)
  })

  it("says when strangers are drawn into a fleet", () => {
    const traits = strangers(6)
    const everybody = (some: ReadonlyArray<ServerTraits>) =>
      some.flatMap((a, i) => some.slice(i + 1).map((b) => ({ a: a.serverId, b: b.serverId, operator: 1, infrastructure: 1 })))
    expect(fleetPower(traits, all(traits), everybody, { sizes: [2], draws: 1, threshold: 0.95 })[0]!.drawnIn).toBe(4)
  })
})

describe("the subtlest lie", () => {
  it("is that which all looks miss with 5 %", () => {
    expect(leastShareSeen(0)).toBe(null)
    expect(leastShareSeen(1)).toBeCloseTo(0.95, 10)
    fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), (looks) => {
      expect((1 - leastShareSeen(looks)!) ** looks).toBeCloseTo(0.05, 10)
    }))
  })

  it("is said for the median server, and what was never asked is said so", () => {
    const look = (serverId: number, changes: Partial<ServerLooks> = {}): ServerLooks =>
      ({ serverId, tips: 2, histories: 1, scripts: 5, further: 15, vantages: 1, isSeenOnClearnet: true, isSeenOnOnion: false, series: 0, requests: 40, ...changes })
    const reach = lieCoverage([look(1), look(2, { histories: 0 }), look(3, { isSeenOnOnion: true })])
    const of = (lie: string) => reach.find((one) => one.lie === lie)!
    expect(of("a history left out or altered")).toMatchObject({ servers: 2, leastShare: leastShareSeen(1) })
    expect(of("a history left out or altered").statement).toMatch(/^Of 5 scripts .* Of 15 more: told to a deep visit\. Lies about any other/)
    expect(lieCoverage([look(1, { further: 0 })]).map(({ statement }) => statement).join(" ")).not.toContain("deep visit")
    expect(of("told to some clients only").statement).toContain("95 % of client addresses")
    expect(of("told on one network only").servers).toBe(1)
    expect(of("told to who asks as wallets do").servers).toBe(0)
    expect(of("told where nobody looks who harms nobody")).toMatchObject({ servers: 0, statement: expect.stringMatching(/By name.* broadcast.* None of it can be seen/) })
    expect(lieCoverage([]).every(({ leastShare, servers }) => leastShare === null && servers === 0)).toBe(true)
  })
})
