import { Effect } from "effect"
import { findCrawl, readAnnouncements } from "../../analysis/analysis-input.ts"
import { crawlFleets, mostServersForPower } from "../../analysis/evaluation/crawl-fleets.ts"
import { readServerLooks } from "../../analysis/evaluation/evaluation-input.ts"
import { lieCoverage } from "../../analysis/evaluation/lie-coverage.ts"
import { readGroups, readRun } from "../../analysis/evaluation/verdicts-input.ts"
import { readServerTraits } from "../../analysis/traits/read-server-traits.ts"

/** What a crawl could have shown: the smallest fleets (none without an analysis, or with too many servers), and the lies. */
export const readPower = Effect.fn("readPower")(function*(crawlId: number, wantsFleets: boolean) {
  const crawl = yield* findCrawl({ crawlId })
  const lies = lieCoverage(yield* readServerLooks(crawlId))
  const run = yield* readRun(crawlId)
  if (!wantsFleets || run === undefined || crawl.servers > mostServersForPower) return { lies, fleets: null }
  const traits = yield* readServerTraits(crawl, (yield* readAnnouncements(crawlId)) ?? [])
  return { lies, fleets: crawlFleets(traits, yield* readGroups(crawlId), run) }
})
