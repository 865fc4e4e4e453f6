import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { planScenario } from "../../../src/simnet/plan/plan-scenario.ts"
import { loadText } from "../../support/scenario-file.ts"

const scenario = {
  name: "world",
  title: "a described world",
  chain: "mainnet-sim",
  seeds: ["a.test:50002:s"],
  round_trip_ms: [0, 0],
  jitter_ms: 0,
  hosting: { cloud: { country: "DE", asn: 64501, org: "Cloud", blocks: ["240.7.0.0/16"] } },
  servers: [
    { id: "a", operator: "a", software: "ElectrumX 1.18.0", names: [{ host: "a.test", tls: 50002 }] },
    { id: "b", operator: "b", software: "Fulcrum 2.1.0", names: [{ host: "b.test", tls: 50002 }], backend: "rented" }
  ],
  fleets: [
    {
      name: "fleet",
      count: 2,
      operator: "f",
      software: "Fulcrum 2.1.0",
      hosting: "cloud",
      names: [{ host: "{id}.test", tls: 50002 }],
      backend: "pool-{n}"
    }
  ]
}

const load = (fields: object) => {
  const text = JSON.stringify({ ...scenario, ...fields }, null, 2)
  return loadText(text, "world.json").pipe(Effect.map((loaded) => ({ text, loaded })))
}

describe("the world in a scenario file", () => {
  it.effect("has blocks and nodes as the file says", () =>
    Effect.gen(function*() {
      const { loaded } = yield* load({
        blocks: { gap_s: 30, fork_share: 0, demand: "quiet" },
        backends: { a: { relay_fee: 0.00002 }, rented: { fresh: true }, "pool-2": { subversion: "/Other:1.0/" } }
      })
      if (loaded._tag === "Failure") throw loaded.failure
      const { servers, world } = planScenario(loaded.success, 1)
      const backendOf = (id: string) => servers.find((server) => server.id === id)!.model.backend
      expect(backendOf("a").relayFee).toBe(0.00002)
      expect(backendOf("b").estimateFee(2)).toBe(-1)
      expect(backendOf("fleet-2").subversion).toBe("/Other:1.0/")
      expect(backendOf("fleet-1").subversion).not.toBe("/Other:1.0/")
      world.clock.advance(3_600_000)
      // 120 expected, five deviations.
      expect(backendOf("a").tipHeight).toBeGreaterThan(2150 + 65)
      expect(backendOf("a").tipHeight).toBeLessThan(2150 + 175)
    })
  )

  it.effect.each([
    [{ payments: [{ to: "nonsense", amount: 5000, height: 2000 }] }, "payments[0].to", "is no address of mainnet-sim"],
    [{ payments: [{ to: "P2TR-1", amount: 5000, height: 900 }] }, "payments[0].height", "is not above 1000"],
    [{ payments: [{ to: "P2TR-1", amount: 5000, height: 2000, spent: 1999 }] }, "payments[0].spent", "is not after 2000"],
    [{ payments: [{ to: "P2TR-1", amount: 5, height: 2000 }] }, "payments[0].amount", "1000"],
    [{ payments: [{ to: "P2TR-1", amount: 1100, height: 2000, spent: 2001 }] }, "payments[0].amount", "the fee of spending it"],
    [{ backends: { nobodys: {} } }, "backends.nobodys", "no server asks the node nobodys"],
    [{ backends: { "pool-": {} } }, "backends.pool-", "no server asks the node pool-"],
    [{ blocks: { gap_s: 1 } }, "blocks.gap_s", "10"]
  ] as const)("that cannot be is refused with line and field: %j", ([fields, field, message]) =>
    Effect.gen(function*() {
      const { text, loaded } = yield* load(fields)
      if (loaded._tag === "Success") throw new Error("it was loaded")
      const key = field.split(/[.[]/).at(-1)!
      const line = text.slice(0, text.lastIndexOf(`"${key}"`)).split("\n").length
      expect(loaded.failure.message).toContain(`world.json:${line}: `)
      expect(loaded.failure.message).toContain(message)
    })
  )
})
