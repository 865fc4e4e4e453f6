import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Implementation, isInRange } from "../../../src/domain/implementation.ts"
import type { MalformedWord } from "../../../src/domain/malformed-facts.ts"
import { deepAllowance, mostErrors } from "../../../src/probe/deep/budget.ts"
import { deepVisitPort } from "../../support/deep-visiting.ts"
import { allReleases } from "../../support/release-texts.ts"
import { startServer } from "../../support/start-server.ts"

/** What each family makes of malformed requests, all in all. */
const usualWord: Readonly<Record<Implementation, MalformedWord>> = {
  ElectrumX: "error",
  Fulcrum: "error",
  "romanz electrs": "error",
  "Blockstream electrs": "closed",
  "mempool electrs": "error"
}

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
})
