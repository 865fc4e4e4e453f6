import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Occupancy, occupancyOf, Politeness } from "../../src/crawl/politeness.ts"

const addresses = fc.record({ block: fc.nat({ max: 2 }), last: fc.integer({ min: 1, max: 6 }) })
  .map(({ block, last }) => `198.18.${block}.${last}`)

describe("politeness", () => {
  it("never has two connections to one target nor more than the limit to one block, and admits everybody in the end", () => {
    fc.assert(fc.property(fc.array(fc.uniqueArray(addresses, { minLength: 1, maxLength: 3 }), { maxLength: 60 }), fc.nat(), (wanted, seed) => {
      const politeness = new Politeness<Occupancy>({ perBlock: 4, rate: 0 })
      const inside: Array<Occupancy> = []
      let served = 0
      const check = () => {
        const targets = inside.flatMap((o) => o.targets)
        expect(new Set(targets).size).toBe(targets.length)
        for (const block of inside.flatMap((o) => o.blocks)) expect(inside.filter((o) => o.blocks.includes(block)).length).toBeLessThanOrEqual(4)
      }
      for (const dialled of wanted) {
        const occupancy = occupancyOf("h.example.org", dialled, [])
        if (politeness.enter(occupancy, occupancy)) inside.push(occupancy)
        check()
      }
      let state = seed
      while (inside.length > 0) {
        state = (state * 48_271 + 11) % 2_147_483_647
        const [leaver] = inside.splice(state % inside.length, 1)
        served++
        inside.push(...politeness.leave(leaver!))
        check()
      }
      expect(served).toBe(wanted.length)
      expect(politeness.waiting).toBe(0)
    }))
  })

  it("spaces new connections evenly and does not save up unused slots", () => {
    const politeness = new Politeness<never>({ perBlock: 4, rate: 10 })
    expect([politeness.slot(1000), politeness.slot(1000), politeness.slot(1000)]).toEqual([1000, 1100, 1200])
    expect(politeness.slot(9000)).toBe(9000)
    expect(politeness.slot(9000)).toBe(9100)
    expect(new Politeness<never>({ perBlock: 4, rate: 0 }).slot(5)).toBe(5)
  })

  it("lets nobody wait for what a clock said that was set back since", () => {
    const politeness = new Politeness<never>({ perBlock: 4, rate: 10 })
    const day = 86_400_000
    expect([politeness.slot(day), politeness.slot(day)]).toEqual([day, day + 100])
    expect([politeness.slot(1000), politeness.slot(1000)]).toEqual([1200, 1300])
  })

  it("lets the announced address stand for a host that a proxy resolves, and the host itself where there is none", () => {
    expect(occupancyOf("a.example.org", ["198.18.1.9"], ["198.18.7.7"])).toEqual({ targets: ["198.18.1.9"], blocks: ["198.18.1.0/24"] })
    expect(occupancyOf("a.example.org", [], ["198.18.7.7", "198.18.3.3"])).toEqual({ targets: ["198.18.3.3"], blocks: ["198.18.3.0/24"] })
    expect(occupancyOf("a.example.org", [], [])).toEqual({ targets: ["a.example.org"], blocks: [] })
    expect(occupancyOf("a.example.org", ["198.18.1.9", "198.18.1.8", "2001:db8:1:2::3"], []).blocks).toEqual(["198.18.1.0/24", "2001:db8:1::/48"])
  })
})
