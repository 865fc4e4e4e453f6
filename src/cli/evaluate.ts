import { Effect, FileSystem } from "effect"
import { Command, Flag } from "effect/cli"
import { evaluateCrawl } from "../analysis/evaluation/evaluate-crawl.ts"
import { parseTruth } from "../analysis/evaluation/truth-file.ts"
import { Database } from "../store/database.ts"
import { evaluationText } from "./evaluation-text.ts"
import { crawlNumberFlag, db, networkFlags } from "./flags.ts"
import { chosenTarget, usageError } from "./network.ts"
import { choice, text, toggle } from "./option.ts"
import { Output } from "./output.ts"

export const evaluateCommand = Command.make("evaluate", {
  db,
  truth: text("truth", "File with the truth about each endpoint, JSON lines, as simnet --truth writes it.").pipe(Flag.withMetavar("FILE")),
  ...networkFlags,
  crawl: crawlNumberFlag,
  power: toggle("power", "Also say what fleets the crawl could have shown: the linkage is run again for each (default on).", true),
  format: choice("format", ["text", "json", "md"], "How the evaluation is written; json has every pair that was wrong.").pipe(
    Flag.withDefault("text" as const)
  )
}, Effect.fn("evaluate")(function*(input) {
  const output = yield* Output
  const fs = yield* FileSystem.FileSystem
  const written = yield* fs.readFileString(input.truth).pipe(
    Effect.catch(() => usageError(`There is no truth file ${input.truth} that can be read.`))
  )
  const truth = yield* Effect.fromResult(parseTruth(written))
  const target = yield* chosenTarget(input)
  const evaluation = yield* evaluateCrawl(target, truth, { hasPower: input.power }).pipe(Effect.provide(Database.layer(input.db)))
  yield* output.stdout(evaluationText(evaluation, input.format))
})).pipe(
  Command.withDescription(
    "Judges what analyze said against a truth file: same backend, same operator, hostile; precision, recall, calibration, false accusations, baselines, and what the crawl could have seen."
  ),
  Command.withExamples([
    { command: "observatory evaluate --db demo.duckdb --network mainnet-sim --truth truth.jsonl", description: "How right was the analysis?" }
  ])
)
