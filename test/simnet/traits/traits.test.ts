import { readFileSync } from "node:fs"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect, it as plainIt } from "vitest"
import { traits } from "../../../src/simnet/simnet.ts"
import { startServer } from "../../support/start-server.ts"
import { honest, type TraitChecks } from "../../support/trait-check.ts"
import { connectionChecks } from "./connection-checks.ts"
import { contentChecks } from "./content-checks.ts"
import { headerChecks } from "./header-checks.ts"
import { historyChecks } from "./history-checks.ts"
import { peerChecks } from "./peer-checks.ts"
import { sessionChecks } from "./session-checks.ts"
import { wireChecks } from "./wire-checks.ts"

const checks: TraitChecks = {
  ...connectionChecks,
  ...wireChecks,
  ...sessionChecks,
  ...contentChecks,
  ...headerChecks,
  ...historyChecks,
  ...peerChecks
}

describe("a simulated server with the trait", () => {
  it.live.each(Object.entries(checks))("%s does what its line says", ([name, check]) =>
    Effect.gen(function*() {
      const server = yield* startServer({
        software: "Fulcrum 2.1.0",
        traits: [name],
        others: [
          {
            id: "honest",
            operator: "honest",
            software: "Fulcrum 2.1.0",
            names: [{ host: honest, addresses: ["240.0.0.9"], tls: 50002 }]
          }
        ]
      })
      yield* Effect.promise(() => check(server))
    }).pipe(Effect.scoped)
  )

  plainIt("is checked here for every trait there is", () => {
    expect(Object.keys(checks).toSorted()).toEqual(Object.keys(traits).toSorted())
    expect(readFileSync("README.md", "utf8")).toContain(`lists ${Object.keys(traits).length} ways to misbehave`)
    for (const { title } of Object.values(traits)) expect(title).toMatch(/^[^\n]{10,110}$/)
  })
})
