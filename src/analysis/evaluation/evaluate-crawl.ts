import { Effect } from "effect"
import { Database } from "../../store/database.ts"
import { AnalysisError } from "../analysis-error.ts"
import { type AnalysisTarget, findCrawl, readAnnouncements } from "../analysis-input.ts"
import { shippedIndicators } from "../suspicion/indicator-table.ts"
import { readServerTraits } from "../traits/read-server-traits.ts"
import { crawlFleets, mostServersForPower } from "./crawl-fleets.ts"
import { evaluate, type Evaluation, type Verdicts } from "./evaluation.ts"
import { readCrawledEndpoints, readServerLooks } from "./evaluation-input.ts"
import { lieCoverage, type LieReach } from "./lie-coverage.ts"
import type { FleetReach } from "./power.ts"
import type { TruthEndpoint } from "./truth-file.ts"
import { readGroups, readPairVerdicts, readRun, readSuspicion } from "./verdicts-input.ts"

/** An evaluation, and what the crawl could have seen. */
export interface CrawlEvaluation extends Evaluation {
  readonly crawlId: number
  readonly network: string
  readonly simulated: boolean
  readonly fleets: ReadonlyArray<FleetReach>
  readonly lies: ReadonlyArray<LieReach>
}

/**
 * Judges what the last `analyze` of a crawl stored against a truth. Fails with
 * `no crawl`, `crawl not ended`, `not analysed`, or `bad truth` when the truth
 * knows none of its servers.
 */
export const evaluateCrawl = Effect.fn("evaluateCrawl")(function*(
  target: AnalysisTarget,
  truth: ReadonlyArray<TruthEndpoint>,
  options: { readonly hasPower?: boolean } = {}
) {
  yield* Database
  const crawl = yield* findCrawl(target)
  const run = yield* readRun(crawl.crawl_id)
  if (run === undefined) {
    return yield* new AnalysisError({ reason: "not analysed", message: `Crawl ${crawl.crawl_id} has not been analysed: run analyze first.` })
  }
  const traits = yield* readServerTraits(crawl, (yield* readAnnouncements(crawl.crawl_id)) ?? [])
  const groupsOf = yield* readGroups(crawl.crawl_id)
  const verdicts: Verdicts = {
    servers: traits.map(({ serverId }) => serverId),
    pairs: yield* readPairVerdicts(crawl.crawl_id),
    operatorOfAny: run.operatorPrior,
    // Of nodes there is no prior of its own: strangers' pairs are unlikely either way.
    infrastructureOfAny: run.operatorPrior,
    operatorGroups: groupsOf("operator"),
    infrastructureGroups: groupsOf("shared infrastructure"),
    verdictThreshold: run.threshold,
    traits,
    suspicion: yield* readSuspicion(crawl.crawl_id),
    suspicionThreshold: shippedIndicators.threshold
  }
  const evaluation = evaluate(verdicts, yield* readCrawledEndpoints(crawl.crawl_id), truth)
  if (evaluation.coverage.judged === 0) {
    return yield* new AnalysisError({ reason: "bad truth", message: `The truth file knows none of the servers of crawl ${crawl.crawl_id}.` })
  }
  const result: CrawlEvaluation = {
    crawlId: crawl.crawl_id,
    network: crawl.network,
    simulated: crawl.simulated,
    ...evaluation,
    fleets: options.hasPower === false || traits.length > mostServersForPower ? [] : crawlFleets(traits, groupsOf, run),
    lies: lieCoverage(yield* readServerLooks(crawl.crawl_id))
  }
  return result
})
