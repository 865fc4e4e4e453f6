import { Effect, FileSystem, Schema } from "effect"
import { sha256Hex } from "../../domain/sha256.ts"
import { StoreError } from "../store-error.ts"

/** Name of the file that says what a partition holds; written last, so that a folder without it is none. */
export const manifestName = "manifest.json"

/** Bytes of a manifest, and tables in it, that are read: ours have some 10,000 and 40. */
const mostBytes = 1_000_000
const mostTables = 500

const Text = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(500))

/** What a manifest says of its crawl, as the columns of table `crawl` have it. */
export const ManifestCrawl = Schema.Struct({
  crawl_id: Schema.Natural,
  kind: Text,
  network: Text,
  simulated: Schema.Boolean,
  vantage: Text,
  /** UTC, as the database writes it. */
  started_at: Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?Z?$/)),
  code_version: Text
})

/** What a partition holds: one crawl, table by table. */
export const Manifest = Schema.Struct({
  format: Schema.Literal("electrum-observatory archive 1"),
  /** Of the database it was written from. */
  schema_version: Schema.Natural,
  /** What made the hashes: another one may make others. Missing in the first archives. */
  engine: Schema.optionalKey(Text),
  ...ManifestCrawl.fields,
  /** Rows of each table, and a sum over their hashes that no order changes; as text, since it is longer than numbers. Names of tables are names of files. */
  tables: Schema.Array(Schema.Struct({
    name: Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9_]{0,62}$/)),
    rows: Schema.Natural,
    checksum: Schema.String.check(Schema.isPattern(/^\d{1,40}$/))
  })).check(Schema.isMaxLength(mostTables))
})
export type Manifest = typeof Manifest.Type

const ManifestText = Schema.fromJsonString(Manifest)

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
  const file = `${path}/${manifestName}`
  const unknown = (cause?: unknown) => new StoreError({ reason: "cannot open", message: `${path} is no partition of an archive that this program knows.`, cause })
  const found = yield* Effect.option(fs.stat(file))
  if (found._tag === "None") return null
  if (found.value.type !== "File" || found.value.size > mostBytes) return yield* unknown()
  const text = yield* Effect.mapError(fs.readFileString(file), unknown)
  const manifest = yield* Effect.mapError(Schema.decodeUnknownEffect(ManifestText)(text), unknown)
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

/** The partition of a folder; null where there is none. A folder that was renamed, or copied to another place, is not what its manifest says. */
export const readPartition = Effect.fnUntraced(function*(
  archive: string,
  folder: string,
  known: number
): Effect.fn.Return<Partition | null, StoreError, FileSystem.FileSystem> {
  const manifest = yield* readManifest(`${archive}/${folder}`, known)
  if (manifest === null) return null
  const named = partitionFolder(manifest)
  if (named !== folder) return yield* new StoreError({ reason: "cannot open", message: `${archive}/${folder} says that it is ${named}: it was renamed, or somebody else's.` })
  return { folder, manifest }
})

/** Folders of an archive that may be partitions. Folders that are being written are none yet. */
export const partitionFolders = Effect.fn("partitionFolders")(function*(
  archive: string
): Effect.fn.Return<ReadonlyArray<string>, never, FileSystem.FileSystem> {
  const found: Array<string> = []
  for (const crawl of yield* folders(archive, "crawl=")) {
    for (const vantage of yield* folders(`${archive}/${crawl}`, "vantage=")) {
      for (const date of yield* folders(`${archive}/${crawl}/${vantage}`, "date=")) {
        found.push(`${crawl}/${vantage}/${date}`)
      }
    }
  }
  return found
})
