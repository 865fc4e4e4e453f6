import type { Effect } from "effect"
import { comparisons } from "../comparisons/catalogue.ts"
import { link } from "../linkage/linkage.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { defaultPowerOptions, fleetPower, type FleetReach, type LinkedPair } from "./power.ts"
import type { readGroups, readRun } from "./verdicts-input.ts"

/** Beyond so many servers fleets are not planted: each takes the linkage again. */
export const mostServersForPower = 1_000

/**
 * The smallest fleets that a crawl would have shown: its strangers, servers that
 * are in no group, made alike and judged again as its last analysis judged.
 */
export const crawlFleets = (
  traits: ReadonlyArray<ServerTraits>,
  groupsOf: Effect.Success<ReturnType<typeof readGroups>>,
  run: NonNullable<Effect.Success<ReturnType<typeof readRun>>>
): ReadonlyArray<FleetReach> => {
  const tied = new Set([...groupsOf("operator"), ...groupsOf("shared infrastructure")].flat())
  const strangers = new Set(traits.map(({ serverId }) => serverId).filter((server) => !tied.has(server)))
  const all = comparisons({ publicSuffixes: run.publicSuffixes })
  const linked = (some: ReadonlyArray<ServerTraits>): ReadonlyArray<LinkedPair> =>
    link(some, all, { randomSeed: run.randomSeed }).pairs.map(({ a, b, sameOperator, sharedInfrastructure }) => ({ a, b, operator: sameOperator, infrastructure: sharedInfrastructure }))
  return fleetPower(traits, strangers, linked, { ...defaultPowerOptions, threshold: run.threshold })
}
