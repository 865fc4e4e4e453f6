import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { Captured, CrawlCoverage } from "../domain/coverage.ts"
import { giveMemoryBack, run } from "./duckdb.ts"
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

const CountRow = Schema.Struct({ captures: Schema.Int })

const CapturedRow = Schema.Struct({
  networkClass: Schema.NullOr(Schema.Literals(["ipv4", "ipv6", "onion", "name"])),
  peerLists: Schema.Int,
  sources: Schema.Int
})

/**
 * A capture is the peer list of another server, or a source: all speakers of a
 * channel and all versions of a list are one. What a server says of itself and
 * what the user named are none. A server counts in the classes in which it
 * answered, and is captured there by who names an endpoint of that class.
 */
const tablesOfCaptures = [
  `CREATE TEMP TABLE capture_member AS
  SELECT se.server_id, se.endpoint_id, e.network_class, coalesce(ce.reachable, false) AS reachable
  FROM server s
  JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
  JOIN endpoint e ON e.endpoint_id = se.endpoint_id
  LEFT JOIN crawl_endpoint ce ON ce.crawl_id = s.crawl_id AND ce.endpoint_id = se.endpoint_id
  WHERE s.crawl_id = $crawlId AND coalesce(s.chain = (SELECT network FROM crawl WHERE crawl_id = $crawlId), false)`,
  `CREATE TEMP TABLE capture_named AS
  SELECT DISTINCT ae.advertisement_id, m.server_id, m.network_class FROM advertisement_endpoint ae JOIN capture_member m USING (endpoint_id)`,
  `CREATE TEMP TABLE capture_source AS
  WITH speaker AS (
    SELECT source_id, endpoint_id, kind = 'server' AS by_peer, min(source_id) OVER (PARTITION BY kind, name) AS voice
    FROM source WHERE kind NOT IN ('features', 'user')
  ), heard AS (
    SELECT DISTINCT source_id FROM (SELECT source_id, unnest(advertisement_ids) AS advertisement_id FROM reading WHERE crawl_id = $crawlId)
    WHERE advertisement_id IN (SELECT advertisement_id FROM advertisement_endpoint)
  ), captured AS (
    SELECT s.source_id, s.by_peer, CASE WHEN s.by_peer THEN coalesce(f.server_id, -s.endpoint_id) ELSE s.voice END AS capture
    FROM speaker s JOIN heard USING (source_id)
    LEFT JOIN server_endpoint f ON f.crawl_id = $crawlId AND f.endpoint_id = s.endpoint_id
  )
  SELECT *, dense_rank() OVER (ORDER BY by_peer, capture)::INTEGER AS place FROM captured`,
  "CREATE TEMP TABLE captured_by (server_id INTEGER, network_class VARCHAR, by_peer BOOLEAN, captures INTEGER)"
]

const leftTables = ["capture_member", "capture_named", "capture_source", "captured_by"].map((table) => `DROP TABLE IF EXISTS temp.${table}`)

/**
 * Every server is named by some two hundred others, so who names whom are millions
 * of pairs: each server has a bit for each capture, an eighth of a byte where a set of
 * pairs would have forty. For so many captures at a time: for all of 10,000 servers at once
 * it took 140 MB.
 */
const atATime = 1024

const countSql = (from: number): string => `
INSERT INTO captured_by
SELECT n.server_id, n.network_class, said.by_peer, bit_count(bitstring_agg(said.place, ${from}, ${from + atATime - 1}))::INTEGER
FROM (
  SELECT s.by_peer, s.place, s.capture, unnest(r.advertisement_ids) AS advertisement_id FROM reading r JOIN capture_source s USING (source_id)
  WHERE r.crawl_id = $crawlId AND s.place BETWEEN ${from} AND ${from + atATime - 1}
) said JOIN capture_named n USING (advertisement_id)
WHERE NOT said.by_peer OR said.capture <> n.server_id
GROUP BY GROUPING SETS ((said.by_peer, n.server_id, n.network_class), (said.by_peer, n.server_id))`

const capturedSql = `
WITH answered AS (
  SELECT server_id, network_class FROM capture_member WHERE reachable GROUP BY ROLLUP (server_id, network_class)
  HAVING GROUPING(server_id) = 0
), counted AS (
  SELECT server_id, network_class, (sum(captures) FILTER (by_peer))::INTEGER AS peer_lists, (sum(captures) FILTER (NOT by_peer))::INTEGER AS sources
  FROM captured_by GROUP BY server_id, network_class
)
SELECT a.network_class AS "networkClass", coalesce(c.peer_lists, 0) AS "peerLists", coalesce(c.sources, 0) AS sources
FROM answered a
LEFT JOIN counted c ON c.server_id = a.server_id AND c.network_class IS NOT DISTINCT FROM a.network_class
ORDER BY a.server_id, a.network_class`

/**
 * DuckDB takes the announcements, of which it does not know that they are many, for
 * the smaller side of a join and would hold all of them in memory.
 */
const asWritten = "SET disabled_optimizers = 'build_side_probe_side'"
const asUsual = "RESET disabled_optimizers"

const readCaptured = Effect.fnUntraced(function*(connection: DuckDBConnection, crawlId: CrawlId) {
  const command = (sql: string, parameters?: { readonly crawlId: CrawlId }) => run(connection, "write failed", "Cannot estimate coverage", sql, parameters)
  yield* command(asWritten)
  return yield* Effect.gen(function*() {
    for (const sql of tablesOfCaptures) yield* command(sql, sql.includes("$crawlId") ? { crawlId } : undefined)
    yield* command(giveMemoryBack)
    const [counted] = yield* readRows(connection, CountRow, "SELECT coalesce(max(place), 0) AS captures FROM capture_source")
    const { captures } = counted!
    for (let from = 1; from <= captures; from += atATime) {
      yield* command(countSql(from), { crawlId })
      yield* command(giveMemoryBack)
    }
    return { rows: yield* readRows(connection, CapturedRow, capturedSql), captures }
  }).pipe(
    Effect.ensuring(Effect.ignore(Effect.forEach([asUsual, ...leftTables], (sql) => command(sql), { discard: true })))
  )
})

const saveSql = `
INSERT INTO crawl_coverage BY NAME SELECT $crawl_id AS crawl_id, $network_class AS network_class, $method AS method, $answered AS answered,
  $captured AS captured, $seen AS seen, $estimated AS estimated, $estimated_low AS estimated_low, $estimated_high AS estimated_high`

export const makeCoverageRecords = (writer: Writer): CoverageRecords => ({
  captured: Effect.fn("Store.coverage.captured")((crawlId) =>
    writer.reading((connection) => readCaptured(connection, crawlId))),
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
