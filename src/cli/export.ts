import { join } from "node:path"
import { Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { findCrawl } from "../analysis/analysis-input.ts"
import { Atlas } from "../atlas/atlas.ts"
import { type Provenance, readProvenance } from "../export/about.ts"
import { type Format, formats, formatsOf, misfit, type Subject, subjects } from "../export/formats.ts"
import { type GraphFormat, writeGraph } from "../export/graph-file.ts"
import { readPositions, readShown } from "../export/read-shown.ts"
import { type Shown, shownTables } from "../export/shown.ts"
import { type TableSubject, tableSubjects } from "../export/tables.ts"
import { type TableFormat, writeTable } from "../export/write-table.ts"
import { Database } from "../store/database.ts"
import { Outlet } from "../store/outlet.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { db, networkFlags } from "./flags.ts"
import { chosenChain, usageError } from "./network.ts"
import { choice, integer, nullable, text, toggle } from "./option.ts"
import { Output } from "./output.ts"
import { serverFilterFlags, serverFilterOf } from "./server-filter-flags.ts"

const isGraph = (format: Format): format is GraphFormat => format === "gexf" || format === "graphml"

const counted = (rows: number | null): string => rows === null ? "" : `, ${rows} rows`

/** One subject to one file, or all of them into a folder; a line for each. */
const writeSubject = Effect.fnUntraced(function*(what: Subject, format: Format, out: string, shown: Shown, provenance: Provenance) {
  const output = yield* Output
  if (isGraph(format)) {
    const { edges, nodes } = yield* writeGraph(format, out, shown, provenance, yield* readPositions(provenance.crawl_id))
    return yield* output.stdout(`${out}: ${nodes} servers, ${edges} arrows\n`)
  }
  const wanted: ReadonlyArray<readonly [TableSubject, string]> = what === "all"
    ? tableSubjects.map((subject) => [subject, join(out, `${subject}.${format}`)])
    : [[what as TableSubject, out]]
  for (const [subject, file] of wanted) {
    const rows = yield* writeTable(subject, format as TableFormat, file, provenance)
    yield* output.stdout(`${file}${counted(rows)}\n`)
  }
})

export const exportCommand = Command.make("export", {
  db,
  ...networkFlags,
  crawl: nullable(integer("crawl", "Number of the crawl (default: the latest finished one of the network).")),
  what: choice("what", subjects, "What is handed on."),
  format: nullable(choice("format", formats, "How it is written (default: the first that fits).")),
  out: text("out", "File to write, for --what all a folder.").pipe(Flag.withMetavar("FILE|FOLDER")),
  local: toggle("local", "Everything, also what public outputs withhold.", false),
  ...serverFilterFlags
}, Effect.fn("export")(function*(input) {
  const output = yield* Output
  const format = input.format ?? formatsOf[input.what][0]!
  const wrong = misfit(input.what, format)
  if (wrong !== undefined) return yield* usageError(wrong)
  if (!input.local) return yield* usageError("What public outputs withhold is not worked out yet: give --local, and do not publish it.")
  const target = input.crawl === null ? { network: (yield* chosenChain(input)).name } : { crawlId: input.crawl }
  yield* Effect.gen(function*() {
    const crawl = yield* findCrawl(target)
    const provenance = yield* readProvenance(crawl, input.local ? "local" : "public")
    const wanted = (subject: Subject) => input.what === "all" || input.what === subject
    const shown = yield* readShown(provenance, serverFilterOf(input), { clusters: wanted("clusters"), notes: wanted("notes") })
    const outlet = yield* Outlet
    yield* Effect.forEach(shownTables(shown), outlet.load)
    if (crawl.simulated) yield* output.stderr(`${output.style.warning(simulatedNotice(crawl.network))}\n`)
    yield* writeSubject(input.what, format, input.out, shown, provenance)
  }).pipe(Effect.provide(Layer.mergeAll(Outlet.layer, Atlas.layer).pipe(
    Layer.provideMerge(Database.layer(input.db))
  )))
})).pipe(
  Command.withDescription("Hands data on: tables, the graph, a list for wallets, a list for servers, evidence for a claim."),
  Command.withExamples([
    { command: "observatory export --what servers --format csv --out servers.csv", description: "One row a server, for a spreadsheet" },
    { command: "observatory export --what graph --format gexf --out graph.gexf", description: "Who lists whom, for Gephi" }
  ])
)
