import { Effect, FileSystem, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { Atlas } from "../atlas/atlas.ts"
import { parseLabels } from "../report/labels/label-file.ts"
import { Database } from "../store/database.ts"
import { QueryCatalogue } from "../store/query-catalogue.ts"
import { chosenCrawl } from "./chosen-crawl.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { crawlNumberFlag, db, networkFlags } from "./flags.ts"
import { usageError } from "./network.ts"
import { integer, nullable, text, toggle } from "./option.ts"
import { optedOutFlag, readOptedOut } from "./opted-out.ts"
import { Output } from "./output.ts"

const readLabels = Effect.fnUntraced(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const written = yield* fs.readFileString(path).pipe(
    Effect.catch(() => usageError(`There is no file of labels ${path} that can be read.`))
  )
  return { file: path.replace(/^.*[/\\]/, ""), labels: yield* Effect.fromResult(parseLabels(path, written)) }
})

export const reportCommand = Command.make("report", {
  db,
  out: text("out", "Folder to write report.html, report.md, report.json and CITATION.cff to.").pipe(Flag.withMetavar("DIR")),
  ...networkFlags,
  crawl: crawlNumberFlag,
  compare: nullable(integer("compare", "Number of another crawl of the network: adds what changed between the two.").pipe(Flag.withMetavar("CRAWL"))),
  labels: nullable(text("labels", "Dated public facts about who operates what, JSON or CSV: label, kind, pattern, source, date.").pipe(Flag.withMetavar("FILE"))),
  exclude: optedOutFlag,
  power: toggle("power", "Also compute which fleets the crawl could have shown: the linkage is run again for each (default on).", true),
  local: toggle("local", "Show what is withheld from public reports, and say so on every page.", false)
}, Effect.fn("report")(function*(input) {
  const output = yield* Output
  const hasOptedOut = yield* readOptedOut(input.exclude)
  const labels = input.labels === null ? null : yield* readLabels(input.labels)
  // Loaded here only: drawing brings more code than all other commands together.
  const { fileHash, makeReport, writeFiles } = yield* Effect.promise(() => import("../report/report.ts"))
  // Before the database is open: closing a file that this process has open would drop its lock.
  const hash = yield* Effect.option(fileHash(input.db))
  yield* Effect.gen(function*() {
    const database = yield* Database
    const atlas = yield* Atlas
    const crawlId = input.crawl ?? (yield* chosenCrawl(input, yield* atlas.crawls)).crawlId
    const sha256 = database.origin.kind === "file" && hash._tag === "Some" ? hash.value : yield* fileHash(database.origin.path)
    const { document, files } = yield* makeReport(crawlId, sha256, {
      isLocal: input.local,
      hasOptedOut,
      compareWith: input.compare,
      labels,
      wantsFleets: input.power
    })
    yield* writeFiles(input.out, files)
    if (document.simulated !== null) yield* output.stderr(`${output.style.warning(simulatedNotice(document.provenance.network))}\n`)
    if (document.local !== null) yield* output.stderr(`${output.style.warning(document.local)}\n`)
    const pictures = files.filter(({ name }) => name.startsWith("figures/")).length
    yield* output.stdout([
      ...files.filter(({ name }) => !name.startsWith("figures/")).map(({ name }) => `${input.out}/${name}\n`),
      ...(pictures === 0 ? [] : [`${input.out}/figures/  ${pictures} pictures, which report.md shows\n`])
    ].join(""))
  }).pipe(
    Effect.provide(Layer.mergeAll(input.local ? Atlas.layer : Atlas.publicLayerFor(hasOptedOut), QueryCatalogue.layer).pipe(Layer.provideMerge(Database.layer(input.db))))
  )
})).pipe(
  Command.withDescription("A report that can be cited: one page of HTML that needs nothing else, the same as Markdown and JSON, and how to cite it."),
  Command.withExamples([
    { command: "observatory report --out report", description: "Of the latest crawl of mainnet, for the public" },
    { command: "observatory report --out report --compare 3 --labels labels.csv", description: "With what changed since crawl 3, and labels with their sources" }
  ])
)
