import { brierScore, type CalibrationBand, calibrationBands, type CalibrationCell } from "../../src/analysis/evaluation/calibration.ts"
import type { CrawlEvaluation } from "../../src/analysis/evaluation/evaluate-crawl.ts"
import type { QuestionScores } from "../../src/analysis/evaluation/evaluation.ts"
import { pairScores, type PrecisionRecall } from "../../src/analysis/evaluation/partition-metrics.ts"
import { rocAuc } from "../../src/analysis/evaluation/ranking.ts"
import { missLines } from "./evaluation-misses.ts"
import type { VictimMove } from "./scenario-evaluation.ts"

/** One scenario with one seed, judged. */
export interface ScenarioRun {
  readonly scenario: string
  readonly seed: number
  readonly evaluation: CrawlEvaluation
  /** Of scenarios in which somebody is relayed or copied; empty elsewhere, and where it was not measured. */
  readonly moves: ReadonlyArray<VictimMove>
}

/** What is asked of the verdicts, and what came of it; `holds` null: nothing to judge by. */
export interface TargetResult {
  readonly target: string
  readonly result: string
  readonly holds: boolean | null
}

type Question = "backend" | "operator"

/** A share with three digits; a dash where there is none. */
export const shownShare = (value: number | null): string => value === null ? "–" : value.toFixed(3)

/** Pairs within published groups, summed over runs. */
export const pooledPairs = (runs: ReadonlyArray<ScenarioRun>, question: Question): PrecisionRecall => {
  const sum = (of: (scores: QuestionScores) => number): number => runs.reduce((total, { evaluation }) => total + of(evaluation[question]), 0)
  return pairScores({
    right: sum(({ groups }) => groups.pairs.right),
    wrong: sum(({ groups }) => groups.pairs.wrong),
    missed: sum(({ groups }) => groups.pairs.missed)
  })
}

/** Cells of all runs; operators of different crawls are different ones. */
const pooledCells = (runs: ReadonlyArray<ScenarioRun>, question: Question): ReadonlyArray<CalibrationCell> =>
  runs.flatMap(({ evaluation, scenario, seed }) =>
    evaluation[question].cells.map((cell) => ({ ...cell, a: `${scenario} ${seed} ${cell.a}`, b: `${scenario} ${seed} ${cell.b}` }))
  )

/** Bands and Brier score over all runs. */
export const pooledCalibration = (
  runs: ReadonlyArray<ScenarioRun>,
  question: Question
): { readonly bands: ReadonlyArray<CalibrationBand>; readonly brier: number | null } => {
  const cells = pooledCells(runs, question)
  return { bands: calibrationBands(cells), brier: brierScore(cells) }
}

const falseGroupsOver = (runs: ReadonlyArray<ScenarioRun>, size: number): ReadonlyArray<string> =>
  runs.flatMap(({ evaluation, scenario, seed }) =>
    evaluation.operator.groups.falseGroups.filter((members) => members > size).map((members) => `${scenario} ${seed}: ${members}`)
  )

/** A band counts when it has enough pairs of enough operators; then its whole interval has to be near. */
export const isBandCounted = ({ operators, pairs }: CalibrationBand): boolean => pairs >= 1_000 && operators >= 20

const isNear = ({ interval }: CalibrationBand): boolean => interval !== null && Math.max(...interval.map(Math.abs)) <= 0.05

const bandText = ({ from, interval, to }: CalibrationBand): string => `${from}–${to}: ${interval === null ? "–" : interval.map((end) => end.toFixed(3)).join(" to ")}`

