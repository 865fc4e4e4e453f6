import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { Partition } from "../archive/manifest.ts"
import { archiveTables, type ArchiveTable } from "../archive/table-roles.ts"
import { engineOf, fileSelection, sumOf } from "../archive/write-partition.ts"
import { identifier, run } from "../duckdb.ts"
import { readRows } from "../read-rows.ts"
import { StoreError } from "../store-error.ts"
import { unsoundTable } from "./sound-rows.ts"

/** Where the rows of a partition's table lie once they were read. */
export const readTable = (table: string): string => identifier(`read_${table}`)

/** No crawl has so many visits; numbers further apart would use up those that are left. */
const mostNumbers = 50_000_000

const CountRow = Schema.Struct({ n: Schema.Int })

/** Rows that speak of visits or snapshots that are not the partition's own, as counts. */
const strangersOf = (tables: ReadonlyArray<ArchiveTable>, has: (table: string) => boolean): ReadonlyArray<string> =>
  tables.filter(({ name }) => has(name)).flatMap(({ columns, name }) => {
    const known = (table: "visit" | "snapshot") => has(table) ? `SELECT ${table}_id FROM ${readTable(table)}` : "SELECT 0 WHERE false"
    return [
      ...columns.includes("visit_id") ? [`SELECT count(*) AS n FROM ${readTable(name)} WHERE visit_id IS NOT NULL AND visit_id NOT IN (${known("visit")})`] : [],
      ...columns.includes("visit_ids") ? [`SELECT count(*) AS n FROM (SELECT unnest(visit_ids) AS visit_id FROM ${readTable(name)}) WHERE visit_id IS NOT NULL AND visit_id NOT IN (${known("visit")})`] : [],
      ...columns.includes("snapshot_id") ? [`SELECT count(*) AS n FROM ${readTable(name)} WHERE snapshot_id IS NOT NULL AND snapshot_id NOT IN (${known("snapshot")})`] : []
    ]
  })

/**
 * Reads tables of a partition, each file once, into tables of this session, and
 * makes sure that they are what its manifest says: also where somebody replaces it
 * meanwhile, and where it comes from somebody who means no good. Its crawl is the
 * one of the manifest, none of its rows speaks of visits that are not its own, and
 * none has values that there cannot be.
 * Fails with `cannot open`.
 */
export const readWhole = Effect.fn("readWhole")(function*(
  connection: DuckDBConnection,
  archive: string,
  { folder, manifest }: Partition,
  wanted: ReadonlySet<string>
): Effect.fn.Return<void, StoreError> {
  const doing = `Cannot read ${archive}/${folder}`
  const wrong = (what: string) => new StoreError({ reason: "cannot open", message: `${doing}: ${what}.` })
  const tables = manifest.tables.filter(({ name }) => wanted.has(name))
  const names = new Set(tables.map(({ name }) => name))
  if (names.size < tables.length) return yield* wrong("its manifest names a table twice")
  const comparesHashes = manifest.engine === (yield* engineOf(connection))
  for (const { checksum, name, rows } of tables) {
    const file = fileSelection(`${archive}/${folder}/${name}.parquet`)
    yield* run(connection, "cannot open", doing, `CREATE OR REPLACE TEMP TABLE ${readTable(name)} AS ${file} LIMIT ${rows + 1}`)
    const read = yield* sumOf(connection, `SELECT * FROM ${readTable(name)}`)
    if (read.rows !== rows || (comparesHashes && read.checksum !== checksum)) {
      return yield* wrong(`${name}.parquet does not hold what the manifest says; it broke, or was replaced while it was read`)
    }
  }
  const { crawl_id, network, started_at, vantage } = manifest
  if (!names.has("crawl")) return yield* wrong("it has no crawl")
  const its = yield* readRows(
    connection,
    Schema.Struct({ crawl_id: Schema.Int, network: Schema.String, vantage: Schema.String, started_at: Schema.String }),
    `SELECT crawl_id, network, vantage, started_at FROM ${readTable("crawl")} LIMIT 2`
  )
  if (its.length !== 1 || JSON.stringify({ crawl_id, network, vantage, started_at }) !== JSON.stringify(its[0])) return yield* wrong("its crawl is not the one of the manifest")
  const known = (yield* archiveTables(connection)).filter(({ name }) => names.has(name))
  for (const sql of strangersOf(known, (name) => names.has(name))) {
    const [row] = yield* readRows(connection, CountRow, sql)
    if (row!.n > 0) return yield* wrong("it speaks of visits or snapshots that are not its own")
  }
  const unsound = yield* unsoundTable(connection, known.map(({ name }) => name), readTable)
  if (unsound !== null) return yield* wrong(`${unsound}.parquet has values that there cannot be`)
  for (const [table, number] of [["visit", "visit_id"], ["snapshot", "snapshot_id"], ["endpoint_state", "sequence"]] as const) {
    if (!names.has(table)) continue
    const [row] = yield* readRows(connection, CountRow, `SELECT coalesce(max(${number})::BIGINT - min(${number})::BIGINT, 0) AS n FROM ${readTable(table)}`)
    if (row!.n > mostNumbers) return yield* wrong(`its numbers of ${table} are too far apart`)
  }
})

/** Removes what was read. */
export const forgetRead = Effect.fnUntraced(function*(connection: DuckDBConnection, { manifest }: Partition): Effect.fn.Return<void, StoreError> {
  for (const { name } of manifest.tables) yield* run(connection, "write failed", "Cannot forget a partition", `DROP TABLE IF EXISTS temp.${readTable(name)}`)
})
