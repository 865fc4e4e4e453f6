import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { ipVersion, parseBlock } from "../../../src/domain/address.ts"
import { addressesOf } from "../../../src/simnet/plan/address-facts.ts"
import type { Plan } from "../../../src/simnet/plan/plan.ts"
import { truthLines, truthText } from "../../../src/simnet/truth/truth.ts"
import { planOf } from "../../support/simnet-plan.ts"

const folder = fileURLToPath(new URL("../../fixtures/scenarios/", import.meta.url))
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ""))
const plan = (name: string, seed: number): Promise<Plan> => planOf(`${folder}${name}.json`, seed)

const plans = new Map<string, Plan>()
beforeAll(async () => {
  for (const name of names) plans.set(name, await plan(name, 7))
})

describe.each(names)("scenario %s, which is not shipped", (name) => {
  it("is the same for the same seed and another for another", async () => {
    expect(truthText(await plan(name, 7))).toBe(truthText(plans.get(name)!))
    expect(truthText(await plan(name, 8))).not.toBe(truthText(plans.get(name)!))
  })

  it("goes by its file's name, has invented names only, at addresses that are nobody's, and can be reached from its seeds", () => {
    const { scenario, servers } = plans.get(name)!
    expect(scenario.name).toBe(name)
    const nobodys = ["240.0.0.0/4", "2001:db8::/32"].map((block) => parseBlock(block)!)
    for (const server of servers) {
      for (const planned of server.names) {
        if (ipVersion(planned.host) === undefined) expect(planned.host).toMatch(/^([a-z0-9-]+\.)+test$|^[a-z2-7]{56}\.onion$/)
        for (const address of addressesOf(planned)) expect(nobodys.some((holds) => holds(address)), address).toBe(true)
      }
    }
    const alive = new Set(truthLines(plans.get(name)!).filter((line) => line.alive).map((line) => line.host))
    for (const seed of scenario.seeds) expect(alive).toContain(seed.split(":")[0])
  })
})

describe("perjury", () => {
  /** One line of each server of a fleet. */
  const fleet = (id: string) => [...new Map(truthLines(plans.get("perjury")!).map((line) => [line.server, line])).values()].filter(({ server }) => server.startsWith(`${id}-`))
  const chains = () => Object.fromEntries(Map.groupBy(plans.get("perjury")!.servers, ({ model }) => model.chain.name).entries().map(([chain, servers]) => [chain, servers.length]))

  it("has liars about histories that no regular visit asks for, a fork and old tips, 27 in all, and every lie can be seen", () => {
    const told = ["forge", "cutter", "eraser", "two-faced", "lag"].map((id) => fleet(id).map(({ traits }) => traits.join("; ")))
    expect(told.map((lies) => [lies.length, ...new Set(lies)])).toEqual([
      [8, "low-work fork"],
      [6, "hides newest 1 of P2TR-1"],
      [6, "hides history of P2SH-2"],
      [4, "hides history of P2PKH-1; wrong fee by factor 5"],
      [3, "stale tip by 3"]
    ])
    const lines = truthLines(plans.get("perjury")!)
    expect(new Set(lines.filter(({ hostility }) => hostility !== null).map(({ server }) => server)).size).toBe(27)
    expect(lines.filter(({ blind_spot }) => blind_spot !== null)).toEqual([])
  })

  it("has innocent ones beside them: other chains, nodes that lag, servers that are hurt", () => {
    expect(chains()).toEqual({ "mainnet-sim": 45, "cash-sim": 3, "sv-sim": 2, "testnet-sim": 2, "signet-sim": 2 })
    for (const [id, servers] of [["lagging", 4], ["hurt", 3], ["stranger", 10]] as const) {
      expect(fleet(id).map(({ hostility }) => hostility), id).toEqual(Array.from({ length: servers }, () => null))
    }
  })
})
