import { Effect } from "effect"
import { Database } from "../store/database.ts"
import { memberSql } from "./members.ts"
import { ServerDetail } from "./shapes/server-detail.ts"

/** How servers at the same hosts were in every crawl of the network; several of one crawl count as one. */
const sql = `
  WITH ${memberSql}, own AS (
    SELECT DISTINCT e.host FROM member m JOIN endpoint e USING (endpoint_id) WHERE m.server_id = $server_id
  ), met AS (
    SELECT ce.crawl_id, ce.endpoint_id, ce.reachable, v.software, v.address, t.certificate_sha256
    FROM crawl_endpoint ce
    JOIN endpoint e USING (endpoint_id)
    LEFT JOIN visit v ON v.visit_id = ce.visit_id
    LEFT JOIN tls_session t ON t.visit_id = ce.visit_id
    WHERE e.host IN (FROM own) AND ce.network = (SELECT network FROM crawl WHERE crawl_id = $crawl_id)
  ), joined AS (
    SELECT DISTINCT m.crawl_id, se.server_id FROM met m JOIN server_endpoint se USING (crawl_id, endpoint_id)
  ), judged AS (
    SELECT j.crawl_id, max(g.cluster_id) AS cluster_id, max(s.score) AS score
    FROM joined j
    LEFT JOIN (
      SELECT m.crawl_id, m.server_id, max(m.cluster_id) AS cluster_id
      FROM cluster_member m JOIN cluster k USING (crawl_id, cluster_id) WHERE k.kind = 'operator' GROUP BY ALL
    ) g USING (crawl_id, server_id)
    LEFT JOIN suspicion s USING (crawl_id, server_id)
    GROUP BY j.crawl_id
  )
  SELECT c.crawl_id AS "crawlId", c.started_at AS "startedAt", bool_or(m.reachable) AS reachable,
    min(m.software) AS software, min(m.certificate_sha256) AS certificate,
    coalesce(list(DISTINCT m.address ORDER BY m.address) FILTER (m.address IS NOT NULL), []) AS addresses,
    any_value(j.cluster_id) AS "clusterId", any_value(j.score) AS score
  FROM met m
  JOIN crawl c ON c.crawl_id = m.crawl_id AND c.kind = 'crawl'
  LEFT JOIN judged j ON j.crawl_id = m.crawl_id
  GROUP BY c.crawl_id, c.started_at ORDER BY c.crawl_id`

/** One row a crawl of the network that knew a server at one of its hosts, oldest first. */
export const readHistory = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
  const database = yield* Database
  return yield* database.rows(ServerDetail.fields.history.value, sql, { crawl_id: crawlId, server_id: serverId })
})

const listingsSql = `
  WITH ${memberSql}
  SELECT list, host, first_at AS "firstAt", last_at AS "lastAt", removed_at AS "removedAt"
  FROM listed_name
  WHERE network = (SELECT network FROM crawl WHERE crawl_id = $crawl_id)
    AND host IN (SELECT e.host FROM member m JOIN endpoint e USING (endpoint_id) WHERE m.server_id = $server_id)
  ORDER BY first_at, list, host`

/** Since when the hosts of a server have been on public lists, as far as those were imported. */
export const readListings = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
  const database = yield* Database
  return yield* database.rows(ServerDetail.fields.listings.value, listingsSql, { crawl_id: crawlId, server_id: serverId })
})
