import { Effect, FileSystem, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { Analysis, type AnalysisOptions } from "../analysis/analysis.ts"
import type { AnalysisTarget } from "../analysis/analysis-input.ts"
import { parsePublicSuffixes } from "../analysis/traits/registrable-domain.ts"
import { AnalysisStore } from "../store/database.ts"
import { analysisText } from "./analysis-text.ts"
import { db, networkFlags } from "./flags.ts"
import { chosenChain, usageError } from "./network.ts"
import { integer, nullable, repeated } from "./option.ts"
import { Output } from "./output.ts"

/** Analyses one crawl and prints what was found. Shared by `analyze` and `demo`. */
export const runAnalysis = Effect.fnUntraced(function*(run: {
  readonly db: string
  readonly target: AnalysisTarget
  readonly options?: Partial<AnalysisOptions>
}) {
  const output = yield* Output
  const result = yield* Effect.flatMap(Analysis, (analysis) => analysis.analyze(run.target, run.options)).pipe(
    Effect.provide(Layer.provide(Analysis.layer, AnalysisStore.layer(run.db)))
  )
  yield* output.stdout(analysisText(result, output.style, { command: output.command, db: run.db }))
})

const readPublicSuffixes = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(file).pipe(
    Effect.catch(() => usageError(`There is no file of public suffixes ${file} that can be read.`))
  )
  return parsePublicSuffixes(text)
})

export const analyzeCommand = Command.make("analyze", {
  db,
  ...networkFlags,
  crawl: nullable(integer("crawl", "Number of the crawl (default: the latest finished one of the network).")),
  randomSeed: integer("random-seed", "Seed of the community search (default 1).").pipe(Flag.withDefault(1)),
  publicSuffixes: repeated(
    "public-suffixes",
    "Domains under which strangers have names, in the form of the Public Suffix List: hosters' own, beside those of the list."
  ).pipe(Flag.withMetavar("FILE"))
}, Effect.fn("analyze")(function*(input) {
  const target = input.crawl === null ? { network: (yield* chosenChain(input)).name } : { crawlId: input.crawl }
  const publicSuffixes = yield* Effect.forEach(input.publicSuffixes, readPublicSuffixes)
  yield* runAnalysis({ db: input.db, target, options: { randomSeed: input.randomSeed, publicSuffixes: publicSuffixes.flat() } })
})).pipe(
  Command.withDescription(
    "Announcement graph, Louvain communities (table community), servers that share a key (tables cluster, cluster_member)."
  ),
  Command.withExamples([{ command: "observatory analyze --network mainnet", description: "Analyse the latest crawl of mainnet" }])
)
