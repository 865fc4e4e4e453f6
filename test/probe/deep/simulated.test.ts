import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { isInRange } from "../../../src/domain/implementation.ts"
import { deepAllowance, mostErrors } from "../../../src/probe/deep/budget.ts"
import type { DeepVisit } from "../../../src/probe/deep/deep-visitor.ts"
import { deepVisitPort } from "../../support/deep-visiting.ts"
import { allReleases } from "../../support/release-texts.ts"
import { startServer } from "../../support/start-server.ts"
import { usualWord } from "../../support/usual-behaviour.ts"

// Most of the time is ElectrumX 1.18 holding replies back.
describe("deep visits of simulated servers", { concurrent: true }, () => {
  for (const { implementation, release, software } of allReleases) {
    it.live(`${software} answers as it does by default, within the budget, and is never taken for another`, () =>
      Effect.gen(function*() {
        const { tcpPort } = yield* startServer({ software })
        const { malformed, replies, visit } = yield* deepVisitPort(tcpPort, {
          behavesLike: { implementation, range: { since: release, before: null } }
        })
        const what = JSON.stringify([malformed, visit.identification])
        assert.deepInclude(visit, { kind: "deep", outcome: "answered", software })
        assert.deepInclude(malformed, { response: usualWord[implementation], differs: [] }, what)
        assert.isAtMost(visit.cost, deepAllowance("usual"))
        assert.isAtMost(replies.filter(({ outcome }) => outcome === "error").length, mostErrors)
        assert.deepStrictEqual(
          visit.answers.map(({ filtered, response, subject }): ReadonlyArray<unknown> => [subject, response, filtered]),
          [
            ...["merkle proof", "transaction", "unspent", "status", "header range"].map((subject) => [subject, "ok", false]),
            // Nobody has paid to it since.
            ["later entry", "not asked", null],
            ["features twice", { "Blockstream electrs": "closed", "mempool electrs": "error" }[implementation as string] ?? "ok", false],
            ["further histories", "ok", false]
          ],
          JSON.stringify(visit.answers)
        )
        const found = visit.identification!
        assert.include([implementation, null], found.implementation, what)
        assert.deepStrictEqual(found.contradictions, [], what)
        if (found.range !== null) assert.isTrue(isInRange(release, found.range), what)
        // Without knowing what it is, nothing is held against it either.
        const blind = yield* deepVisitPort(tcpPort, { choice: "invalid json" })
        assert.deepStrictEqual(blind.malformed.differs, [], JSON.stringify(blind.malformed))
        assert.deepStrictEqual(Object.keys(blind.malformed.answers), ["invalid-json"])
        assert.isAtMost(blind.visit.cost, deepAllowance("invalid json"))
      }).pipe(Effect.scoped), 60_000)
  }

  for (const software of ["ElectrumX 1.20.0", "Fulcrum 2.1.1"]) {
    it.live(`${software} is asked over TLS too, where only the end is not looked at`, () =>
      Effect.gen(function*() {
        const { tcpPort, tlsPort } = yield* startServer({ software })
        const overTls = yield* deepVisitPort(tlsPort, { transport: "tls" })
        const inClear = yield* deepVisitPort(tcpPort)
        const shown = ({ replies }: DeepVisit) =>
          replies.filter(({ probe }) => probe !== "half-close" && !/^version(?:#|$)/.test(probe)).map(({ outcome, probe, raw }) => [probe, outcome, raw])
        assert.deepStrictEqual(shown(overTls), shown(inClear))
        const end = overTls.visit.observations.find(({ probe }) => probe === "deep/half-close")
        assert.deepInclude(end, { outcome: "not asked", errorMessage: "over TLS the end is the TLS library's" })
        const ended = inClear.replies.find(({ probe }) => probe === "half-close")
        assert.strictEqual(ended?.outcome, software.startsWith("Fulcrum") ? "ok" : "closed")
      }).pipe(Effect.scoped), 60_000)
  }

  it.live("ElectrumX since 1.19 closes on what comes before the handshake, after two notifications, and the rows say so", () =>
    Effect.gen(function*() {
      const { tcpPort } = yield* startServer({ software: "ElectrumX 1.20.0" })
      const { visit } = yield* deepVisitPort(tcpPort)
      const rows = visit.observations.filter(({ probe }) => probe.startsWith("deep/before-version"))
      assert.deepStrictEqual(rows.map(({ errorCode, method, outcome, probe }) => [probe, method, outcome, errorCode]), [
        ["deep/before-version", "server.ping", "error", 1],
        ["deep/before-version+1", "blockchain.relayfee", "ok", null],
        ["deep/before-version+2", "blockchain.estimatefee", "ok", null],
        ["deep/before-version end", "server.ping", "closed", null]
      ])
    }).pipe(Effect.scoped), 60_000)

  it.live("ElectrumX 1.18 holds a lone reply back for a second, and answers a rested connection at once", () =>
    Effect.gen(function*() {
      const { tcpPort } = yield* startServer({ software: "ElectrumX 1.18.0" })
      const { visit } = yield* deepVisitPort(tcpPort)
      const latency = (name: string) => visit.observations.find(({ probe }) => probe === `deep/${name}`)!.latencyMs!
      assert.isBelow(latency("ping-rested"), latency("ping-at-once"))
      assert.isAbove(latency("ping-at-once"), 900)
    }).pipe(Effect.scoped), 60_000)
})
