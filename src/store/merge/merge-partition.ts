import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { Partition } from "../archive/manifest.ts"
import { archiveTables } from "../archive/table-roles.ts"
import { identifier, run } from "../duckdb.ts"
import { lastCrawl, lastSequence, lastSnapshot, lastVisit } from "../last-numbers.ts"
import { readRows } from "../read-rows.ts"
import type { StoreError } from "../store-error.ts"
import { timestamp } from "../to-duckdb.ts"
import { inTransaction } from "../together.ts"
import { mergedTables, mergedValue, requiredColumns } from "./merged-tables.ts"
import { forgetRead, readTable, readWhole } from "./read-whole.ts"

/** What is known of an observer's archive while it is read. */
export interface Observer {
  /** Its folder. */
  readonly archive: string
  /** Numbers here of its crawls, by their numbers there; a number that two crawls of a folder have is null. */
  readonly crawls: Map<number, number | null>
}

const NumbersRow = Schema.Struct({ crawl: Schema.Int, visits: Schema.Int, snapshots: Schema.Int, sequences: Schema.Int })
const ColumnRow = Schema.Struct({ name: Schema.String })

/** First numbers that are free, less the first that the partition has, so that adding them renumbers its rows. */
const numbersSql = (file: (table: string) => string): string => `
  SELECT
    ${lastCrawl} + 1 AS crawl,
    ${lastVisit} + 1 - (SELECT coalesce(min(visit_id), 1) FROM ${file("visit")}) AS visits,
    ${lastSnapshot} + 1 - (SELECT coalesce(min(snapshot_id), 1) FROM ${file("snapshot")}) AS snapshots,
    ${lastSequence} + 1 - (SELECT coalesce(min(sequence), 1) FROM ${file("endpoint_state")}) AS sequences`

/** Adds what is not here yet of rows that several crawls refer to, and maps the observer's numbers to ours. */
const sharedSql = (file: (table: string) => string): ReadonlyArray<string> => [
  `INSERT INTO endpoint BY NAME SELECT t.* REPLACE (((SELECT coalesce(max(endpoint_id), 0) FROM endpoint) + row_number() OVER (ORDER BY t.endpoint_id))::INTEGER AS endpoint_id)
    FROM ${file("endpoint")} t WHERE t.endpoint_key NOT IN (SELECT endpoint_key FROM endpoint)`,
  `CREATE OR REPLACE TEMP TABLE map_endpoint AS SELECT t.endpoint_id AS old, e.endpoint_id AS new FROM ${file("endpoint")} t JOIN endpoint e USING (endpoint_key)`,
  `INSERT INTO source BY NAME SELECT t.* REPLACE (
      ((SELECT coalesce(max(source_id), 0) FROM source) + row_number() OVER (ORDER BY t.source_id))::INTEGER AS source_id,
      (SELECT m.new FROM map_endpoint m WHERE m.old = t.endpoint_id) AS endpoint_id)
    FROM ${file("source")} t WHERE NOT EXISTS (FROM source s WHERE s.kind = t.kind AND s.name = t.name AND s.detail IS NOT DISTINCT FROM t.detail)`,
  `CREATE OR REPLACE TEMP TABLE map_source AS SELECT t.source_id AS old, s.source_id AS new
    FROM ${file("source")} t JOIN source s ON s.kind = t.kind AND s.name = t.name AND s.detail IS NOT DISTINCT FROM t.detail`,
  `INSERT INTO advertisement BY NAME SELECT t.* REPLACE (((SELECT coalesce(max(advertisement_id), 0) FROM advertisement) + row_number() OVER (ORDER BY t.advertisement_id))::INTEGER AS advertisement_id)
    FROM ${file("advertisement")} t WHERE NOT EXISTS (FROM advertisement a WHERE ${sameReading})`,
  `CREATE OR REPLACE TEMP TABLE map_advertisement AS SELECT t.advertisement_id AS old, min(a.advertisement_id) AS new
    FROM ${file("advertisement")} t JOIN advertisement a ON ${sameReading} GROUP BY t.advertisement_id`,
  `INSERT INTO advertisement_endpoint SELECT DISTINCT a.new, e.new FROM ${file("advertisement_endpoint")} t
    JOIN map_advertisement a ON a.old = t.advertisement_id JOIN map_endpoint e ON e.old = t.endpoint_id
    WHERE NOT EXISTS (FROM advertisement_endpoint x WHERE x.advertisement_id = a.new AND x.endpoint_id = e.new)`,
  `INSERT INTO certificate BY NAME SELECT t.* FROM ${file("certificate")} t WHERE t.sha256 NOT IN (SELECT sha256 FROM certificate)`,
  `INSERT INTO earlier_host_address BY NAME SELECT t.* FROM ${file("earlier_host_address")} t
    WHERE NOT EXISTS (FROM earlier_host_address h WHERE h.network = t.network AND h.host = t.host AND h.resolved_at = t.resolved_at)`,
  `INSERT INTO earlier_host_address BY NAME SELECT t.network, t.host, t.addresses, t.resolved_at FROM ${file("host_address")} t
    WHERE len(t.addresses) > 0 AND EXISTS (FROM host_address h WHERE h.network = t.network AND h.host = t.host AND h.resolved_at <> t.resolved_at)`,
  `INSERT INTO host_address BY NAME SELECT t.* FROM ${file("host_address")} t
    WHERE NOT EXISTS (FROM host_address h WHERE h.network = t.network AND h.host = t.host)`,
  `INSERT INTO enrichment BY NAME SELECT t.* FROM ${file("enrichment")} t WHERE NOT EXISTS (FROM enrichment e
    WHERE e.network = t.network AND e.address = t.address AND e.fact = t.fact AND e.source_kind = t.source_kind AND e.source = t.source)`,
  `CREATE OR REPLACE TEMP TABLE map_server AS SELECT t.server_id AS old, min(m.new) AS new
    FROM ${file("server_endpoint")} t JOIN map_endpoint m ON m.old = t.endpoint_id GROUP BY t.server_id`
]

