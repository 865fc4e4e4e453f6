import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { shippedChains } from "../../../src/domain/chain.ts"
import { identify } from "../../../src/probe/identification/identify.ts"
import { askAll, visitCalls } from "../../support/asking.ts"
import { behaviourOf } from "../../support/behaviours.ts"
import { worldClock } from "../../../src/simnet/world/world.ts"
import { readme } from "../../support/readme.ts"
import { startServer } from "../../support/start-server.ts"
import { alikeInVisits } from "../../support/usual-behaviour.ts"
import { loopbackVisitor, visitPort } from "../../support/visiting.ts"

const chain = shippedChains.find(({ name }) => name === "mainnet-sim")!

/** The fingerprint that a visit to a simulated server brings. */
const fingerprint = Effect.fnUntraced(function*(
  software: string,
  options: Omit<Parameters<typeof startServer>[0], "software"> = {},
  transport: "tcp" | "tls" = "tcp"
) {
  const server = yield* startServer({ software, ...options })
  const visit = yield* visitPort(transport === "tcp" ? server.tcpPort : server.tlsPort, { chain, transport })
  return visit.identification?.fingerprintHash ?? null
}, Effect.scoped)

layer(loopbackVisitor, { excludeTestServices: true, concurrent: true })("the fingerprint of a visit", (it) => {
  it.effect("is one for releases that answer alike, and another for each that does not", () =>
    Effect.gen(function*() {
      const hashes = yield* Effect.forEach(
        alikeInVisits,
        // Most of the time is ElectrumX holding replies back.
        (releases) => Effect.forEach(releases, (software) => fingerprint(software), { concurrency: "unbounded" }),
        { concurrency: "unbounded" }
      )
      for (const [i, group] of hashes.entries()) {
        assert.match(group[0] ?? "", /^[0-9a-f]{64}$/, alikeInVisits[i]!.join())
        assert.strictEqual(new Set(group).size, 1, alikeInVisits[i]!.join())
      }
      assert.strictEqual(new Set(hashes.flat()).size, alikeInVisits.length)
    }))

  it("cannot tell apart what the README lists, release by release", () => {
    for (const [software, named] of Object.entries({ ElectrumX: "ElectrumX ", Fulcrum: "Fulcrum ", "romanz electrs": "electrs/" })) {
      const groups = alikeInVisits.filter((group) => group.length > 1 && group[0]!.startsWith(named))
      const ranges = groups.map((group) => [group[0]!, group.at(-1)!].map((release) => release.slice(named.length)).join(" to "))
      assert.include(readme(), `| ${software} | ${ranges.join("; ")} |`)
    }
  })

  it.effect("is the same for other names, banners, addresses and over TLS, ten times over", () =>
    Effect.gen(function*() {
      for (const software of ["ElectrumX 1.20.0", "Fulcrum 1.12.0", "electrs/0.10.9"]) {
        const hashes = yield* Effect.forEach(
          Array.from({ length: 10 }, (_, i) => i),
          (i) =>
            fingerprint(software, {
              spec: {
                banner: `Number ${i}`,
                names: [{ host: `n${i}.example.test`, addresses: [`240.0.0.${i + 1}`], tcp: 50_001 + i, tls: 50_100 + i }]
              }
            }, i % 2 === 0 ? "tcp" : "tls"),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(hashes, 10)
        assert.strictEqual(new Set(hashes).size, 1, software)
        assert.isNotNull(hashes[0])
      }
    }))

  it.effect("is the same at other heights, fees, node releases and seeds of time", () =>
    Effect.gen(function*() {
      for (const software of ["ElectrumX 1.16.0", "ElectrumX 1.20.0", "Fulcrum 2.1.1", "electrs/0.10.9", "electrs-esplora 0.4.1", "mempool-electrs 3.1.0"]) {
        const hashes = yield* Effect.forEach([0, 3, 30, 300], (hours) =>
          Effect.gen(function*() {
            const clock = worldClock(0)
            const server = yield* startServer({ software, clock })
            clock.advance(hours * 3_600_000)
            const visit = yield* visitPort(server.tcpPort, { chain })
            return { height: visit.tip?.height, hash: visit.identification?.fingerprintHash }
          }).pipe(Effect.scoped), { concurrency: "unbounded" })
        assert.isAbove(new Set(hashes.map(({ height }) => height)).size, 2, software)
        assert.strictEqual(new Set(hashes.map(({ hash }) => hash)).size, 1, software)
        assert.match(hashes[0]!.hash ?? "", /^[0-9a-f]{64}$/, software)
      }
    }))

  it.effect("changes with the configuration", () =>
    Effect.gen(function*() {
      const specs = [{}, { donation: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4" }, { hosts: "none" }] as const
      const hashes = yield* Effect.forEach(specs, (spec) => fingerprint("ElectrumX 1.20.0", { spec }), { concurrency: "unbounded" })
      assert.strictEqual(new Set(hashes).size, 3)
    }))

  it.effect("is null when a reply is missing that it is made of", () =>
    Effect.gen(function*() {
      const server = yield* startServer({ software: "Fulcrum 2.1.1" })
      const whole = yield* askAll(server.tcpPort, visitCalls(server.software), ["server.features"])
      assert.isNotNull(identify(behaviourOf(whole))!.fingerprintHash)
      for (const [i, reply] of whole.entries()) {
        const hash = identify(behaviourOf(whole.toSpliced(i, 1)))!.fingerprintHash
        assert.strictEqual(hash === null, reply.method !== "server.peers.subscribe", reply.method)
      }
    }).pipe(Effect.scoped))
})
