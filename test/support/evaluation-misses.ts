import type { NotWhole, QuestionScores } from "../../src/analysis/evaluation/evaluation.ts"
import type { Misjudged } from "../../src/analysis/evaluation/suspicion-scores.ts"
import type { ScenarioRun } from "./evaluation-targets.ts"

/** A list is cut here; files of what was judged have all. */
const mostNamed = 20

const list = (title: string, items: ReadonlyArray<string>): ReadonlyArray<string> =>
  items.length === 0 ? [`- ${title}: none.`] : [
    `- ${title}: ${items.slice(0, mostNamed).join("; ")}${items.length > mostNamed ? `; and ${items.length - mostNamed} more` : ""}.`
  ]

const accusations = (runs: ReadonlyArray<ScenarioRun>, question: QuestionScores["question"]): ReadonlyArray<string> =>
  runs.flatMap(({ evaluation, scenario, seed }) =>
    evaluation[question].falseAccusations.map(({ evidence, probability, servers }) =>
      `${scenario} ${seed}: ${servers.join(" and ")}, p = ${probability.toFixed(3)} (${evidence.slice(0, 3).map(({ comparison }) => comparison).join(", ")})`))

const notWhole = (runs: ReadonlyArray<ScenarioRun>, scenario: string, question: QuestionScores["question"]): ReadonlyArray<string> =>
  runs.filter((run) => run.scenario === scenario).flatMap(({ evaluation, seed }) =>
    evaluation[question].notWhole.map(({ missed, owner, pairs }: NotWhole) => `seed ${seed}: ${owner}, ${missed} of ${pairs} pairs`))

/** Servers of all runs by what they do, the most frequent first. */
const byTraits = (runs: ReadonlyArray<ScenarioRun>, of: "falselyFlagged" | "missed"): ReadonlyArray<string> => {
  const servers = runs.flatMap(({ evaluation, scenario }) => (evaluation.hostile?.[of] ?? []).map((one: Misjudged) => ({ scenario, ...one })))
  return [...Map.groupBy(servers, ({ scenario, traits }) => `${scenario}: ${traits.join(", ") || "no traits"}`)]
    .toSorted(([x, some], [y, others]) => others.length - some.length || (x < y ? -1 : 1))
    .map(([what, some]) => `${what} (${some.length})`)
}

/** What was missed and what was said falsely, by name, as Markdown: the figures alone do not say why. */
export const missLines = (runs: ReadonlyArray<ScenarioRun>): ReadonlyArray<string> => [
  ...list("Falsely one operator", accusations(runs, "operator")),
  ...list("Falsely one backend", accusations(runs, "backend")),
  ...list("Operators of `sloppy` not found whole", notWhole(runs, "sloppy", "operator")),
  ...list("Nodes of `careful` not found whole", notWhole(runs, "careful", "backend")),
  ...list("Hostile and not flagged, by what they do", byTraits(runs, "missed")),
  ...list("Flagged and not hostile, by what they do", byTraits(runs, "falselyFlagged"))
]
