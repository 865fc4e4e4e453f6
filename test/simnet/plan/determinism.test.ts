import { X509Certificate } from "node:crypto"
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../../src/simnet/draw/random.ts"
import { makeTlsIdentity } from "../../../src/simnet/identity/tls-identities.ts"
import type { Plan } from "../../../src/simnet/plan/plan.ts"
import { truthText } from "../../../src/simnet/truth/truth.ts"
import { peersOf, planOf } from "../../support/simnet-plan.ts"

/** What clients can learn of a server, apart from its certificate. */
const observable = (plan: Plan): ReadonlyMap<string, unknown> =>
  new Map(
    plan.servers.map((server) => [
      server.id,
      {
        software: server.software.text,
        failure: server.failure,
        roundTripMs: server.roundTripMs,
        tip: server.model.backend.tipHeight,
        fees: [1, 2, 6, 25, 144].map((target) => server.model.backend.estimateFee(target)),
        mempool: server.model.backend.mempool,
        peers: peersOf(server)
      }
    ])
  )

describe.each(["mainnet-2025-12", "mixed", "hostile"])("scenario %s", (name) => {
  it("is the same for the same seed", async () => {
    const [one, two] = [await planOf(name, 7), await planOf(name, 7)]
    expect(truthText(one)).toBe(truthText(two))
    expect(observable(one)).toEqual(observable(two))
  })

  it("is another one for another seed", async () => {
    expect(observable(await planOf(name, 7))).not.toEqual(observable(await planOf(name, 8)))
  })
})

describe("what clients see", () => {
  it("in certificates has serials and dates that follow neither names, labels nor order", () => {
    const root = seededRandom(5)
    const now = Date.UTC(2026, 0, 1)
    const facts = Array.from({ length: 60 }, (_, i) => {
      const { certificate } = makeTlsIdentity([`e${i % 3}.fleet.test`], root.fork(`key/fleet-${i}`), now)
      const x509 = new X509Certificate(certificate)
      return {
        serial: BigInt(`0x${x509.serialNumber}`),
        from: Date.parse(x509.validFrom),
        to: Date.parse(x509.validTo)
      }
    })
    expect(new Set(facts.map((fact) => fact.serial)).size).toBe(60)
    for (const fact of facts) {
      expect(fact.from).toBeLessThan(now)
      expect(fact.to).toBeGreaterThan(now)
    }
    // Kendall's tau of order against serials and dates: within 3.3 standard deviations of none (0.087 at n = 60).
    const tau = (values: ReadonlyArray<bigint | number>): number => {
      let agree = 0
      for (let i = 0; i < values.length; i++)
        for (let j = i + 1; j < values.length; j++) agree += values[j]! > values[i]! ? 1 : -1
      return agree / ((values.length * (values.length - 1)) / 2)
    }
    expect(Math.abs(tau(facts.map((fact) => fact.serial)))).toBeLessThan(0.29)
    expect(Math.abs(tau(facts.map((fact) => fact.from)))).toBeLessThan(0.29)
  })

  it("keeps a server's key over restarts, and gives another to another label", () => {
    const spki = (label: string): string =>
      new X509Certificate(makeTlsIdentity(["a.test"], seededRandom(1).fork(label), Date.now()).certificate).publicKey
        .export({ type: "spki", format: "der" })
        .toString("hex")
    expect(spki("key/a")).toBe(spki("key/a"))
    expect(spki("key/a")).not.toBe(spki("key/b"))
  })
})
