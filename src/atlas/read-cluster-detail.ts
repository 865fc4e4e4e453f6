import { Effect, Option, Schema } from "effect"
import { readCluster } from "../analysis/verdict-reader.ts"
import { Database } from "../store/database.ts"
import type { KnownCluster } from "./read-clusters.ts"
import { analysedCrawl } from "./read-pair.ts"
import { ClusterDetail } from "./shapes/cluster.ts"
import type { CrawlRow } from "./shapes/crawl.ts"

/** Links shown of a group; the strongest. */
const mostLinks = 2_000

const { against, evidence, history, links } = ClusterDetail.fields

/** What the analysis stored beside a group; of shared keys another form than of operators, of the others nothing. */
const Stored = Schema.fromJsonString(Schema.Struct({
  statement: Schema.optionalKey(Schema.String),
  evidence: Schema.optionalKey(evidence),
  against: Schema.optionalKey(against),
  would_change: Schema.optionalKey(Schema.Array(Schema.String)),
  innocent_explanations: Schema.optionalKey(Schema.Array(Schema.String))
}))
const decodeStored = Schema.decodeUnknownOption(Stored)

const linksSql = `
  WITH member AS (SELECT server_id FROM cluster_member WHERE crawl_id = $crawl_id AND cluster_id = $cluster_id)
  SELECT server_a AS a, server_b AS b, same_operator AS "sameOperator", operator_bits AS bits
  FROM pair
  WHERE crawl_id = $crawl_id AND server_a IN (FROM member) AND server_b IN (FROM member)
  ORDER BY same_operator DESC, operator_bits DESC, a, b LIMIT ${mostLinks}`

/** What speaks for a group of infrastructure, which the analysis stores pair by pair. */
const sharedSql = `
  WITH member AS (SELECT server_id FROM cluster_member WHERE crawl_id = $crawl_id AND cluster_id = $cluster_id),
  link AS (
    SELECT * FROM evidence WHERE crawl_id = $crawl_id AND server_a IN (FROM member) AND server_b IN (FROM member)
  )
  SELECT l.comparison, any_value(w.definition) AS definition, count(*)::INTEGER AS links,
    (SELECT count(DISTINCT (server_a, server_b)) FROM link)::INTEGER AS "of", max(l.bits) AS bits,
    coalesce(list(DISTINCT l.value) FILTER (l.value IS NOT NULL), [])[:5] AS "values",
    any_value(w.innocent) AS innocent, [] AS rows
  FROM link l JOIN comparison_weight w USING (crawl_id, comparison, level)
  WHERE w.question = $question AND l.counted AND l.bits > 0
  GROUP BY l.comparison ORDER BY count(*) * max(l.bits) DESC, l.comparison`

const historySql = `
  SELECT k.crawl_id AS "crawlId", c.started_at AS "startedAt", k.servers, k.posterior
  FROM cluster k JOIN crawl c USING (crawl_id)
  WHERE k.cluster_id = $cluster_id AND c.network = $network ORDER BY k.crawl_id`

/** What would take a group apart that is no operator's. */
const wouldChange: Readonly<Record<string, ReadonlyArray<string>>> = {
  "shared infrastructure": ["Values that differ at one moment, in a later snapshot, would take the servers apart."],
  "same machine": ["Addresses or host keys that differ at one time would take the servers apart."],
  "same behaviour": ["Another release or configuration of one of them would take it out."],
  "shared key": ["A new key on one of them would take it out; that both held one key stays a fact."]
}

/** Evidence that is seen in all members alike and weighed nowhere: a key, a behaviour. */
const sameInAll = (
  { evidence, kind, servers }: KnownCluster["row"],
  definition: string,
  innocent: ReadonlyArray<string>
): ClusterDetail["evidence"][number] => {
  const pairs = servers * (servers - 1) / 2
  return { comparison: kind, definition, links: pairs, of: pairs, bits: 0, values: evidence === null ? [] : [evidence], innocent, rows: [] }
}

/** Kinds of groups whose own evidence is seen in all their members alike. */
export const seenInAll: ReadonlySet<string> = new Set(["same behaviour", "shared key"])

/** Why a group is one, what speaks against it, what would change it, and how it was in other crawls. */
export const readClusterDetail = Effect.fnUntraced(function*(crawl: CrawlRow, { row }: KnownCluster) {
  const database = yield* Database
  const given = { crawl_id: crawl.crawlId, cluster_id: row.clusterId }
  const known = yield* readCluster(analysedCrawl(crawl), row.clusterId)
  const stored = Option.getOrElse(decodeStored(known?.cluster.detail), (): typeof Stored.Type => ({}))
  const seen = stored.innocent_explanations ?? (row.kind === "same behaviour" ? ["widespread software, in widespread releases", "one image or package"] : null)
  const shared = stored.evidence ?? (seen === null
    ? yield* database.rows(evidence.value, sharedSql, { ...given, question: row.kind })
    : [sameInAll(row, stored.statement ?? row.statement, seen)])
  const detail: ClusterDetail = {
    crawlId: crawl.crawlId,
    cluster: row,
    members: (known?.members ?? []).map(({ evidence, host, posterior, server_id }) => ({
      serverId: server_id,
      host,
      posterior,
      evidence: evidence ?? (seenInAll.has(row.kind) ? row.evidence : null) ?? ""
    })),
    links: yield* database.rows(links.value, linksSql, given),
    evidence: shared,
    against: stored.against ?? [],
    wouldChange: stored.would_change ?? wouldChange[row.kind] ?? [],
    history: yield* database.rows(history.value, historySql, { cluster_id: row.clusterId, network: crawl.network })
  }
  return detail
})
