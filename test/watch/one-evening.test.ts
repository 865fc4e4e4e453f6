import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { analyse } from "../support/analysed-scenario.ts"
import { evaluateScenario } from "../support/scenario-evaluation.ts"
import { shortEvening, watchScenario } from "../support/watched-scenario.ts"

const folder = mkdtempSync(join(tmpdir(), "observatory-one-evening-"))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

// `node test/bench/evaluate-watched.ts careful SEED FOLDER` does it with whole worlds and 24 hours.
it("a fleet that shares nothing but its node is found by the evening on which a watch saw it changed, and nobody else is", async () => {
  const seen = await watchScenario({ scenario: shortEvening(folder), randomSeed: 5, folder, fromHour: 0, hours: 9, scale: 500, snapshots: 4 })
  await analyse(seen)
  const { backend, changedTogether, operator } = await evaluateScenario(seen)
  expect(operator.falseAccusations).toEqual([])
  expect(backend.falseAccusations).toEqual([])
  expect(operator.groups.groups).toBe(1)
  expect(changedTogether!.all.pairs).toBeGreaterThan(10)
  expect(changedTogether!.following.found).toBe(changedTogether!.following.pairs)
}, 300_000)
