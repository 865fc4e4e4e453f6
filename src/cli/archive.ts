import { Effect, FileSystem } from "effect"
import { Command } from "effect/cli"
import { archiveCrawls, type ArchivedCrawl } from "../store/archive/archive.ts"
import { StoreError } from "../store/store-error.ts"
import { archiveFlag, db, duration } from "./flags.ts"
import { usageError } from "./network.ts"
import { integer, nullable } from "./option.ts"
import { Output } from "./output.ts"

const lineOf = ({ crawlId, dropped, kept, partition, written }: ArchivedCrawl): string =>
  `crawl ${crawlId}: ${written ? "written to" : "is in"} ${partition}${dropped ? ", left the database" : kept === null ? "" : `, stays in the database: ${kept}`}\n`

/** What became of each crawl, a line each. */
export const archiveLines = (done: ReadonlyArray<ArchivedCrawl>): string => done.map(lineOf).join("")

/**
 * Makes the folder of an archive, and makes sure that something can be written
 * there: before hours of crawling, after which it would be too late to say so.
 */
export const openArchive = Effect.fnUntraced(function*(archive: string) {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.scoped(Effect.andThen(
    fs.makeDirectory(archive, { recursive: true }),
    fs.makeTempDirectoryScoped({ directory: archive, prefix: ".trying-" })
  )).pipe(Effect.mapError(({ message }) => new StoreError({ reason: "write failed", message: `Cannot write to ${archive}: ${message}` })))
})

/** Writes crawls of a database to an archive and says what became of each. */
export const archiveTo = Effect.fnUntraced(function*(database: string, request: Parameters<typeof archiveCrawls>[1]) {
  const output = yield* Output
  const done = yield* Effect.scoped(archiveCrawls(database, request))
  yield* output.stderr(archiveLines(done))
  if (done.length === 0) yield* output.stderr("No crawl has ended for good: nothing was archived.\n")
})

export const archiveCommand = Command.make("archive", {
  db,
  archive: archiveFlag,
  crawl: nullable(integer("crawl", "Only the crawl of this number (default: all that have ended).")),
  dropOlderThan: nullable(duration("drop-older-than", "Drop from the database what ended so long ago, was archived, and was read back intact; what is shown of a network stays"))
}, Effect.fn("archive")(function*(input) {
  if (input.archive === null) return yield* usageError("--archive DIR names the folder to write to.")
  yield* archiveTo(input.db, { archive: input.archive, crawlId: input.crawl, dropOlderThanMs: input.dropOlderThan })
})).pipe(
  Command.withDescription("Writes crawls to Parquet partitions (crawl, vantage, date), reads them back, and drops old ones from the database where asked to."),
  Command.withExamples([
    { command: "observatory archive --archive /mnt/archive", description: "Write what is not there yet, or changed" },
    { command: "observatory archive --archive /mnt/archive --drop-older-than 720h", description: "And keep a month in the database" }
  ])
)
