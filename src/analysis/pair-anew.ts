import { Effect } from "effect"
import { type AnalysedCrawl, readAnnouncements } from "./analysis-input.ts"
import { comparisons as allComparisons } from "./comparisons/catalogue.ts"
import { readRun } from "./evaluation/verdicts-input.ts"
import { orderedAnnouncements } from "./graph/announcement-graph.ts"
import { link } from "./linkage/linkage.ts"
import { readServerTraits } from "./traits/read-server-traits.ts"
import type { StoredPair } from "./verdict-reader.ts"

/** Of more servers it takes longer than an answer should. */
export const mostServersAnew = 3_000

/**
 * A pair of which the analysis stored nothing, since no question was likely, as
 * it is weighed among all servers of the crawl. Undefined where the two have
 * nothing in common by which pairs are compared, where one was not confirmed, and
 * in a crawl of more than 3,000 servers.
 */
export const weighPairAnew = Effect.fnUntraced(function*(crawl: AnalysedCrawl, one: number, other: number) {
  const run = yield* readRun(crawl.crawl_id)
  if (run === undefined || crawl.servers > mostServersAnew) return undefined
  const [a, b] = [Math.min(one, other), Math.max(one, other)]
  const servers = yield* readServerTraits(crawl, orderedAnnouncements((yield* readAnnouncements(crawl.crawl_id)) ?? []))
  const comparisons = allComparisons({ publicSuffixes: run.publicSuffixes, servers })
  const { pairs } = link(servers, comparisons, { randomSeed: run.randomSeed, also: { a, b } })
  const pair = pairs.find((it) => it.a === a && it.b === b)
  if (pair === undefined) return undefined
  const hostOf = (id: number): string => servers.find(({ serverId }) => serverId === id)?.hosts[0] ?? `server ${id}`
  const byName = new Map(comparisons.map((comparison) => [comparison.name, comparison]))
  const details = pair.details()
  const weighed: StoredPair = {
    pair: {
      server_a: a,
      server_b: b,
      host_a: hostOf(a),
      host_b: hostOf(b),
      same_server: pair.sameServer,
      same_machine: pair.sameMachine,
      shared_infrastructure: pair.sharedInfrastructure,
      same_operator: pair.sameOperator,
      operator_bits: pair.operatorBits,
      hypothesis: pair.hypothesis,
      held_by: pair.limit,
      copier_id: pair.copier
    },
    evidence: pair.evidence.map((found, place) => {
      const { definition, forgeability, innocent, question } = byName.get(found.comparison)!
      return { ...found, server_a: a, server_b: b, detail: JSON.stringify(details[place]), definition, forgeability, innocent, question }
    })
  }
  return weighed
})
