import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import type { ClusterMembership } from "./candidate.ts"

const ClusterRow = Schema.Struct({
  cluster_id: Schema.Int,
  posterior: Schema.Finite,
  server_ids: Schema.Array(Schema.Int),
  member_posteriors: Schema.Array(Schema.NullOr(Schema.Finite))
})

/** The operator clusters that the newest analysis of a crawl stored; none before there was one. */
export const readOperatorClusters = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(
    ClusterRow,
    `SELECT c.cluster_id, c.posterior, list(m.server_id ORDER BY m.server_id) AS server_ids,
      list(m.posterior ORDER BY m.server_id) AS member_posteriors
    FROM cluster c JOIN cluster_member m USING (crawl_id, cluster_id)
    WHERE c.crawl_id = $crawl_id AND c.kind = 'operator' AND c.posterior IS NOT NULL
    GROUP BY ALL ORDER BY c.cluster_id`,
    { crawl_id: crawlId }
  )
  return rows.map(({ cluster_id, member_posteriors, posterior, server_ids }): ClusterMembership => {
    const known = member_posteriors.filter((probability) => probability !== null)
    return {
      clusterId: cluster_id,
      serverIds: server_ids,
      posterior,
      ...(known.length === server_ids.length ? { memberPosteriors: known } : {})
    }
  })
})
