import { dirname } from "node:path"
import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, FileSystem, Schema } from "effect"
import { literal, run } from "../duckdb.ts"
import { schemaVersion } from "../migrate.ts"
import { readRows } from "../read-rows.ts"
import { StoreError } from "../store-error.ts"
import { type Manifest, ManifestCrawl, manifestName, manifestText, type Partition, partitionFolder, readManifest } from "./manifest.ts"
import { rowsOfCrawl } from "./rows-of-crawl.ts"
import { type ArchiveTable, archiveTables, isOwn } from "./table-roles.ts"

const SumRow = Schema.Struct({ rows: Schema.Int, checksum: Schema.String })

/** Rows and a sum of their hashes, of a selection; the same however they are ordered. */
export const sumOf = (connection: DuckDBConnection, selection: string, parameters?: Parameters<typeof run>[4]) =>
  Effect.map(
    readRows(connection, SumRow, `SELECT count(*) AS rows, coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR AS checksum FROM (${selection}) t`, parameters),
    ([row]) => row!
  )

/** What makes hashes: they are compared where it is the same. */
export const engineOf = (connection: DuckDBConnection) =>
  Effect.map(readRows(connection, Schema.Struct({ engine: Schema.String }), "SELECT 'DuckDB ' || version() AS engine"), ([row]) => row!.engine)

export const fileSelection = (path: string): string => `SELECT * FROM read_parquet(${literal(path)}, hive_partitioning = false)`

const failed = (doing: string) => (cause: { readonly message: string }) =>
  new StoreError({ reason: "write failed", message: `${doing}: ${cause.message}`, cause })

/** A table of which an archive keeps rows of a crawl, and the rows. */
interface Selection {
  readonly table: ArchiveTable
  readonly sql: string
}

const selectionsOf = (tables: ReadonlyArray<ArchiveTable>): ReadonlyArray<Selection> =>
  tables.flatMap((table) => {
    const rows = rowsOfCrawl(table, tables)
    return rows === null ? [] : [{ table, sql: `SELECT * FROM ${table.name} WHERE ${rows}` }]
  })

/** Whether the files of a partition hold what its manifest says. */
export const isIntact = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  archive: string,
  { folder, manifest }: Partition
): Effect.fn.Return<boolean, never> {
  for (const { checksum, name, rows } of manifest.tables) {
    const found = yield* Effect.option(sumOf(connection, fileSelection(`${archive}/${folder}/${name}.parquet`)))
    if (found._tag === "None" || found.value.rows !== rows || found.value.checksum !== checksum) return false
  }
  return true
})

/** Whether a partition, as its manifest has it, is what the database holds of the crawl itself. */
const isCurrent = Effect.fnUntraced(function*(connection: DuckDBConnection, manifest: Manifest, version: number, selections: ReadonlyArray<Selection>) {
  if (manifest.schema_version !== version) return false
  const written = new Map(manifest.tables.map((table) => [table.name, table]))
  for (const { sql, table } of selections) {
    if (!isOwn(table)) continue
    const now = yield* sumOf(connection, sql, { crawl_id: manifest.crawl_id })
    const then = written.get(table.name)
    if (then?.rows !== now.rows || then.checksum !== now.checksum) return false
  }
  return true
})

/**
 * Writes one crawl as a partition: every table to a file below a temporary name,
 * read back and compared with the database, then renamed as a whole. A partition
 * that is there, intact and holds the same is left alone; one that is outdated,
 * because the crawl was analysed since, is replaced.
 *
 * @returns the partition, and whether it had to be written
 */
export const writePartition = Effect.fn("writePartition")(function*(
  connection: DuckDBConnection,
  archive: string,
  crawlId: number
): Effect.fn.Return<{ readonly partition: Partition; readonly written: boolean }, StoreError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const version = yield* schemaVersion(connection)
  const [crawl] = yield* readRows(connection, ManifestCrawl, `SELECT ${Object.keys(ManifestCrawl.fields).join(", ")} FROM crawl WHERE crawl_id = $crawl_id`, { crawl_id: crawlId })
  if (crawl === undefined) return yield* new StoreError({ reason: "not found", message: `There is no crawl ${crawlId} in this database.` })
  const folder = partitionFolder(crawl)
  const target = `${archive}/${folder}`
  const selections = selectionsOf(yield* archiveTables(connection))
  const there = yield* readManifest(target, version)
  if (there !== null && (yield* isCurrent(connection, there, version, selections))) {
    const partition = { folder, manifest: there }
    if (yield* isIntact(connection, archive, partition)) return { partition, written: false }
  }
  const unfinished = `.writing-${folder.split("/")[0]!}-`
  const temporary = `${archive}/${unfinished}${process.pid}`
  const doing = `Cannot archive crawl ${crawlId} to ${archive}`
  const write = Effect.gen(function*() {
    // Whoever holds the database writes its crawls: what lies there was left by a process that was killed.
    for (const name of yield* fs.readDirectory(archive)) {
      if (name.startsWith(unfinished)) yield* fs.remove(`${archive}/${name}`, { recursive: true, force: true })
    }
    yield* fs.makeDirectory(temporary, { recursive: true })
    const tables: Array<Manifest["tables"][number]> = []
    for (const { sql, table } of selections) {
      const path = `${temporary}/${table.name}.parquet`
      yield* run(connection, "write failed", doing, `COPY (${sql.replaceAll("$crawl_id", String(crawlId))}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`)
      const [held, written] = [yield* sumOf(connection, sql, { crawl_id: crawlId }), yield* sumOf(connection, fileSelection(path))]
      if (held.rows !== written.rows || held.checksum !== written.checksum) {
        return yield* new StoreError({ reason: "write failed", message: `${doing}: what was read back of ${table.name} is not what was written.` })
      }
      tables.push({ name: table.name, ...written })
    }
    const manifest: Manifest = { format: "electrum-observatory archive 1", schema_version: version, engine: yield* engineOf(connection), ...crawl, tables }
    yield* fs.writeFileString(`${temporary}/${manifestName}`, manifestText(manifest))
    yield* fs.makeDirectory(dirname(target), { recursive: true })
    if (there !== null) {
      // In between the crawl is in the database only, where it has not been dropped yet.
      yield* fs.rename(target, `${temporary}-old`)
    }
    yield* fs.rename(temporary, target)
    yield* fs.remove(`${temporary}-old`, { recursive: true, force: true })
    return { partition: { folder, manifest }, written: true }
  })
  return yield* write.pipe(
    Effect.onError(() => Effect.ignore(fs.remove(temporary, { recursive: true, force: true }))),
    Effect.mapError((cause) => cause._tag === "StoreError" ? cause : failed(doing)(cause))
  )
})
