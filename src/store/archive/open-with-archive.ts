import { Effect, Schema } from "effect"
import { closeDoors, connect, identifier, literal, openInMemory, type ReadOnlyLimits, run } from "../duckdb.ts"
import { schemaVersion } from "../migrate.ts"
import { readRows } from "../read-rows.ts"
import { StoreError } from "../store-error.ts"
import { views } from "../views.ts"
import { type Partition, readPartition } from "./manifest.ts"
import { archiveTables, isOwn } from "./table-roles.ts"

const DroppedRow = Schema.Struct({ partition: Schema.String })

/** Name under which the file itself is attached. */
const live = "live"

/**
 * A database in memory whose tables are views of a file and of what left it for
 * an archive, with the program's views over both. Partitions of other databases
 * are not read: their numbers mean other things. Columns that a partition of an
 * earlier schema does not have are null.
 */
export const openWithArchive = Effect.fnUntraced(function*(path: string, archive: string, limits: ReadOnlyLimits) {
  const instance = yield* openInMemory(limits)
  const connection = yield* connect(instance)
  const command = (sql: string) => run(connection, "cannot open", `Cannot read ${path} with ${archive}`, sql)
  yield* command(`ATTACH ${literal(path)} AS ${live} (READ_ONLY)`)
  yield* command(`USE ${live}`)
  const version = yield* schemaVersion(connection)
  const tables = yield* archiveTables(connection)
  yield* command("USE memory")
  const dropped = yield* readRows(connection, DroppedRow, `SELECT partition FROM ${live}.archived_crawl WHERE dropped_at IS NOT NULL ORDER BY crawl_id`)
  const partitions = new Map<string, Partition>()
  for (const { partition } of dropped) {
    const found = yield* readPartition(archive, partition, version)
    if (found !== null) partitions.set(partition, found)
  }
  const missing = dropped.filter(({ partition }) => !partitions.has(partition))
  if (missing.length > 0) {
    return yield* new StoreError({ reason: "not found", message: `${missing.length} archived crawls of ${path} are not in ${archive}: ${missing[0]!.partition}.` })
  }
  const read: Array<string> = []
  for (const table of tables) {
    const files = !isOwn(table) ? [] : dropped.flatMap(({ partition }) =>
      partitions.get(partition)!.manifest.tables.some(({ name }) => name === table.name) ? [`${archive}/${partition}/${table.name}.parquet`] : [])
    read.push(...files)
    const archived = files.length === 0 ? "" : ` UNION ALL BY NAME SELECT * FROM read_parquet([${files.map(literal).join(", ")}], hive_partitioning = false, union_by_name = true)`
    yield* command(`CREATE VIEW ${identifier(table.name)} AS SELECT * FROM ${live}.${identifier(table.name)}${archived}`)
  }
  for (const { sql } of yield* views) yield* command(sql)
  yield* closeDoors(connection, read)
  return { instance, connection }
})
