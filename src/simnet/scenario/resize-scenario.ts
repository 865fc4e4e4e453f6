import { Result } from "effect"
import { badScenario, type SimnetError } from "../simnet-error.ts"
import { showPath } from "./json-position.ts"
import type { LoadedScenario } from "./load-scenario.ts"
import { findMistake } from "./mistakes.ts"

/** Whole numbers in proportion to `counts`, at least 1 each, that add up to `sum`. */
const inProportion = (counts: ReadonlyArray<number>, sum: number): ReadonlyArray<number> => {
  const total = counts.reduce((a, b) => a + b, 0)
  let before = 0
  let given = 0
  return counts.map((count, i) => {
    before += count
    // What is left for those behind must be enough for one each.
    const most = sum - given - (counts.length - 1 - i)
    const share = Math.min(most, Math.max(1, Math.round((before / total) * sum) - given))
    given += share
    return share
  })
}

/** The scenario with fleets so large or small that there are `servers` in all; servers listed one by one stay. */
export const resizeScenario = (loaded: LoadedScenario, servers: number): Result.Result<LoadedScenario, SimnetError> => {
  const { scenario } = loaded
  const fleets = scenario.fleets ?? []
  const listed = (scenario.servers ?? []).length
  if (fleets.length === 0) return Result.fail(badScenario(`scenario ${scenario.name} has no fleets that could have another size`))
  const least = listed + fleets.length
  if (servers < least) return Result.fail(badScenario(`scenario ${scenario.name} has at least ${least} servers`))
  const counts = inProportion(fleets.map((fleet) => fleet.count), servers - listed)
  const resized = { ...scenario, fleets: fleets.map((fleet, i) => ({ ...fleet, count: counts[i]! })) }
  const mistake = findMistake(resized)
  return mistake === undefined
    ? Result.succeed({ ...loaded, scenario: resized })
    : Result.fail(badScenario(`scenario ${scenario.name} with ${servers} servers: ${showPath(mistake.path)}: ${mistake.message}`))
}