const sameReading = `a.network = t.network AND a.raw = t.raw AND a.raw_octets IS NOT DISTINCT FROM t.raw_octets
  AND a.problem IS NOT DISTINCT FROM t.problem AND a.services = t.services`

/** Reads one partition of an observer into a database, all of it or nothing, and says which crawl it is there. */
export const mergePartition = Effect.fn("mergePartition")(function*(
  connection: DuckDBConnection,
  observer: Observer,
  { folder, manifest }: Partition,
  now: number
): Effect.fn.Return<number, StoreError> {
  const doing = `Cannot read ${observer.archive}/${folder}`
  const command = (sql: string, parameters?: Parameters<typeof run>[4]) => run(connection, "write failed", doing, sql, parameters)
  const held = new Set(manifest.tables.map(({ name }) => name))
  // A table that the partition's schema did not have yet has no rows in it.
  const file = (table: string): string => held.has(table) ? readTable(table) : `(FROM ${table} LIMIT 0)`
  const all = yield* archiveTables(connection)
  const tables = mergedTables(all).filter(({ name }) => held.has(name))
  yield* readWhole(connection, observer.archive, { folder, manifest }, new Set([...tables, ...all.filter(({ role }) => role !== "local" && role !== "crawl" && role !== "visit" && role !== "snapshot")].map(({ name }) => name)))
  const [numbers] = yield* readRows(connection, NumbersRow, numbersSql(file))
  const { crawl, sequences, snapshots, visits } = numbers!
  const filled = (sql: string): string =>
    sql.replaceAll("$crawl", String(crawl)).replaceAll("$visits", String(visits)).replaceAll("$snapshots", String(snapshots)).replaceAll("$sequences", String(sequences))
  const read = Effect.gen(function*() {
    for (const sql of sharedSql(file)) yield* command(sql)
    yield* command("CREATE OR REPLACE TEMP TABLE map_crawl (old INTEGER, new INTEGER)")
    for (const [old, here] of [...observer.crawls, [manifest.crawl_id, crawl] as const]) if (here !== null) yield* command(`INSERT INTO map_crawl VALUES (${old}, ${here})`)
    for (const table of tables) {
      const there = new Set((yield* readRows(connection, ColumnRow, `SELECT column_name AS name FROM (DESCRIBE SELECT * FROM ${readTable(table.name)})`)).map(({ name }) => name))
      const columns = table.columns.filter((column) => there.has(column))
      const values = columns.map((column) => `${mergedValue(table, column)} AS ${identifier(column)}`)
      const whole = requiredColumns(table).map((column) => `r.${identifier(column)} IS NOT NULL`)
      yield* command(`INSERT INTO ${table.name} BY NAME SELECT * FROM (${filled(`SELECT ${values.join(", ")} FROM ${readTable(table.name)} t`)}) r${whole.length === 0 ? "" : ` WHERE ${whole.join(" AND ")}`}`)
    }
    yield* command(
      `INSERT INTO merged_crawl SELECT ${crawl}, $partition, concat_ws(' ', $archive::VARCHAR, vantage, settings->>'$.runner'), $there::INTEGER, $at FROM crawl WHERE crawl_id = ${crawl}`,
      { partition: folder, archive: observer.archive, there: manifest.crawl_id, at: timestamp(now) }
    )
  })
  yield* inTransaction(connection, doing, read)
  yield* forgetRead(connection, { folder, manifest })
  return crawl
})
