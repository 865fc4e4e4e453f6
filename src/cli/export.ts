import { join } from "node:path"
import { Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { findCrawl } from "../analysis/analysis-input.ts"
import { Atlas } from "../atlas/atlas.ts"
import { type Provenance, readProvenance } from "../export/about.ts"
import { claimBundle, parseClaim } from "../export/bundle/claims.ts"
import { type Format, formats, formatsOf, misfit, type Subject, subjects } from "../export/formats.ts"
import { type GraphFormat, writeGraph } from "../export/graph-file.ts"
import { readPositions, readShown } from "../export/read-shown.ts"
import { type Shown, shownTables } from "../export/shown.ts"
import { type TableSubject, tableSubjects } from "../export/tables.ts"
import { type TableFormat, writeTable } from "../export/write-table.ts"
import { apartBy } from "../export/wallet-servers.ts"
import { writeText } from "../export/write-file.ts"
import { seedsOfFile } from "../discovery/seeds.ts"
import { Database } from "../store/database.ts"
import { Outlet } from "../store/outlet.ts"
import { writeBlacklist, writeWalletServers } from "./export-lists.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { crawlNumberFlag, db, networkFlags } from "./flags.ts"
import { chosenChain, chosenTarget, usageError } from "./network.ts"
import { choice, nullable, text, toggle } from "./option.ts"
import { optedOutFlag, readOptedOut } from "./opted-out.ts"
import { Output } from "./output.ts"
import { tlsEntries, walletListOf } from "./wallet-list.ts"
import { serverFilterFlags, serverFilterOf } from "./server-filter-flags.ts"

const isGraph = (format: Format): format is GraphFormat => format === "gexf" || format === "graphml"

const counted = (rows: number | null): string => rows === null ? "" : `, ${rows} rows`

/** The bundle of a claim, into a folder under a name with its number, or to the file named. */
const writeEvidence = Effect.fnUntraced(function*(text: string | null, out: string, shown: Shown, provenance: Provenance) {
  const output = yield* Output
  const claim = text === null ? undefined : parseClaim(text)
  if (claim === undefined) return yield* usageError("--what evidence needs --claim server:ID, pair:A,B, cluster:ID or indicator:ID,NAME.")
  const { checks, id, items, text: bundle } = yield* claimBundle(shown, provenance, claim)
  const file = out.endsWith(".jsonl") ? out : join(out, `${text!.replaceAll(/[^A-Za-z0-9]+/g, "-")}-${id}.evidence.jsonl`)
  yield* writeText(file, bundle)
  yield* output.stdout(`${file}: ${items} items, ${checks} facts that can be worked out again\nnumber ${id}\n`)
})

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
    const rows = yield* writeTable(subject, format as TableFormat, file, provenance, shown.withheld)
    yield* output.stdout(`${file}${counted(rows)}\n`)
  }
})

export const exportCommand = Command.make("export", {
  db,
  ...networkFlags,
  crawl: crawlNumberFlag,
  what: choice("what", subjects, "What is handed on."),
  format: nullable(choice("format", formats, "How it is written (default: the first that fits).")),
  claim: nullable(text("claim", "What evidence is wanted for, with --what evidence.").pipe(Flag.withMetavar("server:ID|pair:A,B|cluster:ID|indicator:ID,NAME"))),
  out: text("out", "File to write; for --what all and evidence a folder.").pipe(Flag.withMetavar("FILE|FOLDER")),
  onePer: choice("one-per", apartBy, "electrum-servers: at most one server for each probable operator, or also for each shared node, proxy and machine (default operator).").pipe(
    Flag.withDefault("operator" as const)
  ),
  walletList: nullable(text("wallet-list", "electrum-servers: the list of today to compare with, in place of the one that ships.").pipe(Flag.withMetavar("FILE"))),
  exclude: optedOutFlag,
  local: toggle("local", "Everything, also what public outputs withhold.", false),
  ...serverFilterFlags
}, Effect.fn("export")(function*(input) {
  const output = yield* Output
  const format = input.format ?? formatsOf[input.what][0]!
  const wrong = misfit(input.what, format)
  if (wrong !== undefined) return yield* usageError(wrong)
  const hasOptedOut = yield* readOptedOut(input.exclude)
  const target = yield* chosenTarget(input)
  yield* Effect.gen(function*() {
    const crawl = yield* findCrawl(target)
    const provenance = yield* readProvenance(crawl, input.local ? "local" : "public")
    const wanted = (subject: Subject) => input.what === "all" || input.what === subject
    const shown = yield* readShown(provenance, serverFilterOf(input), { clusters: wanted("clusters"), notes: wanted("notes") }, hasOptedOut)
    const outlet = yield* Outlet
    yield* Effect.forEach(shownTables(shown), outlet.load)
    if (crawl.simulated) yield* output.stderr(`${output.style.warning(simulatedNotice(crawl.network))}\n`)
    if (format === "electrum-servers") {
      const given = input.walletList === null ? null : tlsEntries(yield* seedsOfFile(input.walletList, yield* chosenChain({ network: crawl.network, chainFile: input.chainFile })))
      return yield* writeWalletServers(shown, provenance, input.out, input.onePer, given ?? walletListOf(crawl.network))
    }
    if (format === "electrumx-blacklist") return yield* writeBlacklist(shown, provenance, input.out)
    if (input.what === "evidence") return yield* writeEvidence(input.claim, input.out, shown, provenance)
    yield* writeSubject(input.what, format, input.out, shown, provenance)
  }).pipe(Effect.provide(Layer.mergeAll(Outlet.layer, input.local ? Atlas.layer : Atlas.publicLayerFor(hasOptedOut)).pipe(
    Layer.provideMerge(Database.layer(input.db))
  )))
})).pipe(
  Command.withDescription("Hands data on: tables, the graph, a list for wallets, a list for servers, evidence for a claim."),
  Command.withExamples([
    { command: "observatory export --what servers --format csv --out servers.csv", description: "One row a server, for a spreadsheet" },
    { command: "observatory export --what graph --format gexf --out graph.gexf", description: "Who lists whom, for Gephi" }
  ])
)
