import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"
import type { AnalysedCrawl } from "./analysis-input.ts"
import { AnalysisError } from "./analysis-error.ts"

const EvidenceRow = Schema.Struct({
  server_a: Schema.Int,
  server_b: Schema.Int,
  comparison: Schema.String,
  level: Schema.String,
  bits: Schema.Finite,
  counted: Schema.Boolean,
  reduction: Schema.NullOr(Schema.String),
  value: Schema.NullOr(Schema.String),
  detail: Schema.String,
  question: Schema.String,
  forgeability: Schema.String,
  definition: Schema.String,
  innocent: Schema.Array(Schema.String)
})
export type StoredEvidence = typeof EvidenceRow.Type

const PairRow = Schema.Struct({
  server_a: Schema.Int,
  server_b: Schema.Int,
  host_a: Schema.String,
  host_b: Schema.String,
  same_server: Schema.Finite,
  same_machine: Schema.Finite,
  shared_infrastructure: Schema.Finite,
  same_operator: Schema.Finite,
  operator_bits: Schema.Finite,
  hypothesis: Schema.String,
  held_by: Schema.NullOr(Schema.String),
  copier_id: Schema.NullOr(Schema.Int)
})

/** A stored pair with its evidence, most bits first. */
export interface StoredPair {
  readonly pair: typeof PairRow.Type
  readonly evidence: ReadonlyArray<StoredEvidence>
}

const MemberRow = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  posterior: Schema.NullOr(Schema.Finite),
  evidence: Schema.NullOr(Schema.String)
})

const ClusterRow = Schema.Struct({
  cluster_id: Schema.Int,
  kind: Schema.String,
  evidence: Schema.String,
  servers: Schema.Int,
  posterior: Schema.NullOr(Schema.Finite),
  weakest_link: Schema.NullOr(Schema.Finite),
  detail: Schema.NullOr(Schema.String)
})

/** A group of servers with its members, and why, as the analysis stored it. */
export interface StoredCluster {
  readonly cluster: typeof ClusterRow.Type
  readonly members: ReadonlyArray<typeof MemberRow.Type>
}

/** What an analysis says of one server. */
export interface StoredServer {
  readonly serverId: number
  readonly hosts: ReadonlyArray<string>
  readonly clusters: ReadonlyArray<StoredCluster>
  /** The likeliest first, up to five. */
  readonly pairs: ReadonlyArray<StoredPair>
}

const RunRow = Schema.Struct({ operator_prior: Schema.Finite, threshold: Schema.Finite })

/** Prior and threshold of the crawl's analysis. Fails with reason `not analysed`. */
export const readRun = Effect.fnUntraced(function*({ crawl_id }: AnalysedCrawl) {
  const database = yield* Database
  const [run] = yield* database.rows(RunRow, "SELECT operator_prior, threshold FROM analysis_run WHERE crawl_id = $crawl_id", { crawl_id })
  if (run !== undefined) return run
  return yield* new AnalysisError({ reason: "not analysed", message: `Crawl ${crawl_id} has not been analysed by this version; run analyze first.` })
})

const pairsWhere = (condition: string) => `
  WITH host AS (
    SELECT se.server_id, arg_min(e.host, e.endpoint_id) AS host
    FROM server_endpoint se JOIN endpoint e USING (endpoint_id)
    WHERE se.crawl_id = $crawl_id GROUP BY se.server_id
  ), chosen AS (SELECT * FROM pair WHERE crawl_id = $crawl_id AND (${condition}))`

const readPairs = Effect.fnUntraced(function*(crawl: AnalysedCrawl, condition: string, parameters: Record<string, number>, most: number) {
  const database = yield* Database
  const given = { crawl_id: crawl.crawl_id, ...parameters }
  const pairs = yield* database.rows(
    PairRow,
    `${pairsWhere(condition)}
    SELECT p.* EXCLUDE (crawl_id), a.host AS host_a, b.host AS host_b
    FROM chosen p JOIN host a ON a.server_id = p.server_a JOIN host b ON b.server_id = p.server_b
    ORDER BY same_operator DESC, operator_bits DESC, server_a, server_b LIMIT ${most}`,
    given
  )
  const evidence = yield* database.rows(
    EvidenceRow,
    `${pairsWhere(condition)}
    SELECT e.* EXCLUDE (crawl_id, detail), e.detail::VARCHAR AS detail, w.question, w.forgeability, w.definition, w.innocent
    FROM chosen JOIN evidence e USING (crawl_id, server_a, server_b)
    JOIN comparison_weight w USING (crawl_id, comparison, level)
    ORDER BY e.bits DESC, e.comparison`,
    given
  )
  return pairs.map((pair): StoredPair => ({
    pair,
    evidence: evidence.filter((it) => it.server_a === pair.server_a && it.server_b === pair.server_b)
  }))
})

