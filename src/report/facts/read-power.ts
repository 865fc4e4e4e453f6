import { Effect } from "effect"
import { findCrawl, readAnnouncements } from "../../analysis/analysis-input.ts"
import { comparisons } from "../../analysis/comparisons/catalogue.ts"
import { mostServersForPower } from "../../analysis/evaluation/evaluate-crawl.ts"
import { readServerLooks } from "../../analysis/evaluation/evaluation-input.ts"
import { lieCoverage } from "../../analysis/evaluation/lie-coverage.ts"
import { defaultPowerOptions, fleetPower, type LinkedPair } from "../../analysis/evaluation/power.ts"
import { readGroups, readRun } from "../../analysis/evaluation/verdicts-input.ts"
import { link } from "../../analysis/linkage/linkage.ts"
import { readServerTraits } from "../../analysis/traits/read-server-traits.ts"

/** What a crawl could have shown: the smallest fleets (none without an analysis, or with too many servers), and the lies. */
export const readPower = Effect.fn("readPower")(function*(crawlId: number, wantsFleets: boolean) {
  const crawl = yield* findCrawl({ crawlId })
  const lies = lieCoverage(yield* readServerLooks(crawlId))
  const run = yield* readRun(crawlId)
  if (!wantsFleets || run === undefined || crawl.servers > mostServersForPower) return { lies, fleets: null }
  const traits = yield* readServerTraits(crawl, (yield* readAnnouncements(crawlId)) ?? [])
  const groupsOf = yield* readGroups(crawlId)
  const tied = new Set([...groupsOf("operator"), ...groupsOf("shared infrastructure")].flat())
  const strangers = new Set(traits.map(({ serverId }) => serverId).filter((server) => !tied.has(server)))
  const all = comparisons({ publicSuffixes: run.publicSuffixes })
  const linked = (some: typeof traits): ReadonlyArray<LinkedPair> =>
    link(some, all, { randomSeed: run.randomSeed }).pairs.map(({ a, b, sameOperator, sharedInfrastructure }) => ({ a, b, operator: sameOperator, infrastructure: sharedInfrastructure }))
  return { lies, fleets: fleetPower(traits, strangers, linked, { ...defaultPowerOptions, threshold: run.threshold }) }
})
