import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import type { SuffixRule } from "../traits/registrable-domain.ts"
import type { PairVerdict } from "./evaluation.ts"
import type { Suspicion } from "./suspicion-scores.ts"

const PairRow = Schema.Struct({
  server_a: Schema.Int,
  server_b: Schema.Int,
  same_operator: Schema.Finite,
  shared_infrastructure: Schema.Finite
})

const EvidenceRow = Schema.Struct({
  server_a: Schema.Int,
  server_b: Schema.Int,
  comparison: Schema.String,
  bits: Schema.Finite,
  detail: Schema.NullOr(Schema.String)
})

/** What the last analysis of a crawl said of pairs, with its evidence. */
export const readPairVerdicts = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const pairs = yield* database.rows(
    PairRow,
    `SELECT server_a, server_b, same_operator, shared_infrastructure FROM pair WHERE crawl_id = $crawl_id ORDER BY server_a, server_b`,
    { crawl_id: crawlId }
  )
  const evidence = yield* database.rows(
    EvidenceRow,
    `SELECT server_a, server_b, comparison, bits, detail::VARCHAR AS detail FROM evidence
    WHERE crawl_id = $crawl_id AND counted ORDER BY server_a, server_b, bits DESC, comparison`,
    { crawl_id: crawlId }
  )
  const evidenceOf = Map.groupBy(evidence, ({ server_a, server_b }) => `${server_a} ${server_b}`)
  return pairs.map((pair): PairVerdict => ({
    a: pair.server_a,
    b: pair.server_b,
    operator: pair.same_operator,
    infrastructure: pair.shared_infrastructure,
    evidence: (evidenceOf.get(`${pair.server_a} ${pair.server_b}`) ?? []).map(({ bits, comparison, detail }) => ({
      comparison,
      bits,
      detail: detail === null ? null : JSON.parse(detail) as unknown
    }))
  }))
})

const MemberRow = Schema.Struct({ cluster_id: Schema.Int, kind: Schema.String, server_id: Schema.Int })

/** The groups that the last analysis of a crawl published, by kind: lists of servers. */
export const readGroups = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const members = yield* database.rows(
    MemberRow,
    `SELECT c.cluster_id, c.kind, m.server_id FROM cluster c JOIN cluster_member m USING (crawl_id, cluster_id)
    WHERE c.crawl_id = $crawl_id ORDER BY ALL`,
    { crawl_id: crawlId }
  )
  return (kind: string): ReadonlyArray<ReadonlyArray<number>> =>
    [...Map.groupBy(members.filter((member) => member.kind === kind), ({ cluster_id }) => cluster_id).values()]
      .map((group) => group.map(({ server_id }) => server_id))
})

const SuspicionRow = Schema.Struct({
  server_id: Schema.Int,
  score: Schema.NullOr(Schema.Finite),
  names: Schema.Array(Schema.String),
  points: Schema.Array(Schema.Finite)
})

/** The scores of a crawl's confirmed servers, with the indicators that earned points. */
export const readSuspicion = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(
    SuspicionRow,
    `SELECT p.server_id, p.score,
      coalesce(list(i.name ORDER BY i.points DESC, i.name) FILTER (i.points > 0), []) AS names,
      coalesce(list(i.points ORDER BY i.points DESC, i.name) FILTER (i.points > 0), []) AS points
    FROM suspicion p
    JOIN server s ON s.crawl_id = p.crawl_id AND s.server_id = p.server_id AND s.confirmed
    LEFT JOIN indicator i ON i.crawl_id = p.crawl_id AND i.server_id = p.server_id
    WHERE p.crawl_id = $crawl_id
    GROUP BY p.server_id, p.score
    ORDER BY p.server_id`,
    { crawl_id: crawlId }
  )
  return rows.map(({ names, points, score, server_id }): Suspicion => ({
    serverId: server_id,
    score,
    indicators: names.map((name, i) => ({ name, points: points[i]! }))
  }))
})

const RunOptions = Schema.fromJsonString(Schema.Struct({
  random_seed: Schema.Int,
  public_suffixes: Schema.Array(Schema.Struct({ rule: Schema.String, by_provider: Schema.Boolean }))
}))

const RunRow = Schema.Struct({ operator_prior: Schema.Finite, threshold: Schema.Finite, options: RunOptions })

/** What holds for a whole analysis, with what it was told; undefined where there was none. */
export const readRun = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const [run] = yield* database.rows(
    RunRow,
    "SELECT operator_prior, threshold, options::VARCHAR AS options FROM analysis_run WHERE crawl_id = $crawl_id",
    { crawl_id: crawlId }
  )
  return run === undefined ? undefined : {
    operatorPrior: run.operator_prior,
    threshold: run.threshold,
    randomSeed: run.options.random_seed,
    publicSuffixes: run.options.public_suffixes.map(({ by_provider, rule }): SuffixRule => ({ rule, byProvider: by_provider }))
  }
})
