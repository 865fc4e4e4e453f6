import { X509Certificate } from "node:crypto"
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { TlsIdentities } from "../../../src/simnet/identity/tls-identities.ts"
import { addressesOf } from "../../../src/simnet/plan/address-facts.ts"
import { type Plan, planListed, type PlannedServer } from "../../../src/simnet/plan/plan.ts"
import { resizeScenario } from "../../../src/simnet/scenario/resize-scenario.ts"
import type { Scenario } from "../../../src/simnet/scenario/scenario.ts"
import { truthText } from "../../../src/simnet/truth/truth.ts"
import { World, worldClock } from "../../../src/simnet/world/world.ts"
import { runSimnet } from "../../support/running-simnet.ts"
import { peersOf, planOf } from "../../support/simnet-plan.ts"

const planFor = (scenario: Scenario, seed: number): Plan => {
  const random = seededRandom(seed)
  const world = new World(random, worldClock())
  return { scenario, world, servers: planListed(scenario, random, world) }
}

const today = Date.UTC(2026, 5, 1)

/** Everything of a plan that clients can see of a server, by its id; certificates are made of their plan and the seed. */
const seen = (plan: Plan): ReadonlyMap<string, unknown> =>
  new Map(
    plan.servers.map((server) => [
      server.id,
      {
        names: server.names,
        software: server.software.text,
        failure: server.failure,
        roundTripMs: server.roundTripMs,
        certificate: server.certificate,
        words: [server.model.banner, server.model.donation, server.model.claims],
        tip: server.model.backend.tipHeight,
        fees: [1, 2, 6, 25, 144].map((target) => server.model.backend.estimateFee(target)),
        mempool: server.model.backend.mempool,
        peers: peersOf(server)
      }
    ])
  )

/** A number that clients see of each server. */
type Measure = (server: PlannedServer) => number

/** Mean distance in rank between servers of one operator. */
const closeness = (ranks: ReadonlyArray<number>, operators: ReadonlyArray<string>): number => {
  let sum = 0
  let pairs = 0
  for (const mine of Map.groupBy(ranks.keys(), (i) => operators[i]!).values()) {
    for (const [k, i] of mine.entries()) {
      for (const j of mine.slice(k + 1)) {
        sum += Math.abs(ranks[i]! - ranks[j]!)
        pairs++
      }
    }
  }
  return sum / pairs
}

/** The number in a host that has letters too; the last where there are several. */
const numberInHost = (server: PlannedServer): number =>
  Number(/[a-z].*?([0-9]+)[^0-9]*$/.exec(server.names[0]!.host)?.[1] ?? Number.NaN)

/** Standard deviations between the closeness of operators and that of operators dealt out at random. */
const leakOf = (servers: ReadonlyArray<PlannedServer>, measure: Measure): number => {
  const sorted = servers.map((server) => measure(server)).toSorted((a, b) => a - b)
  const ranks = servers.map((server) => sorted.indexOf(measure(server)))
  const operators = servers.map((server) => server.operator)
  const random = seededRandom(42)
  const dealt = Array.from({ length: 400 }, () => closeness(ranks, random.shuffled(operators)))
  const mean = dealt.reduce((a, b) => a + b, 0) / dealt.length
  const deviation = Math.sqrt(dealt.reduce((a, b) => a + (b - mean) ** 2, 0) / dealt.length)
  return (closeness(ranks, operators) - mean) / deviation
}

const numberOfAddress = (address: string): number =>
  address.split(".").reduce((value, part) => value * 256 + Number(part), 0)

