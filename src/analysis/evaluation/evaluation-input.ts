import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import type { ServerLooks } from "./lie-coverage.ts"
import type { CrawledEndpoint } from "./server-truth.ts"

const EndpointRow = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.String
})

/** The endpoints of confirmed servers of a crawl, whatever their chain. */
export const readCrawledEndpoints = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(
    EndpointRow,
    `SELECT se.server_id, e.host, e.port, e.transport
    FROM server s
    JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
    JOIN endpoint e ON e.endpoint_id = se.endpoint_id
    WHERE s.crawl_id = $crawl_id AND s.confirmed
    ORDER BY ALL`,
    { crawl_id: crawlId }
  )
  return rows.map(({ server_id, ...endpoint }): CrawledEndpoint => ({ serverId: server_id, ...endpoint }))
})

const LooksRow = Schema.Struct({
  server_id: Schema.Int,
  tips: Schema.Int,
  histories: Schema.Int,
  scripts: Schema.Int,
  further: Schema.Int,
  vantages: Schema.Int,
  on_clearnet: Schema.Boolean,
  on_onion: Schema.Boolean,
  series: Schema.Int,
  requests: Schema.Int
})

/** How often the crawl, and the probes of its servers, asked each confirmed server of its chain what it could lie about. */
export const readServerLooks = Effect.fnUntraced(function*(crawlId: CrawlId) {
  const database = yield* Database
  const rows = yield* database.rows(
    LooksRow,
    `WITH run AS (
      SELECT $crawl_id AS crawl_id
      UNION SELECT crawl_id FROM snapshot WHERE servers_of = $crawl_id
      UNION SELECT crawl_id FROM differential WHERE servers_of = $crawl_id
    ), look AS (
      SELECT se.server_id, v.visit_id, any_value(v.requests) AS requests, any_value(c.vantage) AS vantage,
        any_value(e.host LIKE '%.onion') AS is_onion,
        count(*) FILTER (o.method = 'blockchain.headers.subscribe' AND o.outcome = 'ok') AS tips,
        count(*) FILTER (o.method = 'blockchain.scripthash.get_history' AND o.outcome = 'ok') AS histories
      FROM server_endpoint se
      JOIN endpoint e USING (endpoint_id)
      JOIN visit v USING (endpoint_id)
      JOIN run ON run.crawl_id = v.crawl_id
      JOIN crawl c ON c.crawl_id = v.crawl_id
      JOIN observation o USING (visit_id)
      WHERE se.crawl_id = $crawl_id
      GROUP BY se.server_id, v.visit_id
    )
    SELECT s.server_id,
      count(*) FILTER (l.tips > 0) AS tips,
      count(*) FILTER (l.histories > 0) AS histories,
      coalesce(max(l.histories), 0) AS scripts,
      (SELECT coalesce(max(TRY_CAST(b.detail->>'asked' AS INTEGER)), 0)
        FROM server_malformed m JOIN behaviour b USING (visit_id)
        WHERE m.crawl_id = $crawl_id AND m.server_id = s.server_id AND b.subject = 'further histories') AS further,
      count(DISTINCT l.vantage) AS vantages,
      coalesce(bool_or(NOT l.is_onion), false) AS on_clearnet,
      coalesce(bool_or(l.is_onion), false) AS on_onion,
      (SELECT count(*) FROM differential d WHERE d.servers_of = $crawl_id AND d.server_id = s.server_id AND d.outcome <> 'not comparable') AS series,
      coalesce(max(l.requests), 0) AS requests
    FROM server s
    JOIN crawl c ON c.crawl_id = s.crawl_id
    LEFT JOIN look l ON l.server_id = s.server_id
    WHERE s.crawl_id = $crawl_id AND s.confirmed AND coalesce(s.chain, c.network) = c.network
    GROUP BY s.server_id
    ORDER BY s.server_id`,
    { crawl_id: crawlId }
  )
  return rows.map((row): ServerLooks => ({
    serverId: row.server_id,
    tips: row.tips,
    histories: row.histories,
    scripts: row.scripts,
    further: row.further,
    vantages: row.vantages,
    isSeenOnClearnet: row.on_clearnet,
    isSeenOnOnion: row.on_onion,
    series: row.series,
    requests: row.requests
  }))
})
