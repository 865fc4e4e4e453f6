import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect, it as plainIt } from "vitest"
import { traits } from "../../../src/simnet/simnet.ts"
import { readme } from "../../support/readme.ts"
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

const families = ["Fulcrum 2.1.0", "ElectrumX 1.20.0", "electrs/0.10.9"]

/**
 * Not shown there: their checks expect Fulcrum's replies, and what becomes of
 * them behind ElectrumX's padding or with electrs' empty peer list was not
 * looked into.
 */
const unchecked: Readonly<Record<string, ReadonlyArray<string>>> = {
  "ElectrumX 1.20.0": [
    "blank-lines",
    "two-in-one-line",
    "utf16",
    "nul-bytes",
    "no-last-line-end",
    "drops-unknown",
    "odd-fees",
    "repeated-peers"
  ],
  "electrs/0.10.9": ["closes-in-a-line", "claims-other-host", "odd-peers", "repeated-peers"]
}

describe("a simulated server with the trait", () => {
  const each = families.flatMap((software) => 
    Object.entries(checks)
      .filter(([name]) => !unchecked[software]?.includes(name))
      .map(([name, check]) => [software, name, check] as const)
  )
  it.live.each(each)("%s, %s does what its line says", ([software, name, check]) =>
    Effect.gen(function*() {
      const server = yield* startServer({
        software,
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
    expect(readme("src/simnet")).toContain(`lists ${Object.keys(traits).length} ways to misbehave`)
    for (const { title } of Object.values(traits)) expect(title).toMatch(/^[^\n]{10,110}$/)
  })
})
