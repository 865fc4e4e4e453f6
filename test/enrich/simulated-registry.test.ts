import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { startSimnet } from "../../src/simnet/simnet.ts"
import { Resolver } from "../../src/transport/resolver.ts"
import { lookUp } from "../support/enriching.ts"
import { planOf } from "../support/simnet-plan.ts"

/** Everything that the simulated DNS says of a scenario's addresses, beside the plan. */
const lookedUp = Effect.fnUntraced(function*(scenario: string) {
  const net = yield* startSimnet({ scenario, socksPort: 0, dnsPort: 0, truthFile: null, randomSeed: 3 })
  const { servers } = yield* Effect.promise(() => planOf(scenario, 3))
  const names = servers.flatMap((server) => server.names)
  const expected = new Map(names.flatMap((name) => {
    const addresses = name.addresses.length > 0 ? name.addresses : /^[0-9.]+$|:/.test(name.host) ? [name.host] : []
    return addresses.map((address) => [address, name] as const)
  }))
  const resolver = Resolver.layer({ server: { address: "127.0.0.1", port: net.dnsPort }, loopbackOnly: true })
  const { facts } = yield* lookUp([...expected.keys()], { simulated: true, asn: "cymru", ptr: true }, resolver)
  return { expected, facts: Map.groupBy(facts, (fact) => fact.address) }
})

describe("the simulated registry", () => {
  it.live.each(["mixed", "mainnet-2025-12", "careful"])("says of every address of %s what the plan has", (scenario) =>
    Effect.gen(function*() {
      const { expected, facts } = yield* lookedUp(scenario)
      let [sixes, holders, named] = [0, 0, 0]
      for (const [address, name] of expected) {
        const answer = (kind: string) => facts.get(address)!.find(({ fact }) => fact === kind)!
        const asn = name.asn === null ? undefined : String(name.asn)
        expect([address, answer("asn").answers[0]]).toEqual([address, asn])
        expect([address, answer("country_registered").answers[0]]).toEqual([address, asn === undefined ? undefined : name.country ?? undefined])
        if (name.facts?.org != null) {
          holders++
          expect([address, answer("org").answers]).toEqual([address, [name.facts.org]])
        } else expect(answer("org").reason).toBe("no data")
        sixes += address.includes(":") && asn !== undefined ? 1 : 0
        named += answer("ptr").answers.length
      }
      expect(expected.size).toBeGreaterThan(30)
      expect(named).toBeGreaterThan(20)
      if (scenario === "mixed") expect(sixes).toBeGreaterThan(1)
      if (scenario === "careful") expect(holders).toBeGreaterThan(10)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)), 30_000)
})
