import type { DuckDBConnection } from "@duckdb/node-api"
import { Clock, Effect, FileSystem, Schema, type Scope } from "effect"
import { connect, openForWriting, run } from "../duckdb.ts"
import { requireFile } from "../open-database.ts"
import { readRows } from "../read-rows.ts"
import { bringUpToDate } from "../schema.ts"
import { StoreError } from "../store-error.ts"
import { timestamp } from "../to-duckdb.ts"
import { inTransaction } from "../together.ts"
import { archiveTables, isOwn, ownRows } from "./table-roles.ts"
import { isIntact, writePartition } from "./write-partition.ts"

/** What became of one crawl. */
export interface ArchivedCrawl {
  readonly crawlId: number
  readonly partition: string
  /** False: it was there already, the same. */
  readonly written: boolean
  /** Its rows left the database. */
  readonly dropped: boolean
  /** Why not, where it was old enough; null otherwise. */
  readonly kept: string | null
}

export interface ArchiveRequest {
  /** Folder of the archive. */
  readonly archive: string
  /** Only this crawl; null: all that have ended. */
  readonly crawlId: number | null
  /** Crawls that ended so long ago leave the database once they are archived, milliseconds; null: none does. */
  readonly dropOlderThanMs: number | null
}

const CrawlRow = Schema.Struct({ crawl_id: Schema.Int, is_over: Schema.Boolean, ended_ms: Schema.Int, is_shown: Schema.Boolean })

/**
 * Crawls that are over and will not be taken up again: so is every part in a crawl
 * that several runners share, since nobody else holds the file now and a part is not
 * resumed. One that is named also where it could be. A watch counts its looks with the
 * latest crawl until the next one is over: until then it has not ended.
 */
const crawlsSql = `
  SELECT c.crawl_id, (c.state IN ('finished', 'limited', 'abandoned') OR (c.settings->>'$.sharedCrawl') IS NOT NULL) AS is_over,
    epoch_ms(greatest(coalesce(c.ended_at, c.started_at), (SELECT max(seen_at) FROM sighting s WHERE s.crawl_id = c.crawl_id))) AS ended_ms,
    c.crawl_id IN (SELECT crawl_id FROM default_crawl UNION SELECT crawl_id FROM latest_crawl) AS is_shown
  FROM crawl c
  WHERE CASE WHEN $crawl_id IS NULL THEN is_over ELSE c.crawl_id = $crawl_id END
  ORDER BY c.crawl_id`

const drop = Effect.fnUntraced(function*(connection: DuckDBConnection, crawlId: number, now: number): Effect.fn.Return<void, StoreError> {
  const doing = `Cannot drop crawl ${crawlId}`
  const command = (sql: string, parameters?: Parameters<typeof run>[4]) => run(connection, "write failed", doing, sql, parameters)
  const own = (yield* archiveTables(connection)).filter(isOwn)
  // Those found by their visits and snapshots before the visits and snapshots.
  const ordered = [...own.filter(({ role }) => role !== "crawl"), ...own.filter(({ role }) => role === "crawl")]
  yield* inTransaction(connection, doing, Effect.andThen(
    Effect.forEach(ordered, (table) => command(`DELETE FROM ${table.name} WHERE ${ownRows(table)}`, { crawl_id: crawlId }), { discard: true }),
    command("UPDATE archived_crawl SET dropped_at = $at WHERE crawl_id = $crawl_id", { at: timestamp(now), crawl_id: crawlId })
  ))
})

const note = (connection: DuckDBConnection, crawlId: number, partition: string, now: number) =>
  Effect.andThen(
    run(connection, "write failed", "Cannot note what was archived", "DELETE FROM archived_crawl WHERE crawl_id = $crawl_id", { crawl_id: crawlId }),
    run(connection, "write failed", "Cannot note what was archived", `
      INSERT INTO archived_crawl BY NAME SELECT
        $crawl_id::INTEGER AS crawl_id, $partition AS partition, $at AS archived_at, NULL::TIMESTAMP AS dropped_at,
        (SELECT coalesce(max(visit_id), 0) FROM visit WHERE crawl_id = $crawl_id)::INTEGER AS last_visit_id,
        (SELECT coalesce(max(snapshot_id), 0) FROM snapshot WHERE crawl_id = $crawl_id)::INTEGER AS last_snapshot_id,
        greatest(
          (SELECT coalesce(max(sequence), 0) FROM endpoint_state WHERE crawl_id = $crawl_id),
          (SELECT coalesce(max(sequence), 0) FROM held_session WHERE crawl_id = $crawl_id)
        ) AS last_sequence`, { crawl_id: crawlId, partition, at: timestamp(now) })
  )

/**
 * Writes crawls of a database to an archive and, where asked for, drops from the
 * database those that are old enough and whose files were read back right then.
 * The crawl that is shown of a network stays.
 *
 * @param connection of whoever holds the database, between two of its transactions
 */
export const archiveWith = Effect.fn("archiveWith")(function*(
  connection: DuckDBConnection,
  { archive, crawlId, dropOlderThanMs }: ArchiveRequest
): Effect.fn.Return<ReadonlyArray<ArchivedCrawl>, StoreError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.mapError(
    fs.makeDirectory(archive, { recursive: true }),
    ({ message }) => new StoreError({ reason: "write failed", message: `Cannot write to ${archive}: ${message}` })
  )
  const now = yield* Clock.currentTimeMillis
  const done: Array<ArchivedCrawl> = []
  const crawls = yield* readRows(connection, CrawlRow, crawlsSql, { crawl_id: crawlId })
  if (crawlId !== null && crawls.length === 0) {
    return yield* new StoreError({ reason: "not found", message: `There is no crawl ${crawlId} in this database.` })
  }
  for (const crawl of crawls) {
    const { partition, written } = yield* writePartition(connection, archive, crawl.crawl_id)
    yield* note(connection, crawl.crawl_id, partition.folder, now)
    const isOld = crawl.is_over && dropOlderThanMs !== null && now - crawl.ended_ms >= dropOlderThanMs
    const kept = !isOld ? null : crawl.is_shown ? "it is what is shown of its network" : (yield* isIntact(connection, archive, partition)) ? null : "its files could not be read back"
    const dropped = isOld && kept === null
    if (dropped) yield* drop(connection, crawl.crawl_id, now)
    done.push({ crawlId: crawl.crawl_id, partition: partition.folder, written, dropped, kept })
  }
  if (done.some(({ dropped }) => dropped)) yield* run(connection, "write failed", "Cannot compact the database", "CHECKPOINT")
  return done
})

/** As `archiveWith`, of a database file. Fails with `locked` while another process holds it. */
export const archiveCrawls = Effect.fn("archiveCrawls")(function*(
  database: string,
  request: ArchiveRequest
): Effect.fn.Return<ReadonlyArray<ArchivedCrawl>, StoreError, FileSystem.FileSystem | Scope.Scope> {
  yield* requireFile(database)
  const connection = yield* connect(yield* openForWriting(database, 2))
  yield* bringUpToDate(connection, database)
  return yield* archiveWith(connection, request)
})
