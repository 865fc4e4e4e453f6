import { Effect, FileSystem, Schema } from "effect"
import { sha256Hex } from "../../domain/sha256.ts"
import { StoreError } from "../store-error.ts"

/** Name of the file that says what a partition holds; written last, so that a folder without it is none. */
export const manifestName = "manifest.json"

/** What a manifest says of its crawl, as the columns of table `crawl` have it. */
export const ManifestCrawl = Schema.Struct({
  crawl_id: Schema.Int,
  kind: Schema.String,
  network: Schema.String,
  simulated: Schema.Boolean,
  vantage: Schema.String,
  /** ISO 8601, UTC. */
  started_at: Schema.String,
  code_version: Schema.String
})

/** What a partition holds: one crawl, table by table. */
export const Manifest = Schema.Struct({
  format: Schema.Literal("electrum-observatory archive 1"),
  /** Of the database it was written from. */
  schema_version: Schema.Int,
  ...ManifestCrawl.fields,
  /** Rows of each table, and a sum over their hashes that no order changes; as text, since it is longer than numbers. */
  tables: Schema.Array(Schema.Struct({ name: Schema.String, rows: Schema.Int, checksum: Schema.String }))
})
export type Manifest = typeof Manifest.Type

const Text = Schema.fromJsonString(Manifest)

/** A partition that is there. */
export interface Partition {
  /** Its folder, below the archive. */
  readonly folder: string
  readonly manifest: Manifest
}

/** The folder of a crawl: the hash tells crawls of several observers with one number apart. */
export const partitionFolder = ({ crawl_id, network, started_at, vantage }: typeof ManifestCrawl.Type): string =>
  `crawl=${crawl_id}-${sha256Hex(JSON.stringify([network, vantage, started_at])).slice(0, 8)}/vantage=${encodeURIComponent(vantage)}/date=${started_at.slice(0, 10)}`

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 1)}\n`

/** Reads what a partition says of itself; null where there is none. Fails with `newer schema` for one of a later program. */
export const readManifest = Effect.fnUntraced(function*(
  path: string,
  known: number
): Effect.fn.Return<Manifest | null, StoreError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.option(fs.readFileString(`${path}/${manifestName}`))
  if (text._tag === "None") return null
  const manifest = yield* Schema.decodeUnknownEffect(Text)(text.value).pipe(
    Effect.mapError((cause) => new StoreError({ reason: "cannot open", message: `${path} is no partition of an archive that this program knows.`, cause }))
  )
  if (manifest.schema_version > known) {
    return yield* new StoreError({
      reason: "newer schema",
      message: `${path} was written by a newer version of this program (schema ${manifest.schema_version}, this one knows ${known}): update electrum-observatory.`
    })
  }
  return manifest
})

const folders = Effect.fnUntraced(function*(path: string, prefix: string): Effect.fn.Return<ReadonlyArray<string>, never, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const names = yield* Effect.orElseSucceed(fs.readDirectory(path), (): Array<string> => [])
  return names.filter((name) => name.startsWith(prefix)).toSorted()
})

/** All partitions of an archive, by folder. Folders that are being written are none yet. */
export const readPartitions = Effect.fn("readPartitions")(function*(
  archive: string,
  known: number
): Effect.fn.Return<ReadonlyArray<Partition>, StoreError, FileSystem.FileSystem> {
  const found: Array<Partition> = []
  for (const crawl of yield* folders(archive, "crawl=")) {
    for (const vantage of yield* folders(`${archive}/${crawl}`, "vantage=")) {
      for (const date of yield* folders(`${archive}/${crawl}/${vantage}`, "date=")) {
        const folder = `${crawl}/${vantage}/${date}`
        const manifest = yield* readManifest(`${archive}/${folder}`, known)
        if (manifest !== null) found.push({ folder, manifest })
      }
    }
  }
  return found
})
