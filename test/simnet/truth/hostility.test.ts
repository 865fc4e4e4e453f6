import { describe, expect, it } from "vitest"
import { classifiedTraits, hostilityOf } from "../../../src/simnet/truth/hostility.ts"
import { truthLines } from "../../../src/simnet/truth/truth.ts"
import { traits } from "../../../src/simnet/traits/traits.ts"
import { planOf } from "../../support/simnet-plan.ts"

const hostilities = async (scenario: string): Promise<ReadonlyMap<string, string | null>> =>
  new Map(truthLines(await planOf(scenario, 1)).map(({ hostility, server }) => [server, hostility]))

describe("what a server is to those who ask it", () => {
  it("is said by names of traits that there are, each once", () => {
    expect(classifiedTraits.filter((trait) => !(trait in traits))).toEqual([])
    expect(new Set(classifiedTraits).size).toBe(classifiedTraits.length)
  })

  it("is the worst of what it does, and nothing for who only misnames its software or changes", () => {
    const nothing = { conduct: [], lies: [], traits: [] }
    expect(hostilityOf(nothing)).toBe(null)
    expect(hostilityOf({ ...nothing, conduct: ["reports ElectrumX 1.16.0", "moves at 3h"] })).toBe(null)
    expect(hostilityOf({ ...nothing, traits: ["refuses-versions"] })).toBe("broken")
    expect(hostilityOf({ ...nothing, traits: ["refuses-versions", "tarpit"] })).toBe("attacks")
    expect(hostilityOf({ ...nothing, traits: ["tarpit", "wrong-merkle"] })).toBe("deceives")
    expect(hostilityOf({ ...nothing, lies: [{ lie: "slow", ms: 400, innocent: true }] })).toBe(null)
    expect(hostilityOf({ ...nothing, lies: [{ lie: "slow", ms: 400 }] })).toBe("deceives")
  })

  it("is deceit for liars, relays and copies, and nothing for servers of other chains and tired ones", async () => {
    const liars = await hostilities("lying-majority")
    expect([liars.get("forker-1"), liars.get("hider-2"), liars.get("cash-1"), liars.get("honest-1")]).toEqual(["deceives", "deceives", null, null])
    const framed = await hostilities("framing")
    expect([framed.get("mirror-1"), framed.get("mimic-1"), framed.get("harbour-1"), framed.get("fan-1")]).toEqual(["deceives", "deceives", null, null])
    expect((await hostilities("selective")).get("tired-1")).toBe(null)
  })
})
