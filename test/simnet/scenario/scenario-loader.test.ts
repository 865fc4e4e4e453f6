import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { listScenarios, loadScenario } from "../../../src/simnet/scenario/load-scenario.ts"
import { traits } from "../../../src/simnet/simnet.ts"
import { errorIn } from "../../support/scenario-file.ts"

const valid = {
  name: "small",
  title: "small",
  chain: "mainnet-sim",
  seeds: ["a.test:50002:s"],
  round_trip_ms: [0, 1],
  jitter_ms: 0,
  servers: [
    { id: "a", operator: "a", software: "Fulcrum 2.1.0", names: [{ host: "a.test", tls: 50002 }] },
    { id: "b", operator: "b", software: "ElectrumX 1.18.0", names: [{ host: "b.test", tcp: 50001 }] }
  ]
}

/** The line of the first occurrence in a printed scenario. */
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length

describe("the scenario loader", () => {
  it.effect("loads every shipped scenario, by name", () =>
    Effect.gen(function*() {
      const shipped = yield* listScenarios()
      expect(shipped.map((scenario) => scenario.name)).toEqual([
        "careful",
        "churn",
        "disguised",
        "dual",
        "framing",
        "hosted",
        "hostile",
        "large",
        "lookalikes",
        "lying-majority",
        "mainnet-2025-12",
        "mixed",
        "selective",
        "sloppy"
      ])
      for (const { name } of shipped) expect((yield* loadScenario(name)).scenario.name).toBe(name)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("ships one server for each trait in hostile", () =>
    Effect.gen(function*() {
      const { scenario } = yield* loadScenario("hostile")
      expect(new Set(scenario.servers!.flatMap((server) => server.traits ?? []))).toEqual(new Set(Object.keys(traits)))
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("names what is shipped when a name is unknown", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(loadScenario("mainet"))
      expect(error.reason).toBe("no such scenario")
      expect(error.message).toContain("mainnet-2025-12")
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect.each([
    ["a wrong port", { tls: 70000 }, "servers[1].names[0].tls", "70000"],
    ["a misspelt field", { tsl: 50002 }, "servers[1].names[0].tsl", "tsl"]
  ] as const)("names line and field of %s", ([, change, field, part]) =>
    Effect.gen(function*() {
      const [a, b] = valid.servers
      const text = JSON.stringify({ ...valid, servers: [a, { ...b, names: [{ host: "b.test", ...change }] }] }, null, 2)
      const error = yield* errorIn(text)
      expect(error.reason).toBe("bad scenario")
      expect(error.message).toContain(`broken.json:${lineOf(text, part)}: ${field}: `)
    })
  )

  it.effect.each([
    ["software that is not simulated", { software: "Electrum Personal Server 0.2" }, "servers[1].software"],
    ["an unknown trait", { traits: ["tarpitt"] }, "servers[1].traits[0]"],
    ["an unknown chain", { chain: "mainnet" }, "servers[1].chain"],
    ["an unknown failure", { fails: "sleepy" }, "servers[1].fails"],
    ["a server without names", { names: [] }, "servers[1].names"]
  ] as const)("names the field of %s", ([, change, field]) =>
    Effect.gen(function*() {
      const [a, b] = valid.servers
      const error = yield* errorIn(JSON.stringify({ ...valid, servers: [a, { ...b, ...change }] }, null, 2))
      expect(error.message).toMatch(/broken\.json:\d+: /)
      expect(error.message).toContain(`${field}`)
    })
  )

  it.effect("names the line of what is no JSON", () =>
    Effect.gen(function*() {
      const error = yield* errorIn('{\n  "name": "x",\n  "title" "y"\n}')
      expect(error.message).toContain("broken.json:3: not JSON")
    })
  )

  it.effect("names two servers with one id, and a seed that no server has", () =>
    Effect.gen(function*() {
      const [a, b] = valid.servers
      const twice = yield* errorIn(JSON.stringify({ ...valid, servers: [a, { ...b, id: "a" }] }, null, 2))
      expect(twice.message).toMatch(/broken\.json:\d+: servers\[1\]\.id: /)
      const seedless = yield* errorIn(JSON.stringify({ ...valid, seeds: ["c.test:50002:s"] }, null, 2))
      expect(seedless.message).toMatch(/broken\.json:\d+: seeds\[0\]: /)
      const unlisted = yield* errorIn(JSON.stringify({ ...valid, servers: [a, { ...b, lists: ["zed"] }] }, null, 2))
      expect(unlisted.message).toMatch(/broken\.json:\d+: servers\[1\]\.lists\[0\]: /)
    })
  )
})
