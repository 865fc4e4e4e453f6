import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { Captured, CrawlCoverage } from "../domain/coverage.ts"
import { run } from "./duckdb.ts"
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

const CountRow = Schema.Struct({ peers: Schema.Int })

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
 *
 * Every server is named by some two hundred others, so who names whom are millions
 * of pairs: each server has a bit for each of the `peers` (as many as there may be
 * lists of peers), an eighth of a byte where a set of pairs would have forty.
 */
const capturedSql = (peers: number): string => `
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
), heard AS (
  SELECT s.source_id, s.by_peer, CASE WHEN s.by_peer THEN coalesce(f.server_id, -s.endpoint_id) ELSE s.voice END AS capture
  FROM speaker s
  LEFT JOIN server_endpoint f ON f.crawl_id = $crawlId AND f.endpoint_id = s.endpoint_id
  WHERE s.source_id IN (
    SELECT a.source_id FROM advertised a
    WHERE a.crawl_id = $crawlId AND a.advertisement_id IN (SELECT advertisement_id FROM advertisement_endpoint)
  )
), placed AS MATERIALIZED (
  SELECT *, dense_rank() OVER (PARTITION BY by_peer ORDER BY capture) AS place FROM heard
), named AS MATERIALIZED (
  SELECT DISTINCT ae.advertisement_id, m.server_id, m.network_class
  FROM advertisement_endpoint ae JOIN member m USING (endpoint_id)
), by_peers AS (
  SELECT n.server_id, n.network_class, bit_count(bitstring_agg(said.place, 1, ${peers}))::INTEGER AS peer_lists
  FROM (
    SELECT p.place, p.capture, unnest(r.advertisement_ids) AS advertisement_id FROM reading r JOIN placed p USING (source_id)
    WHERE r.crawl_id = $crawlId AND p.by_peer
  ) said JOIN named n USING (advertisement_id)
  WHERE said.capture <> n.server_id
  GROUP BY GROUPING SETS ((n.server_id, n.network_class), (n.server_id))
), by_lists AS (
  SELECT n.server_id, n.network_class, count(DISTINCT said.place)::INTEGER AS sources
  FROM (
    SELECT p.place, unnest(r.advertisement_ids) AS advertisement_id FROM reading r JOIN placed p USING (source_id)
    WHERE r.crawl_id = $crawlId AND NOT p.by_peer
  ) said JOIN named n USING (advertisement_id)
  GROUP BY GROUPING SETS ((n.server_id, n.network_class), (n.server_id))
)
SELECT a.network_class AS "networkClass", coalesce(p.peer_lists, 0) AS "peerLists", coalesce(l.sources, 0) AS sources,
  (SELECT count(*) FROM (SELECT DISTINCT by_peer, place FROM placed))::INTEGER AS captures
FROM answered a
LEFT JOIN by_peers p ON p.server_id = a.server_id AND p.network_class IS NOT DISTINCT FROM a.network_class
LEFT JOIN by_lists l ON l.server_id = a.server_id AND l.network_class IS NOT DISTINCT FROM a.network_class
ORDER BY a.server_id, a.network_class`

/**
 * DuckDB takes the announcements, of which it does not know that they are many, for
 * the smaller side of a join and would hold all of them in memory.
 */
const asWritten = "SET disabled_optimizers = 'build_side_probe_side'"
const asUsual = "RESET disabled_optimizers"

const readCaptured = Effect.fnUntraced(function*(connection: DuckDBConnection, crawlId: CrawlId) {
  const command = (sql: string) => run(connection, "write failed", "Cannot estimate coverage", sql)
  const [counted] = yield* readRows(connection, CountRow, "SELECT count(*)::INTEGER AS peers FROM source WHERE kind = 'server'")
  yield* command(asWritten)
  return yield* readRows(connection, CapturedRow, capturedSql(Math.max(1, counted!.peers)), { crawlId }).pipe(
    Effect.ensuring(Effect.ignore(command(asUsual)))
  )
})

const saveSql = `
INSERT INTO crawl_coverage BY NAME SELECT $crawl_id AS crawl_id, $network_class AS network_class, $method AS method, $answered AS answered,
  $captured AS captured, $seen AS seen, $estimated AS estimated, $estimated_low AS estimated_low, $estimated_high AS estimated_high`

export const makeCoverageRecords = (writer: Writer): CoverageRecords => ({
  captured: Effect.fn("Store.coverage.captured")((crawlId) =>
    Effect.map(
      writer.exclusively((connection) => readCaptured(connection, crawlId)),
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
