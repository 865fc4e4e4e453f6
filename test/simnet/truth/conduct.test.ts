import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { type TruthLine, truthLines } from "../../../src/simnet/truth/truth.ts"
import { startFree } from "../../support/running-simnet.ts"
import { planOf } from "../../support/simnet-plan.ts"

const hour = 3_600_000

const linesOf = (scenario: string) => Effect.promise(async () => truthLines(await planOf(scenario, 1)))

const traitsOf = (lines: ReadonlyArray<TruthLine>, fleet: string): ReadonlySet<string> =>
  new Set(lines.filter((line) => line.server.startsWith(`${fleet}-`)).flatMap((line) => line.traits))

describe("the truth about conduct", () => {
  it.effect("says to whom and when each lies", () =>
    Effect.gen(function*() {
      const lines = yield* linesOf("selective")
      const expected: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
        ["picky", ["hides history of P2PKH-2 to 34% of clients"]],
        ["patient", ["hides newest 2 of P2SH-3 after 12 requests"]],
        ["moody", ["withholds mempool in 50% of sessions"]],
        ["sheltered", ["stale tip by 5 on onion names", "wrong fee by factor 8 on onion names"]],
        ["targeting", ["low-work fork to clients named electrum/… not through Tor"]],
        ["tired", []],
        ["stranger", []]
      ]
      for (const [fleet, traits] of expected) expect([...traitsOf(lines, fleet)], fleet).toEqual(traits)
      const always = yield* linesOf("lying-majority")
      expect([...traitsOf(always, "forker")]).toEqual(["low-work fork"])
      expect([...traitsOf(always, "hider")]).toEqual(["hides history of P2WPKH-2"])
    })
  )

  it.effect("says who calls itself by another name than its own", () =>
    Effect.gen(function*() {
      const lines = yield* linesOf("disguised")
      const told = (fleet: string) => lines.filter((line) => line.server.startsWith(`${fleet}-`) && line.traits.length > 0)
      expect(told("honest")).toEqual([])
      expect(told("disguised").length).toBeGreaterThan(80)
      for (const line of told("disguised")) {
        expect(line.traits).toHaveLength(1)
        expect(line.traits[0]).toMatch(/^reports (?:ElectrumX |Fulcrum |electrs\/|electrs-esplora |mempool-electrs )[0-9.b]+$/)
        const electrs = line.implementation === "romanz electrs" ? `electrs/${line.version}` : `${line.implementation} ${line.version}`
        expect(line.traits[0]).not.toBe(`reports ${electrs}`)
      }
    })
  )

  it.effect("says of every server that changes what does, also who is away in an outage", () =>
    Effect.gen(function*() {
      const lines = yield* linesOf("churn")
      const kinds = (fleet: string): ReadonlySet<string> =>
        new Set([...traitsOf(lines, fleet)].map((trait) => trait.replace(/ (at|from) [0-9.]+h.*$/, "")))
      expect(kinds("cypress")).toContain("upgrades to ElectrumX 1.20.0")
      expect(kinds("cypress")).toContain("upgrades to ElectrumX 2.0b1")
      expect(kinds("cypress")).toContain("restarts every 120h on average")
      expect(kinds("magpie")).toContain("down at times: up 216h, down 2h on average")
      expect(kinds("magpie")).toContain("renews its certificate with a new key")
      expect(kinds("nimble")).toContain("renews its certificate with the same key")
      expect(kinds("homely")).toContain("moves")
      const { scenario } = yield* Effect.promise(() => planOf("churn", 1))
      const away = new Set(lines.filter((line) => line.traits.some((trait) => trait.startsWith("unreachable from"))).map((line) => line.server))
      const hit = lines.filter((line) => line.asn === scenario.outages![0]!.asn).map((line) => line.server)
      expect(away).toEqual(new Set(hit))
      for (const line of lines) {
        if (line.server !== "lighthouse") expect(line.traits.length, line.server).toBeGreaterThan(0)
      }
    })
  )

  it.effect("is what then happens, at that time", () =>
    Effect.gen(function*() {
      const lines = yield* linesOf("churn")
      const net = yield* startFree({ scenario: "churn", timeScale: 0 })
      const begin = net.clock.now()
      net.clock.advance(12 * 24 * hour)
      const told = new Set(
        lines.flatMap((line) =>
          line.traits.flatMap((trait) => {
            const [, what, at] = /^(upgrades to .*|moves|renews .*) at ([0-9.]+)h$/.exec(trait) ?? []
            return what === undefined ? [] : [`${line.server} ${what.split(" ")[0]} ${Number(at).toFixed(2)}`]
          })
        )
      )
      const words = { upgrade: "upgrades", move: "moves", renewal: "renews" } as const
      const happened = net.happenings().flatMap(({ at, what, server }) =>
        Object.hasOwn(words, what)
          ? [`${server} ${words[what as keyof typeof words]} ${Number(((at - begin) / hour).toFixed(3)).toFixed(2)}`]
          : []
      )
      expect(happened.length).toBeGreaterThan(50)
      expect(new Set(happened)).toEqual(told)
      const outage = [...traitsOf(lines, "nimble")].find((trait) => trait.startsWith("unreachable from"))!
      const [, from, length] = /from ([0-9.]+)h for ([0-9.]+)h/.exec(outage)!
      const down = net.happenings().filter(({ at, what, server }) =>
        what === "down" && server!.startsWith("nimble-") && Math.abs((at - begin) / hour - Number(from)) < 0.01
      )
      expect(down.length).toBeGreaterThan(5)
      expect(Number(length)).toBeGreaterThan(0)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
