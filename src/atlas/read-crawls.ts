import { Effect } from "effect"
import { Database } from "../store/database.ts"
import { CrawlRow } from "./shapes/crawl.ts"

/** Counts at every level, one pass over each table for all crawls. An advertisement is one source saying something, so the same entry from two sources is two. A running crawl has no servers yet: its hosts stand for them. */
const sql = `
  WITH said AS (
    SELECT crawl_id, sum(len(advertisement_ids)) AS advertisements FROM reading GROUP BY crawl_id
  ), met AS (
    SELECT ce.crawl_id, ce.endpoint_id, ce.host, ce.reachable FROM crawl_endpoint ce
  ), endpoints AS (
    SELECT crawl_id, count(*) AS endpoints, count(*) FILTER (reachable) AS reachable,
      count(DISTINCT host) AS hosts, count(DISTINCT host) FILTER (reachable) AS hosts_reachable
    FROM met GROUP BY crawl_id
  ), answered AS (
    SELECT s.crawl_id, s.server_id, coalesce(bool_or(m.reachable), false) AND coalesce(any_value(s.chain), any_value(c.network)) = any_value(c.network) AS reachable
    FROM server s
    JOIN crawl c USING (crawl_id)
    JOIN server_endpoint se USING (crawl_id, server_id)
    LEFT JOIN met m ON m.crawl_id = se.crawl_id AND m.endpoint_id = se.endpoint_id
    GROUP BY s.crawl_id, s.server_id
  ), servers AS (
    SELECT crawl_id, count(*) AS servers, count(*) FILTER (reachable) AS reachable FROM answered GROUP BY crawl_id
  )
  SELECT c.crawl_id AS "crawlId", c.kind, c.network, c.chain_title AS "chainTitle", c.simulated, c.state,
    c.started_at AS "startedAt", c.ended_at AS "endedAt", r.analysed_at AS "analysedAt", c.vantage,
    [way.name FOR way IN [
      {name: 'ipv4', has: c.vantage_ipv4}, {name: 'ipv6', has: c.vantage_ipv6},
      {name: 'tor', has: c.vantage_tor}, {name: 'proxy', has: c.vantage_proxy}
    ] IF way.has] AS ways,
    c.code_version AS "codeVersion",
    {
      'advertisements': coalesce(a.advertisements, 0)::INTEGER,
      'endpoints': coalesce(e.endpoints, 0)::INTEGER,
      'endpointsReachable': coalesce(e.reachable, 0)::INTEGER,
      'servers': coalesce(s.servers, e.hosts, 0)::INTEGER,
      'serversReachable': coalesce(s.reachable, e.hosts_reachable, 0)::INTEGER,
      'operatorGroups': r.operator_clusters::INTEGER
    } AS counts
  FROM crawl c
  LEFT JOIN said a USING (crawl_id)
  LEFT JOIN endpoints e USING (crawl_id)
  LEFT JOIN servers s USING (crawl_id)
  LEFT JOIN analysis_run r USING (crawl_id)
  WHERE c.kind = 'crawl'
  ORDER BY c.crawl_id DESC`

/** All crawls, the newest first; runs of probes and single visits are no picture of a network and not among them. */
export const readCrawls = Effect.fnUntraced(function*() {
  const database = yield* Database
  return yield* database.rows(CrawlRow, sql)
})

/** The crawl shown where none is named: the newest finished one, and before any has finished the newest; null for no crawl. */
export const latestOf = (crawls: ReadonlyArray<CrawlRow>): CrawlRow | null =>
  crawls.find(({ state }) => state === "finished") ?? crawls[0] ?? null