/** The targets of the evaluation over whatever was run. */
export const targetResults = (runs: ReadonlyArray<ScenarioRun>): ReadonlyArray<TargetResult> => {
  const of = (...names: ReadonlyArray<string>): ReadonlyArray<ScenarioRun> => runs.filter(({ scenario }) => names.includes(scenario))
  const scenarios = [...Map.groupBy(runs, ({ scenario }) => scenario)]
  const precisions = scenarios
    .map(([name, some]) => ({ name, precision: pooledPairs(some, "operator").precision }))
    .flatMap(({ name, precision }) => precision === null ? [] : [{ name, precision }])
    .toSorted((a, b) => a.precision - b.precision)
  const strict = of("lookalikes", "hosted", "framing")
  const large = falseGroupsOver(strict, 2)
  const sloppy = pooledPairs(of("sloppy"), "operator").recall
  const careful = pooledPairs(of("careful"), "backend").recall
  const moves = runs.flatMap((run) => run.moves)
  const [furthest, points] = [Math.max(0, ...moves.map((move) => move.probability)), moves.map((move) => move.points)]
  const mostPoints = points.some((one) => one === null) ? null : Math.max(0, ...points.map((one) => one!))
  const liars = of("lying-majority").flatMap(({ evaluation }) => evaluation.hostile ?? [])
  const [missed, falsely] = [liars.flatMap((one) => one.missed), liars.flatMap((one) => one.falselyFlagged)]
  const counted = pooledCalibration(runs, "operator").bands.filter(isBandCounted)
  const scored = runs.flatMap(({ evaluation }) => evaluation.hostile?.scored ?? [])
  const auc = rocAuc(scored)
  const observable = rocAuc(runs.flatMap(({ evaluation }) => evaluation.hostile?.observable.scored ?? []))
  return [
    {
      target: "operator: pair precision ≥ 0.98 in every scenario",
      result: precisions[0] === undefined ? "no pair was said" : `lowest ${shownShare(precisions[0].precision)} (${precisions[0].name})`,
      holds: precisions[0] === undefined ? null : precisions[0].precision >= 0.98
    },
    {
      target: "operator: no false group of more than 2 in lookalikes, hosted, framing",
      result: strict.length === 0 ? "not run" : large.length === 0 ? "none" : large.join("; "),
      holds: strict.length === 0 ? null : large.length === 0
    },
    { target: "operator: recall ≥ 0.95 in sloppy", result: shownShare(sloppy), holds: sloppy === null ? null : sloppy >= 0.95 },
    { target: "backend: recall ≥ 0.60 in careful", result: shownShare(careful), holds: careful === null ? null : careful >= 0.6 },
    {
      target: "framing: the victim moves < 0.02 and < 2 points",
      result: moves.length === 0 ? "not run" : `${furthest.toFixed(3)}, ${mostPoints === null ? "no score" : `${mostPoints.toFixed(1)} points`}`,
      holds: moves.length === 0 || mostPoints === null ? null : furthest < 0.02 && mostPoints < 2
    },
    {
      target: "lying-majority: every liar flagged, nobody else",
      result: liars.length === 0 ? "not run" : `${missed.length} liars missed, ${falsely.length} others flagged`,
      holds: liars.length === 0 ? null : missed.length === 0 && falsely.length === 0
    },
    {
      target: "operator: calibration within 0.05 in bands of ≥ 1000 pairs of ≥ 20 operators (95 %, by operator)",
      result: counted.length === 0 ? "no such band" : counted.map(bandText).join("; "),
      holds: counted.length === 0 ? null : counted.every(isNear)
    },
    { target: "hostile: AUC ≥ 0.95 over all servers", result: shownShare(auc), holds: auc === null ? null : auc >= 0.95 },
    {
      target: "hostile: AUC ≥ 0.95 over those of which an honest observer can see anything",
      result: shownShare(observable),
      holds: observable === null ? null : observable >= 0.95
    }
  ]
}

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/** What was run, as Markdown: targets, scenarios, calibration. */
export const targetsMarkdown = (runs: ReadonlyArray<ScenarioRun>): string => {
  const scenarios = [...Map.groupBy(runs, ({ scenario }) => scenario)]
  const mean = (values: ReadonlyArray<number>): number | null => values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  const { bands, brier } = pooledCalibration(runs, "operator")
  const baselines = runs[0]?.evaluation.operator.baselines.map(({ name }) => name) ?? []
  return [
    row(["target", "result", ""]),
    "|---|---|---|",
    ...targetResults(runs).map(({ holds, result, target }) => row([target, result, holds === null ? "–" : holds ? "holds" : "**missed**"])),
    "",
    row(["scenario", "seeds", "servers judged", "operator P", "operator R", "backend P", "backend R", "false groups", "AUC", "AUC, observable", "ARI", ...baselines.map((name) => `ARI ${name}`)]),
    `|---${"|---:".repeat(10 + baselines.length)}|`,
    ...scenarios.map(([name, some]) => {
      const [operator, backend] = [pooledPairs(some, "operator"), pooledPairs(some, "backend")]
      const auc = rocAuc(some.flatMap(({ evaluation }) => evaluation.hostile?.scored ?? []))
      return row([
        name,
        String(some.length),
        String(some.reduce((sum, { evaluation }) => sum + evaluation.coverage.judged, 0)),
        shownShare(operator.precision),
        shownShare(operator.recall),
        shownShare(backend.precision),
        shownShare(backend.recall),
        String(some.reduce((sum, { evaluation }) => sum + evaluation.operator.groups.falseGroups.length, 0)),
        shownShare(auc),
        shownShare(rocAuc(some.flatMap(({ evaluation }) => evaluation.hostile?.observable.scored ?? []))),
        shownShare(mean(some.map(({ evaluation }) => evaluation.operator.groups.adjustedRand))),
        ...baselines.map((_, i) => shownShare(mean(some.map(({ evaluation }) => evaluation.operator.baselines[i]!.scores.adjustedRand))))
      ])
    }),
    "",
    `Brier score of "same operator" over all pairs: ${shownShare(brier)}.`,
    "",
    row(["probability of one operator", "pairs", "operators", "said", "found", "found − said, 95 %"]),
    "|---|---:|---:|---:|---:|---:|",
    ...bands.map((band) => row([
      `${band.from} to ${band.to}`,
      String(band.pairs),
      String(band.operators),
      shownShare(band.said),
      shownShare(band.found),
      band.interval === null ? "–" : band.interval.map((end) => end.toFixed(3)).join(" to ")
    ])),
    "",
    ...missLines(runs),
    ""
  ].join("\n")
}
