import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { CrawlId } from "./facts.ts"
import { readRows } from "./read-rows.ts"
import type { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"

/** A regular visit to an endpoint of a server that has several hosts. */
export interface JoinedVisit {
  readonly crawlId: CrawlId
  /** Meaningful within its crawl. */
  readonly serverId: number
  readonly host: string
  /** Whose books it was on: the address dialled where known, else the host. */
  readonly target: string
  /** Hosts claimed in features, as written. */
  readonly claimedHosts: ReadonlyArray<string>
}

/** What a visit of any kind cost, in ElectrumX's units. */
export interface HostCost {
  readonly host: string
  /** When it was over, milliseconds since 1970. */
  readonly at: number
  readonly cost: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** By then a name may have passed to somebody else. */
const oldestMs = 30 * dayMs

const JoinedRow = Schema.Struct({
  crawl_id: Schema.Int,
  server_id: Schema.Int,
  host: Schema.String,
  target: Schema.String,
  features_hosts: Schema.NullOr(Schema.fromJsonString(Schema.Array(Schema.Struct({ host: Schema.String }))))
})

/*
 * The newest crawl alone does not do: names that our own ledger kept it from
 * visiting are joined to nothing there. So what a host was joined to in the
 * newest crawl in which it answered stands, and whatever was joined within a day:
 * crawls in quick succession visit now this name, now that.
 */
const joinedVisits = `
WITH joined AS (
  SELECT c.crawl_id, c.started_at, se.server_id, e.host, coalesce(v.address, e.host) AS target, v.visit_id, v.features_hosts,
    v.software IS NOT NULL OR v.protocol IS NOT NULL OR v.outcome = 'answered' AS answered
  FROM crawl c
  JOIN server_endpoint se ON se.crawl_id = c.crawl_id
  JOIN endpoint e ON e.endpoint_id = se.endpoint_id
  JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
  WHERE c.network = $network AND c.started_at >= $oldest
), newest AS (
  SELECT host, max(crawl_id) AS crawl_id FROM joined WHERE answered GROUP BY host
), kept AS (
  SELECT crawl_id, server_id FROM joined WHERE started_at >= $recent
  UNION
  SELECT crawl_id, server_id FROM joined JOIN newest USING (host, crawl_id)
), several AS (
  SELECT crawl_id, server_id FROM joined JOIN kept USING (crawl_id, server_id)
  GROUP BY crawl_id, server_id HAVING count(DISTINCT host) > 1
)
SELECT crawl_id, server_id, host, target, features_hosts
FROM joined JOIN several USING (crawl_id, server_id)
ORDER BY visit_id`

/**
 * Visits of servers that crawls of a network found to have several hosts,
 * not too long before `now` (milliseconds since 1970), the oldest first.
 */
export const readJoinedVisits = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  network: string,
  now: number
): Effect.fn.Return<ReadonlyArray<JoinedVisit>, StoreError> {
  const rows = yield* readRows(connection, JoinedRow, joinedVisits, {
    network,
    oldest: timestamp(Math.max(0, now - oldestMs)),
    recent: timestamp(Math.max(0, now - dayMs))
  })
  return rows.map((row) => ({
    crawlId: row.crawl_id,
    serverId: row.server_id,
    host: row.host,
    target: row.target,
    claimedHosts: row.features_hosts?.map(({ host }) => host) ?? []
  }))
})

const HostCostRow = Schema.Struct({ host: Schema.String, at: Schema.Finite, cost: Schema.Finite })

/** What visits from a vantage cost within the last hour, in which servers forget 7,200 units. */
export const readHostCosts = (
  connection: DuckDBConnection,
  { network, vantage }: { readonly network: string; readonly vantage: string },
  now: number
): Effect.Effect<ReadonlyArray<HostCost>, StoreError> =>
  readRows(
    connection,
    HostCostRow,
    `SELECT e.host, CAST(epoch_ms(v.started_at) + v.ended_ms AS DOUBLE) AS at, CAST(v.cost AS DOUBLE) AS cost
     FROM visit v JOIN crawl c USING (crawl_id) JOIN endpoint e USING (endpoint_id)
     WHERE c.network = $network AND c.vantage = $vantage AND v.started_at >= $since AND v.cost > 0
     ORDER BY v.visit_id`,
    { network, vantage, since: timestamp(Math.max(0, now - hourMs)) }
  )
