import { describe, expect, it } from "vitest"
import { clientNameOf } from "../../../src/cli/client-name.ts"
import { declaredName, mostRequests } from "../../../src/simnet/plan/unseen-lie.ts"
import { blindSpotOf, unaskedTraitNames } from "../../../src/simnet/truth/blind-spot.ts"
import { classifiedTraits, hostilityOf } from "../../../src/simnet/truth/hostility.ts"
import { truthLines } from "../../../src/simnet/truth/truth.ts"
import { traits } from "../../../src/simnet/traits/traits.ts"
import { planOf } from "../../support/simnet-plan.ts"

const blindSpots = async (scenario: string): Promise<ReadonlyMap<string, string | null>> =>
  new Map(truthLines(await planOf(scenario, 1)).map(({ blind_spot: spot, server }) => [server, spot]))

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

describe("what nobody can see of a server who asks harmlessly", () => {
  it("is what it tells to others by name, or to who broadcasts, in scenarios that ship", async () => {
    const selective = await blindSpots("selective")
    expect(selective.get("targeting-1")).toMatch(/call themselves electrum/)
    expect(["picky-1", "patient-1", "moody-1", "sheltered-1", "tired-1", "stranger-1"].map((server) => selective.get(server))).toEqual([null, null, null, null, null, null])
    const hostile = await blindSpots("hostile")
    expect([...hostile].flatMap(([server, spot]) => spot === null ? [] : [server])).toEqual(["phishing-broadcast"])
    for (const scenario of ["framing", "lying-majority", "sloppy"]) expect([...(await blindSpots(scenario)).values()].filter((spot) => spot !== null), scenario).toEqual([])
  })

  it("is nothing where something else of it shows, where the lie is told to us too, or where it means no harm", async () => {
    const { model } = (await planOf("sloppy", 1)).servers[0]!
    const of = (changes: object) => blindSpotOf({ conduct: [], lies: [], traits: [], model, ...changes })
    const named = (name: string) => ({ lie: "low-work fork", to: { client_name: name } }) as const
    expect(of({ lies: [named("electrum/")] })).not.toBe(null)
    expect(of({ lies: [named("electrum")] })).toBe(null)
    expect(of({ lies: [named("electrum/")], traits: ["wrong-merkle"] })).toBe(null)
    expect(of({ lies: [named("electrum/"), { lie: "stale tip", blocks: 5, to: { tor: true } }] })).toBe(null)
    expect(of({ traits: ["phishing-broadcast", "busy"] })).not.toBe(null)
    expect(of({ lies: [{ lie: "hides history", script: "00".repeat(22) }] })).toMatch(/nothing is known/)
    expect(of({ lies: [{ lie: "hides history", script: "P2PKH-2", to: { after_requests: mostRequests } }] })).toMatch(/after 40 requests/)
    expect(of({ lies: [{ lie: "hides history", script: "P2PKH-2", to: { after_requests: 12 } }] })).toBe(null)
    expect(of({ lies: [{ ...named("electrum/"), innocent: true }] })).toBe(null)
    expect(of({})).toBe(null)
  })

  it("rests on the name that the program gives itself, and on traits that there are", () => {
    expect(clientNameOf(null).startsWith(declaredName)).toBe(true)
    expect(unaskedTraitNames.filter((name) => !classifiedTraits.includes(name))).toEqual([])
  })
})