/** One pair by its servers, in any order; undefined where nothing is stored of it. */
export const readPair = Effect.fnUntraced(function*(crawl: AnalysedCrawl, one: number, other: number) {
  const [a, b] = [Math.min(one, other), Math.max(one, other)]
  return (yield* readPairs(crawl, "server_a = $a AND server_b = $b", { a, b }, 1))[0]
})

/** The crawl's server that has an endpoint at a host; undefined for none. */
export const readServerAt = Effect.fnUntraced(function*(crawl: AnalysedCrawl, host: string) {
  const database = yield* Database
  const [row] = yield* database.rows(
    Schema.Struct({ server_id: Schema.Int }),
    `SELECT min(s.server_id) AS server_id FROM server_endpoint s JOIN endpoint e USING (endpoint_id)
    WHERE s.crawl_id = $crawl_id AND e.host = $host HAVING count(*) > 0`,
    { crawl_id: crawl.crawl_id, host: host.toLowerCase() }
  )
  return row?.server_id
})

/** One group by its number; undefined for none. */
export const readCluster = Effect.fnUntraced(function*(crawl: AnalysedCrawl, clusterId: number) {
  const database = yield* Database
  const given = { crawl_id: crawl.crawl_id, cluster_id: clusterId }
  const [cluster] = yield* database.rows(
    ClusterRow,
    `SELECT cluster_id, kind, evidence, servers, posterior, weakest_link, detail::VARCHAR AS detail
    FROM cluster WHERE crawl_id = $crawl_id AND cluster_id = $cluster_id`,
    given
  )
  if (cluster === undefined) return undefined
  const members = yield* database.rows(
    MemberRow,
    `SELECT m.server_id, arg_min(e.host, e.endpoint_id) AS host, any_value(m.posterior) AS posterior,
      any_value(m.evidence) AS evidence
    FROM cluster_member m
    JOIN server_endpoint se ON se.crawl_id = m.crawl_id AND se.server_id = m.server_id
    JOIN endpoint e USING (endpoint_id)
    WHERE m.crawl_id = $crawl_id AND m.cluster_id = $cluster_id
    GROUP BY m.server_id ORDER BY m.server_id`,
    given
  )
  return { cluster, members } satisfies StoredCluster
})

/** All that is stored of one server. */
export const readServer = Effect.fnUntraced(function*(crawl: AnalysedCrawl, serverId: number) {
  const database = yield* Database
  const given = { crawl_id: crawl.crawl_id, server_id: serverId }
  const hosts = yield* database.rows(
    Schema.Struct({ host: Schema.String }),
    `SELECT DISTINCT e.host FROM server_endpoint s JOIN endpoint e USING (endpoint_id)
    WHERE s.crawl_id = $crawl_id AND s.server_id = $server_id ORDER BY e.host`,
    given
  )
  const ids = yield* database.rows(
    Schema.Struct({ cluster_id: Schema.Int }),
    "SELECT cluster_id FROM cluster_member WHERE crawl_id = $crawl_id AND server_id = $server_id ORDER BY cluster_id",
    given
  )
  const clusters = yield* Effect.forEach(ids, ({ cluster_id }) => readCluster(crawl, cluster_id))
  const server: StoredServer = {
    serverId,
    hosts: hosts.map(({ host }) => host),
    clusters: clusters.filter((cluster) => cluster !== undefined),
    pairs: yield* readPairs(crawl, "server_a = $server_id OR server_b = $server_id", { server_id: serverId }, 5)
  }
  return server
})
