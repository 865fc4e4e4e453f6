import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from "@duckdb/node-api"
import duckdb from "@duckdb/node-bindings"
import { Effect, Schema } from "effect"
import { type Capture, CaptureCounts } from "../domain/captures.ts"
import type { Captured, CrawlCoverage } from "../domain/coverage.ts"
import { run } from "./duckdb.ts"
import type { CrawlId } from "./facts.ts"
import { readChunks, readRows } from "./read-rows.ts"
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

/** Endpoints of the servers that showed the crawl's chain. */
const MemberRow = Schema.Struct({
  serverId: Schema.Int,
  endpointId: Schema.Int,
  networkClass: Schema.Literals(["ipv4", "ipv6", "onion", "name"]),
  reachable: Schema.Boolean
})

const membersSql = `
SELECT se.server_id AS "serverId", se.endpoint_id AS "endpointId", e.network_class AS "networkClass", coalesce(ce.reachable, false) AS reachable
FROM server s
JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
JOIN endpoint e ON e.endpoint_id = se.endpoint_id
LEFT JOIN crawl_endpoint ce ON ce.crawl_id = s.crawl_id AND ce.endpoint_id = se.endpoint_id
WHERE s.crawl_id = $crawlId AND coalesce(s.chain = (SELECT network FROM crawl WHERE crawl_id = $crawlId), false)`

const namedSql = "SELECT advertisement_id, endpoint_id FROM advertisement_endpoint"

/**
 * A capture is the peer list of another server, or a source: all speakers of a
 * channel and all versions of a list are one. What a server says of itself and
 * what the user named are none. A server counts in the classes in which it
 * answered, and is captured there by who names an endpoint of that class.
 */
const capturesSql = `
SELECT s.source_id, s.kind = 'server' AS by_peer, f.server_id, CASE WHEN s.kind = 'server' THEN NULL ELSE s.kind || ' ' || s.name END AS voice, s.endpoint_id
FROM source s LEFT JOIN server_endpoint f ON f.crawl_id = $crawlId AND f.endpoint_id = s.endpoint_id
WHERE s.kind NOT IN ('features', 'user')`

const readSql = "SELECT source_id FROM reading WHERE crawl_id = $crawlId"

const readingsSql = "SELECT source_id, advertisement_ids FROM reading WHERE crawl_id = $crawlId"

interface ReadCapture extends Capture {
  /** Readings of it that have not come yet. */
  left: number
  readonly lists: Array<Int32Array>
}

type Columns = ReadonlyArray<ReadonlyArray<DuckDBValue>>

/** What each source is part of, by its number; `read` are the sources of all readings. */
const capturesOf = ([sourceIds = [], byPeers, serverIds, voices, endpointIds]: Columns, [read = []]: Columns): ReadonlyMap<number, ReadCapture> => {
  const byName = new Map<string, ReadCapture>()
  const bySource = new Map<number, ReadCapture>()
  for (let i = 0; i < sourceIds.length; i++) {
    const byPeer = byPeers![i] === true
    const serverId = serverIds![i] as number | null
    const name = byPeer ? String(serverId ?? `endpoint ${String(endpointIds![i])}`) : String(voices![i])
    let capture = byName.get(name)
    if (capture === undefined) byName.set(name, capture = { byPeer, serverId, left: 0, lists: [] })
    bySource.set(sourceIds[i] as number, capture)
  }
  for (const sourceId of read) {
    const capture = bySource.get(sourceId as number)
    if (capture !== undefined) capture.left++
  }
  return bySource
}

/** The second column's lists of numbers, as DuckDB has them: to get millions of them one by one would take longer than all that is done with them. */
const listsOf = (chunk: DuckDBDataChunk): ReadonlyArray<Int32Array> => {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, 1)
  const child = duckdb.list_vector_get_child(vector)
  const numbers = new Int32Array(new Uint8Array(duckdb.vector_get_data(child, 4 * duckdb.list_vector_get_size(vector))).buffer)
  const places = new BigUint64Array(new Uint8Array(duckdb.vector_get_data(vector, 16 * chunk.rowCount)).buffer)
  return Array.from({ length: chunk.rowCount }, (_, row) => {
    const from = Number(places[2 * row])
    return numbers.subarray(from, from + Number(places[2 * row + 1]))
  })
}

const readCaptured = Effect.fnUntraced(function*(connection: DuckDBConnection, crawlId: CrawlId) {
  const columns = (sql: string, parameters?: { readonly crawlId: CrawlId }) =>
    Effect.map(run(connection, "query failed", "Cannot estimate coverage", sql, parameters), (reader) => reader.getColumns())
  const members = yield* readRows(connection, MemberRow, membersSql, { crawlId })
  const [advertisementIds = [], endpointIds = []] = yield* columns(namedSql)
  const counts = new CaptureCounts(members, { advertisementIds: advertisementIds as Array<number>, endpointIds: endpointIds as Array<number> })
  const captures = capturesOf(yield* columns(capturesSql, { crawlId }), yield* columns(readSql, { crawlId }))
  yield* readChunks(connection, readingsSql, { crawlId }, (chunk) => Effect.sync(() => {
    const sources = chunk.getColumnVector(0)
    for (const [row, list] of listsOf(chunk).entries()) {
      const capture = captures.get(sources.getItem(row) as number)
      if (capture === undefined) continue
      capture.lists.push(list)
      if (--capture.left === 0) counts.add(capture, capture.lists.splice(0))
    }
  }))
  return { rows: counts.rows(), captures: counts.captures }
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