describe("what clients see", () => {
  it.each(["mixed", "sloppy", "careful", "lookalikes", "hosted", "framing", "dual", "churn", "disguised"])(
    "of scenario %s does not depend on the order of servers and fleets in the file",
    async (name) => {
      const { scenario } = await planOf(name, 1)
      const shuffle = seededRandom(99)
      const permuted: Scenario = {
        ...scenario,
        ...(scenario.fleets === undefined ? {} : { fleets: shuffle.shuffled(scenario.fleets).toReversed() }),
        ...(scenario.servers === undefined ? {} : { servers: shuffle.shuffled(scenario.servers) }),
        ...(scenario.hosting === undefined ? {} : { hosting: Object.fromEntries(shuffle.shuffled(Object.entries(scenario.hosting))) })
      }
      expect(JSON.stringify(permuted)).not.toBe(JSON.stringify(scenario))
      const [one, two] = [planFor(scenario, 3), planFor(permuted, 3)]
      expect(seen(two)).toEqual(seen(one))
      expect(truthText(two)).toBe(truthText(one))
    }
  )

  it("of a careful fleet tells nothing by serials, dates of keys, addresses, distance or the order of lists", async () => {
    const measures: ReadonlyArray<readonly [string, (plan: Plan, seed: number) => Measure]> = [
      ["serial number", (_, seed) => {
        const identities = new TlsIdentities(seededRandom(seed), today)
        return (server) => Number.parseInt(new X509Certificate(identities.of(server.certificate).certificate).serialNumber.slice(0, 12), 16)
      }],
      ["not before", (_, seed) => {
        const identities = new TlsIdentities(seededRandom(seed), today)
        return (server) => Date.parse(new X509Certificate(identities.of(server.certificate).certificate).validFrom)
      }],
      ["address", () => (server) => numberOfAddress(addressesOf(server.names[0]!)[0]!)],
      ["last part of the address", () => (server) => numberOfAddress(addressesOf(server.names[0]!)[0]!) % 256],
      ["round trip", () => (server) => server.roundTripMs],
      ["place in a list", (plan) => {
        const hosts = peersOf(plan.servers.find((server) => server.id === "lighthouse")!).map(([, host]) => host)
        return (server) => hosts.indexOf(server.names[0]!.host)
      }]
    ]
    for (const [what, make] of measures) {
      const leaks: Array<number> = []
      for (const seed of [1, 2, 3, 4, 5]) {
        const plan = await planOf("careful", seed)
        leaks.push(leakOf(plan.servers, make(plan, seed)))
      }
      // The sum of five is normal with a deviation of √5: 4 of them happen once in 16,000 times.
      expect(Math.abs(leaks.reduce((a, b) => a + b, 0)) / Math.sqrt(5), `${what}: ${leaks.join(" ")}`).toBeLessThan(4)
    }
  })

  it.each([
    ["careful", 24],
    ["large", 2]
  ] as const)("of a careful fleet tells nothing by numbers in names: scenario %s", async (scenario, seeds) => {
    const leaks: Array<number> = []
    let [numbered, own] = [0, 0]
    for (let seed = 1; seed <= seeds; seed++) {
      const { servers } = await planOf(scenario, seed)
      // Beside careful fleets and strangers, `large` has one that numbers its names for all to see.
      const named = servers.filter((server) => server.operator !== "aurora" && !Number.isNaN(numberInHost(server)))
      const leak = leakOf(named, numberInHost)
      // No two of a fleet have numbers.
      if (!Number.isNaN(leak)) leaks.push(leak)
      numbered += named.length
      own += named.filter((server) => server.id.endsWith(`-${numberInHost(server)}`)).length
    }
    expect(numbered).toBeGreaterThan(300)
    expect(own / numbered).toBeLessThan(0.02)
    expect(Math.abs(leaks.reduce((a, b) => a + b, 0)) / Math.sqrt(leaks.length), leaks.join(" ")).toBeLessThan(4)
  })

  it("of a careful fleet tells nothing by addresses or distance in a large network", async () => {
    const { servers } = await planOf("large", 1)
    const some = servers.filter((server) => server.operator !== "aurora")
    for (const [what, measure] of [
      ["address", (server: PlannedServer) => numberOfAddress(addressesOf(server.names[0]!)[0]!)],
      ["round trip", (server: PlannedServer) => server.roundTripMs]
    ] as const) {
      expect(Math.abs(leakOf(some, measure)), what).toBeLessThan(4)
    }
  })

  it("would show in that measure if fleets were numbered one after the other", async () => {
    const plan = await planOf("careful", 1)
    expect(leakOf(plan.servers, (server) => plan.servers.indexOf(server))).toBeLessThan(-8)
  })

  it("tells nothing by the loopback ports of listeners, given out in an order of their own", async () => {
    const { servers } = await planOf("careful", 1)
    const { simnet, stop } = await runSimnet({ scenario: "careful" })
    await stop()
    const portOf = (server: PlannedServer): number => {
      const name = server.names[0]!
      return simnet.listeners.get(`${name.host}:${name.tls}:s`)!
    }
    const running = servers.filter((server) => server.failure === null)
    expect(running.every((server) => portOf(server) > 0)).toBe(true)
    expect(Math.abs(leakOf(running, portOf))).toBeLessThan(5)
  })

  it("does not change for a fleet that grows or shrinks with its neighbours", async () => {
    const loaded = { scenario: (await planOf("careful", 1)).scenario, recorded: null }
    const resized = resizeScenario(loaded, 40)
    if (resized._tag === "Failure") throw resized.failure
    const [all, fewer] = [planFor(loaded.scenario, 1), planFor(resized.success.scenario, 1)]
    const keyOf = (plan: Plan, id: string): string => {
      const server = plan.servers.find((s) => s.id === id)!
      return new TlsIdentities(seededRandom(1), today).of(server.certificate).key
    }
    for (const id of ["cypress-1", "cypress-2", "stranger-3"]) expect(keyOf(fewer, id)).toBe(keyOf(all, id))
  })
})
