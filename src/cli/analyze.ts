import { Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { Analysis, type AnalysisOptions } from "../analysis/analysis.ts"
import type { AnalysisTarget } from "../analysis/analysis-input.ts"
import { readIndicators } from "../analysis/suspicion/read-indicators.ts"
import { AnalysisStore, Database } from "../store/database.ts"
import { analysisText } from "./analysis-text.ts"
import { explain } from "./explain.ts"
import { crawlNumberFlag, db, networkFlags } from "./flags.ts"
import { mergeInto } from "./merge.ts"
import { chosenTarget } from "./network.ts"
import { integer, nullable, repeated, text } from "./option.ts"
import { Output } from "./output.ts"
import { walletListOf } from "./wallet-list.ts"
import { publicSuffixesFlag, readPublicSuffixes } from "./public-suffixes.ts"

/** Analyses one crawl and prints what was found. Shared by `analyze` and `demo`. */
export const runAnalysis = Effect.fnUntraced(function*(run: {
  readonly db: string
  readonly target: AnalysisTarget
  readonly options?: Partial<AnalysisOptions>
}) {
  const output = yield* Output
  const result = yield* Effect.flatMap(Analysis, (analysis) => analysis.analyze(run.target, { walletListOf, ...run.options })).pipe(
    Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(run.db)))
  )
  yield* output.stdout(analysisText(result, output.style, { command: output.command, db: run.db }))
})

export const analyzeCommand = Command.make("analyze", {
  db,
  ...networkFlags,
  crawl: crawlNumberFlag,
  from: repeated("from", "First read this archive of an observer into the database, as `merge` does.").pipe(Flag.withMetavar("DIR")),
  randomSeed: integer("random-seed", "Seed of the community search (default 1).").pipe(Flag.withDefault(1)),
  explain: nullable(text(
    "explain",
    "Analyse nothing; print why, from the newest analysis: of a group (its number), of a server (a host), or of two servers (two hosts with a comma)."
  ).pipe(Flag.withMetavar("WHAT"))),
  publicSuffixes: publicSuffixesFlag,
  indicators: nullable(
    text("indicators", "Table of indicators of suspicion in place of the shipped one (src/analysis/suspicion/indicators.json).").pipe(Flag.withMetavar("FILE"))
  )
}, Effect.fn("analyze")(function*(input) {
  const target = yield* chosenTarget(input)
  if (input.explain !== null) return yield* explain(target, input.explain).pipe(Effect.provide(Database.layer(input.db)))
  if (input.from.length > 0) yield* mergeInto(input.db, input.from)
  const publicSuffixes = yield* readPublicSuffixes(input.publicSuffixes)
  const own = input.indicators === null ? {} : { indicators: yield* readIndicators(input.indicators) }
  yield* runAnalysis({ db: input.db, target, options: { randomSeed: input.randomSeed, publicSuffixes, ...own } })
})).pipe(
  Command.withDescription(
    "Who probably runs what (tables pair, evidence, cluster), shared infrastructure, announcement graph and communities, suspicion, what wallets leak; --explain says why."
  ),
  Command.withExamples([
    { command: "observatory analyze --network mainnet", description: "Analyse the latest crawl of mainnet" },
    { command: "observatory analyze --explain electrum.example.org", description: "Why a server is in a group, or in none" }
  ])
)
