import { createHash } from "node:crypto"
import { Clock, DateTime, Effect, FileSystem, Option, Stream } from "effect"
import { Atlas } from "../atlas/atlas.ts"
import type { CrawlRow } from "../atlas/shapes/crawl.ts"
import { packageFolder } from "../package-folder.ts"
import { StoreError } from "../store/store-error.ts"
import { version } from "../version.ts"
import { dataLicence } from "../domain/licence.ts"
import { citationFile } from "./citation.ts"
import type { Provenance } from "./document/document.ts"
import { readReportFacts, type ReportOptions } from "./facts/read-facts.ts"
import { reportDocument } from "./report-document.ts"
import { ReportError } from "./report-error.ts"
import { writeHtml } from "./write/html.ts"
import { writeJson } from "./write/json.ts"
import { writeMarkdown } from "./write/markdown.ts"
import { pictureFoot } from "./write/provenance.ts"
import { figuresOf, pictureName, writeFigure } from "./write/svg.ts"

/** A file of a report. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}

/** SHA-256 of a file, hex. */
export const fileHash = Effect.fn("fileHash")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const hash = createHash("sha256")
  yield* Stream.runForEach(fs.stream(path), (piece) => Effect.sync(() => hash.update(piece)))
  return hash.digest("hex")
})

/** Style sheets that ship with the package: the tokens that viewer and report share, then the report's own. */
const styleFiles = ["web/src/style/tokens.css", "src/report/write/style.css"]

const missing = (what: string): StoreError => new StoreError({ reason: "not found", message: `The report's style sheets are not where they were installed${what}.` })

const readStyles = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* packageFolder
  if (Option.isNone(folder)) return yield* missing("")
  return yield* Effect.forEach(styleFiles, (name) =>
    Effect.mapError(fs.readFileString(`${folder.value}/${name}`), ({ message }) => missing(`: ${message}`)))
})

const provenanceOf = (crawl: CrawlRow, analysedAt: string | null, databaseSha256: string, generatedAt: string, comparedWith: number | null): Provenance => ({
  crawlId: crawl.crawlId,
  network: crawl.network,
  crawlStartedAt: crawl.startedAt,
  crawlEndedAt: crawl.endedAt,
  crawlState: crawl.state,
  vantage: crawl.vantage,
  crawlVersion: crawl.codeVersion,
  codeVersion: version,
  analysedAt,
  generatedAt,
  databaseSha256,
  licence: dataLicence,
  comparedWith
})

/**
 * The files of a report on one crawl: HTML, Markdown with its pictures, JSON and CITATION.cff. Two
 * reports of one database differ in the time only, which is the clock's.
 *
 * @param databaseSha256 of the database file that `Atlas` reads
 */
export const makeReport = Effect.fn("makeReport")(function*(crawlId: number, databaseSha256: string, options: ReportOptions) {
  const atlas = yield* Atlas
  const crawl = yield* atlas.crawl(crawlId)
  const facts = yield* readReportFacts(crawl, options)
  const generatedAt = DateTime.formatIso(DateTime.makeUnsafe(yield* Clock.currentTimeMillis))
  const provenance = provenanceOf(crawl, facts.run?.analysedAt ?? null, databaseSha256, generatedAt, options.compareWith)
  const document = reportDocument(facts, provenance)
  const styles = yield* readStyles
  const files: ReadonlyArray<ReportFile> = [
    { name: "report.html", text: writeHtml(document, styles) },
    { name: "report.md", text: writeMarkdown(document) },
    { name: "report.json", text: writeJson(document) },
    ...figuresOf(document).flatMap((figure) => figure.chart === null ? [] : [{ name: pictureName(figure), text: writeFigure(figure, figure.chart, pictureFoot(document), styles) }]),
    { name: "CITATION.cff", text: citationFile(provenance, document.simulated) }
  ]
  return { document, files }
})

/** Writes files into a folder, which is made where it is missing. Fails with `cannot write`. */
export const writeFiles = Effect.fn("writeFiles")(function*(folder: string, files: ReadonlyArray<ReportFile>) {
  const fs = yield* FileSystem.FileSystem
  const written = Effect.gen(function*() {
    yield* fs.makeDirectory(`${folder}/figures`, { recursive: true })
    yield* Effect.forEach(files, ({ name, text }) => fs.writeFileString(`${folder}/${name}`, text))
  })
  yield* Effect.mapError(written, (cause) => new ReportError({ reason: "cannot write", message: `Cannot write to ${folder}: ${cause.message}` }))
})
