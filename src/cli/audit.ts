import { basename } from "node:path"
import { Effect, Layer } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { findCrawl } from "../analysis/analysis-input.ts"
import { Atlas } from "../atlas/atlas.ts"
import { readTextFile } from "../discovery/read-list.ts"
import { readProvenance } from "../export/about.ts"
import { auditEntries } from "../export/audit/audit-list.ts"
import { findingsOf } from "../export/audit/findings.ts"
import { readListText, withoutEntries } from "../export/audit/list-text.ts"
import { unifiedDiff } from "../export/audit/unified-diff.ts"
import { ExportError } from "../export/export-error.ts"
import { readShown } from "../export/read-shown.ts"
import { writeText } from "../export/write-file.ts"
import { Database } from "../store/database.ts"
import { auditText } from "./audit-text.ts"
import { db, networkFlags, positiveInteger } from "./flags.ts"
import { chosenTarget } from "./network.ts"
import { choice, integer, nullable, text, toggle } from "./option.ts"
import { optedOutFlag, readOptedOut } from "./opted-out.ts"
import { Output } from "./output.ts"

export const auditCommand = Command.make("audit", {
  file: Argument.String("servers.json").pipe(Argument.withDescription("The list of a wallet, as Electrum ships it.")),
  db,
  ...networkFlags,
  crawl: nullable(integer("crawl", "Look no further than this crawl (default: the latest finished one of the network).")),
  patch: nullable(text("patch", "Also write a patch that takes out what is of no use.").pipe(Flag.withMetavar("FILE"))),
  deadAfter: positiveInteger("dead-after", "Crawls that have to have looked in vain before the patch takes an entry out (default 3).").pipe(Flag.withDefault(3)),
  onePerOperator: toggle("one-per-operator", "The patch also leaves only one entry of each probable operator, the least suspicious, else the first.", false),
  format: choice("format", ["text", "md", "json"], "How the report is written (default text).").pipe(Flag.withDefault("text" as const)),
  exclude: optedOutFlag,
  local: toggle("local", "By everything that is known, also by what public outputs withhold.", false)
}, Effect.fn("audit")(function*(input) {
  const output = yield* Output
  const list = yield* readTextFile(input.file)
  const entries = readListText(list)
  if (typeof entries === "string") return yield* new ExportError({ reason: "bad list", message: `${input.file} cannot be read as a list of servers: ${entries}.` })
  const hasOptedOut = yield* readOptedOut(input.exclude)
  const target = yield* chosenTarget(input)
  yield* Effect.gen(function*() {
    const provenance = yield* readProvenance(yield* findCrawl(target), input.local ? "local" : "public")
    const shown = yield* readShown(provenance, {}, { clusters: false, notes: false }, hasOptedOut)
    // Of a host that is withheld not even the entry is judged: the list has its name, what crawls saw of it stays here.
    const audited = yield* auditEntries(shown, entries.filter(({ host }) => !shown.withheld.has(host.toLowerCase())))
    const findings = findingsOf(audited, input)
    const out = new Set(findings.filter((finding) => finding.out).map(({ host }) => host))
    const patch = unifiedDiff(basename(input.file), list, withoutEntries(list, entries, ({ host }) => out.has(host)))
    yield* output.stdout(auditText(input.format, { file: input.file, provenance, audited, withheld: entries.length - audited.length, findings, out: out.size }, output.style))
    if (input.patch === null) return
    yield* writeText(input.patch, patch)
    yield* output.stderr(patch === "" ? `${input.patch}: empty, nothing is to be taken out\n` : `${input.patch}: takes out ${out.size} of ${entries.length} entries\n`)
  }).pipe(Effect.provide((input.local ? Atlas.layer : Atlas.publicLayerFor(hasOptedOut)).pipe(Layer.provideMerge(Database.layer(input.db)))))
})).pipe(
  Command.withDescription("What crawls saw of the entries of a wallet's list: who did not answer us, whom the wallet refuses, other chains, one operator twice; a report and a patch."),
  Command.withExamples([{ command: "observatory audit servers.json --patch servers.patch", description: "The wallet's mainnet list, against the latest crawl" }])
)
