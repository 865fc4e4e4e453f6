import { Effect, Schema } from "effect"
import type { Captured, CrawlCoverage } from "../domain/coverage.ts"
import type { CrawlId } from "./facts.ts"
import { readRows } from "./read-rows.ts"
import type { StoreError } from "./store-error.ts"
import { together } from "./together.ts"
import type { Writer } from "./writer.ts"

/** What the estimate of a crawl's coverage is made of, and where it is kept. */
export interface CoverageRecords {
  /** One row a server that answered and class it answered in, and one for all classes; and how many lists and sources there were. */
  readonly captured: (crawlId: CrawlId) => Effect.Effect<{ readonly rows: ReadonlyArray<Captured>; readonly captures: number }, StoreError>
  /** Takes the place of what was estimated before. */
  readonly save: (crawlId: CrawlId, estimates: ReadonlyArray<CrawlCoverage>) => Effect.Effect<void, StoreError>
}

const CapturedRow = Schema.Struct({
  networkClass: Schema.NullOr(Schema.Literals(["ipv4", "ipv6", "onion", "name"])),
  peerLists: Schema.Int,
  sources: Schema.Int,
  captures: Schema.Int
})

/**
 * A capture is the peer list of another server, or a source: all speakers of a
 * channel and all versions of a list are one. What a server says of itself and
 * what the user named are none. A server counts in the classes in which it
 * answered, and is captured there by who names an endpoint of that class.
 */
const capturedSql = `
WITH member AS (
  SELECT se.server_id, se.endpoint_id, e.network_class, coalesce(ce.reachable, false) AS reachable
  FROM server s
  JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
  JOIN endpoint e ON e.endpoint_id = se.endpoint_id
  LEFT JOIN crawl_endpoint ce ON ce.crawl_id = s.crawl_id AND ce.endpoint_id = se.endpoint_id
  WHERE s.crawl_id = $crawlId AND coalesce(s.chain = (SELECT network FROM crawl WHERE crawl_id = $crawlId), false)
), answered AS (
  SELECT server_id, network_class FROM member WHERE reachable GROUP BY ROLLUP (server_id, network_class)
  HAVING GROUPING(server_id) = 0
), speaker AS (
  SELECT source_id, endpoint_id, kind = 'server' AS by_peer, min(source_id) OVER (PARTITION BY kind, name) AS voice
  FROM source WHERE kind NOT IN ('features', 'user')
), said AS (
  SELECT DISTINCT ae.endpoint_id, s.by_peer, CASE WHEN s.by_peer THEN coalesce(f.server_id, -s.endpoint_id) ELSE s.voice END AS capture
  FROM advertised a
  JOIN speaker s USING (source_id)
  JOIN advertisement_endpoint ae USING (advertisement_id)
  LEFT JOIN server_endpoint f ON f.crawl_id = a.crawl_id AND f.endpoint_id = s.endpoint_id
  WHERE a.crawl_id = $crawlId
), captured AS (
  SELECT m.server_id, m.network_class, GROUPING(m.network_class) AS all_classes,
    count(DISTINCT said.capture) FILTER (said.by_peer)::INTEGER AS peer_lists,
    count(DISTINCT said.capture) FILTER (NOT said.by_peer)::INTEGER AS sources
  FROM member m JOIN said ON said.endpoint_id = m.endpoint_id AND NOT (said.by_peer AND said.capture = m.server_id)
  GROUP BY GROUPING SETS ((m.server_id, m.network_class), (m.server_id))
)
SELECT a.network_class AS "networkClass", coalesce(c.peer_lists, 0) AS "peerLists", coalesce(c.sources, 0) AS sources,
  (SELECT count(*) FROM (SELECT DISTINCT by_peer, capture FROM said))::INTEGER AS captures
FROM answered a
LEFT JOIN captured c ON c.server_id = a.server_id AND c.network_class IS NOT DISTINCT FROM a.network_class
ORDER BY a.server_id, a.network_class`

const saveSql = `
INSERT INTO crawl_coverage BY NAME SELECT $crawl_id AS crawl_id, $network_class AS network_class, $method AS method, $answered AS answered,
  $captured AS captured, $seen AS seen, $estimated AS estimated, $estimated_low AS estimated_low, $estimated_high AS estimated_high`

export const makeCoverageRecords = (writer: Writer): CoverageRecords => ({
  captured: Effect.fn("Store.coverage.captured")((crawlId) =>
    Effect.map(
      writer.exclusively((connection) => readRows(connection, CapturedRow, capturedSql, { crawlId })),
      (rows) => ({ rows, captures: rows[0]?.captures ?? 0 })
    )),
  save: Effect.fn("Store.coverage.save")((crawlId, estimates) =>
    together(writer, [
      ["DELETE FROM crawl_coverage WHERE crawl_id = $crawlId", { crawlId }],
      ...estimates.map(({ answered, captured, method, networkClass, population }) =>
        [saveSql, {
          crawl_id: crawlId,
          network_class: networkClass,
          method,
          answered,
          captured,
          seen: population?.seen ?? null,
          estimated: population?.total ?? null,
          estimated_low: population?.low ?? null,
          estimated_high: population?.high ?? null
        }] as const
      )
    ]))
})
