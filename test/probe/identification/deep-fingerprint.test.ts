import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { deepVisitPort } from "../../support/deep-visiting.ts"
import { allReleases } from "../../support/release-texts.ts"
import { startServer } from "../../support/start-server.ts"

/** The fingerprint that a deep visit brings. */
const fingerprint = (software: string, banner: string, transport: "tcp" | "tls") =>
  Effect.gen(function*() {
    const server = yield* startServer({ software, spec: { banner } })
    const { visit } = yield* deepVisitPort(transport === "tcp" ? server.tcpPort : server.tlsPort, { transport })
    return visit.identification?.fingerprintHash ?? null
  }).pipe(Effect.scoped)

describe("the fingerprint of a deep visit", () => {
  it.live("is one for software and configuration, whatever it is called and however it is reached, and another for each family", () =>
    Effect.gen(function*() {
      const all = yield* Effect.forEach(allReleases, ({ implementation, software }) =>
        Effect.gen(function*() {
          const hashes = yield* Effect.forEach([1, 2, 3], (i) => fingerprint(software, `Number ${i}`, i === 3 ? "tls" : "tcp"), { concurrency: "unbounded" })
          assert.match(hashes[0] ?? "", /^[0-9a-f]{64}$/, software)
          assert.strictEqual(new Set(hashes).size, 1, software)
          return { implementation, software, hash: hashes[0]! }
        }), { concurrency: 8 })
      for (const [, some] of Map.groupBy(all, ({ hash }) => hash)) {
        assert.strictEqual(new Set(some.map(({ implementation }) => implementation)).size, 1, JSON.stringify(some))
      }
      const hashOf = (software: string) => all.find((it) => it.software === software)!.hash
      // What regular visits cannot tell apart.
      assert.notStrictEqual(hashOf("ElectrumX 1.20.0"), hashOf("ElectrumX 2.0b1"))
      assert.notStrictEqual(hashOf("Fulcrum 1.5.4"), hashOf("Fulcrum 1.8.2"))
      assert.isAtLeast(new Set(all.map(({ hash }) => hash)).size, 15)
    }), 120_000)
})
