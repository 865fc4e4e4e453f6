import { Clock, Effect, FileSystem, Schema, type Scope } from "effect"
import { type Partition, partitionFolders, readPartition } from "../archive/manifest.ts"
import { connect, openForWriting } from "../duckdb.ts"
import { beginWithShipped } from "../empty-database.ts"
import { schemaVersion } from "../migrate.ts"
import { readRows } from "../read-rows.ts"
import { bringUpToDate } from "../schema.ts"
import { StoreError } from "../store-error.ts"
import { type JointCrawl, makeJointCrawls } from "./joint-crawl.ts"
import { mergePartition, type Observer } from "./merge-partition.ts"

/** What a merge came to. */
export interface Merged {
  /** Crawls (runs of probes among them) that were read now. */
  readonly read: number
  /** Crawls that had been read before. */
  readonly known: number
  /** Partitions that could not be read, and why: not all there yet, broken, or not what they say. The next merge tries them again. */
  readonly unread: ReadonlyArray<{ readonly folder: string; readonly why: string }>
  readonly joint: ReadonlyArray<JointCrawl>
}

const KnownRow = Schema.Struct({ crawl_id: Schema.Int, partition: Schema.String, observer_crawl_id: Schema.Int, observer: Schema.String })

/**
 * Reads the archives of several observers into one database, which is made where
 * there is none, each crawl once, and makes a joint crawl of the newest of each.
 * Numbers of the observers are replaced: an endpoint, a source, an announcement
 * is one row, whoever met it.
 *
 * @param archives folders, as `--archive` of each observer named them
 */
export const mergeArchives = Effect.fn("mergeArchives")(function*(
  database: string,
  archives: ReadonlyArray<string>
): Effect.fn.Return<Merged, StoreError, FileSystem.FileSystem | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  yield* beginWithShipped(database)
  const connection = yield* connect(yield* openForWriting(database, 2))
  yield* bringUpToDate(connection, database)
  const version = yield* schemaVersion(connection)
  const now = yield* Clock.currentTimeMillis
  let [read, known] = [0, 0]
  const unread: Array<{ readonly folder: string; readonly why: string }> = []
  const readingOf = (archive: string, folder: string) =>
    readPartition(archive, folder, version).pipe(Effect.catch((error): Effect.Effect<Partition | null, StoreError> => {
      // What a later program wrote, it has to read.
      if (error.reason === "newer schema") return Effect.fail(error)
      unread.push({ folder: `${archive}/${folder}`, why: error.message })
      return Effect.succeed(null)
    }))
  for (const given of archives) {
    const archive = yield* Effect.mapError(fs.realPath(given), () => new StoreError({ reason: "not found", message: `There is no archive ${given}.` }))
    const partitions: Array<Partition> = []
    for (const folder of yield* partitionFolders(archive)) {
      const partition = yield* readingOf(archive, folder)
      if (partition !== null) partitions.push(partition)
    }
    if (partitions.length === 0 && unread.length === 0) return yield* new StoreError({ reason: "not found", message: `There is no partition of an archive in ${given}.` })
    const earlier = yield* readRows(connection, KnownRow, "SELECT crawl_id, partition, observer_crawl_id, observer FROM merged_crawl")
    const there = new Set(earlier.map(({ partition }) => partition))
    const observer: Observer = { archive, crawls: new Map() }
    const numbered = Map.groupBy(partitions, ({ manifest }) => manifest.crawl_id)
    for (const { crawl_id, observer: whose, observer_crawl_id } of earlier) {
      if (whose.startsWith(`${archive} `)) observer.crawls.set(observer_crawl_id, numbered.get(observer_crawl_id)?.length === 1 ? crawl_id : null)
    }
    for (const partition of partitions.toSorted((a, b) => a.manifest.started_at < b.manifest.started_at ? -1 : a.manifest.started_at > b.manifest.started_at ? 1 : a.manifest.crawl_id - b.manifest.crawl_id)) {
      if (there.has(partition.folder)) {
        known++
        continue
      }
      const here = yield* mergePartition(connection, observer, partition, now).pipe(
        // It may have been replaced while it was read: once more, as it is now.
        Effect.catch(() => Effect.flatMap(readPartition(archive, partition.folder, version), (again) =>
          mergePartition(connection, observer, again ?? partition, now))),
        Effect.catch((error) => {
          unread.push({ folder: `${archive}/${partition.folder}`, why: error.message })
          return Effect.succeed(null)
        })
      )
      if (here === null) continue
      // Two observers may write to one folder; whose crawl a number means is then not known.
      observer.crawls.set(partition.manifest.crawl_id, numbered.get(partition.manifest.crawl_id)!.length === 1 ? here : null)
      read++
    }
  }
  if (read === 0 && known === 0 && unread.length > 0) return yield* new StoreError({ reason: "cannot open", message: unread[0]!.why })
  return { read, known, unread, joint: yield* makeJointCrawls(connection) }
})
