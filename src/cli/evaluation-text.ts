import type { CrawlEvaluation } from "../analysis/evaluation/evaluate-crawl.ts"
import type { FoundOf } from "../analysis/evaluation/changed-together.ts"
import type { FalseAccusation, QuestionScores } from "../analysis/evaluation/evaluation.ts"
import type { GroupingScores } from "../analysis/evaluation/partition-metrics.ts"
import { forDisplay } from "../domain/display.ts"
import { jsonText } from "../domain/json-text.ts"

/** A share with three digits; what could not be judged is a dash. */
const shown = (value: number | null): string => value === null ? "-" : value.toFixed(3)

/** A table: heads, then rows. */
type Cells = readonly [heads: ReadonlyArray<string>, ...rows: ReadonlyArray<ReadonlyArray<string>>]

/** How titles, lines and tables are written: for a terminal, or as Markdown. */
interface Writing {
  readonly title: (text: string) => string
  readonly line: (text: string) => string
  readonly table: (cells: Cells) => ReadonlyArray<string>
}

const plain: Writing = {
  title: (text) => `\n${text}`,
  line: (text) => `  ${text}`,
  table: (cells) => {
    const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i]!.length)))
    return cells.map((row) => `  ${row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ")}`.trimEnd())
  }
}

const escaped = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>&~]/g, "\\$&")

const markdown: Writing = {
  title: (text) => `\n### ${escaped(text)}\n`,
  line: (text) => `- ${escaped(text)}`,
  table: ([heads, ...rows]) => {
    const line = (cells: ReadonlyArray<string>): string => `| ${cells.map(escaped).join(" | ")} |`
    return [line(heads), `|${heads.map((_, i) => i === 0 ? "---" : "---:").join("|")}|`, ...rows.map(line), ""]
  }
}

const scoreHeads = ["", "pair precision", "pair recall", "F", "B-cubed P", "B-cubed R", "ARI", "AMI", "groups", "false groups"]

const scoreRow = (name: string, scores: GroupingScores): ReadonlyArray<string> => [
  name,
  shown(scores.pairwise.precision),
  shown(scores.pairwise.recall),
  shown(scores.pairwise.f),
  shown(scores.bCubed.precision),
  shown(scores.bCubed.recall),
  shown(scores.adjustedRand),
  shown(scores.adjustedMutualInformation),
  String(scores.groups),
  scores.falseGroups.length === 0 ? "none" : scores.falseGroups.join(", ")
]

/** Accusations are shown whole up to here; JSON has all. */
const mostAccusations = 20

const accusationLines = ({ a, b, evidence, isGrouped, owners, probability, servers }: FalseAccusation): ReadonlyArray<string> => [
  `${forDisplay(servers[0], 60)} (server ${a}) and ${forDisplay(servers[1], 60)} (${b}): in truth ${forDisplay(owners[0], 60)} and ${forDisplay(owners[1], 60)}; p = ${shown(probability)}${isGrouped ? ", in one group" : ""}`,
  ...evidence.slice(0, 5).map(({ bits, comparison, detail }) => `    ${bits.toFixed(1)} bits  ${comparison}  ${forDisplay(JSON.stringify(detail), 120)}`)
]

const questionLines = (scores: QuestionScores, title: string, { line, table, title: head }: Writing): ReadonlyArray<string> => [
  head(title),
  ...table([
    scoreHeads,
    scoreRow("groups published", scores.groups),
    ...scores.baselines.map(({ name, scores }) => scoreRow(name, scores))
  ]),
  ...scores.baselines.map(({ name, setting }) => line(`${name}: ${setting}.`)),
  line(
    `Single pairs with p >= ${scores.verdicts.threshold}: precision ${shown(scores.verdicts.scores.precision)}, recall ${
      shown(scores.verdicts.scores.recall)
    } (${scores.verdicts.pairs.right} right, ${scores.verdicts.pairs.wrong} wrong, ${scores.verdicts.pairs.missed} missed). Brier score ${shown(scores.brier)}.`
  ),
  ...table([
    ["probability", "pairs", "operators", "said", "found", "found - said, 95 %"],
    ...scores.bands.map(({ found, from, interval, operators, pairs, said, to }) => [
      `${from} to ${to}`,
      String(pairs),
      String(operators),
      shown(said),
      shown(found),
      interval === null ? "-" : `${shown(interval[0])} to ${shown(interval[1])}`
    ])
  ]),
  line(`False accusations: ${scores.falseAccusations.length}.`),
  ...scores.falseAccusations.slice(0, mostAccusations).flatMap(accusationLines).map(line),
  line(`Not found whole: ${scores.notWhole.length}.`),
  ...scores.notWhole.slice(0, mostAccusations).map(({ missed, owner, pairs, servers }) =>
    line(`    ${forDisplay(owner, 60)}, ${servers} servers: ${missed} of ${pairs} pairs missed`))
]

const foundText = ({ found, pairs }: FoundOf): string => `${found} of ${pairs} (${shown(pairs === 0 ? null : found / pairs)})`

const changedLines = ({ changedTogether }: CrawlEvaluation, { line, title }: Writing): ReadonlyArray<string> =>
  changedTogether === null ? [] : [
    title("Same operator, where there is evidence in time"),
    line(`Pairs of one operator whose software was in truth changed within half an hour while both were watched, in one published group: ${foundText(changedTogether.all)}.`),
    line(`Without the server that each changed first, which strangers could have followed: ${foundText(changedTogether.following)}.`),
    line(`Of all, those that were also found to share their node: ${foundText(changedTogether.atOneNode)}.`)
  ]

const hostileLines = ({ hostile }: CrawlEvaluation, { line, table, title }: Writing): ReadonlyArray<string> =>
  hostile === null ? [title("Hostile"), line("Nothing was said of conduct.")] : [
    title("Hostile"),
    line(`${hostile.hostile} of ${hostile.judged} servers deceive or attack. Score: AUC ${shown(hostile.auc)} over all, ${
      shown(hostile.observable.auc)
    } over the ${hostile.observable.hostile} of which anything can be seen; flagged from ${hostile.threshold} on.`),
    ...hostile.blindSpots.map(({ because, servers }) => line(`Blind spot, ${servers} of them: told ${forDisplay(because, 200)}.`)),
    ...table([
      ["indicator", "servers", "AUC alone"],
      ...hostile.indicators.map(({ auc, name, servers }) => [name, String(servers), shown(auc)])
    ]),
    ...[["Flagged and not hostile", hostile.falselyFlagged], ["Hostile and not flagged", hostile.missed]].flatMap(([what, some]) =>
      typeof what !== "string" || typeof some === "string" ? [] : [
        line(`${what}: ${some!.length}.`),
        ...some!.slice(0, mostAccusations).map(({ indicators, score, server, serverId, traits }) =>
          line(`    ${forDisplay(server, 60)} (${serverId}), score ${score ?? "none"}: ${forDisplay(traits.join(", ") || "no traits", 120)}; ${forDisplay(indicators.join(", ") || "no indicator", 120)}`)
        )
      ]
    )
  ]

const powerLines = ({ fleets, lies }: CrawlEvaluation, { line, table, title }: Writing): ReadonlyArray<string> => {
  const sizes = [...new Set(fleets.flatMap(({ found }) => found.map(({ size }) => size)))].toSorted((a, b) => a - b)
  return [
    title("What this crawl could have seen"),
    ...table([
      ["fleet that shares", ...sizes.map((size) => `${size} servers`), "smallest found"],
      ...fleets.map(({ found, kit, question, smallest }) => [
        question === "operator" ? kit : `${kit} (shared infrastructure)`,
        ...sizes.map((size) => shown(found.find((one) => one.size === size)?.share ?? null)),
        smallest === null ? "none" : String(smallest)
      ])
    ]),
    line("Shares of a planted fleet's pairs that were found; the same linkage, on this crawl with strangers made alike, who say nothing else for themselves."),
    ...lies.map(({ lie, servers, statement }) => line(`${lie} (${servers} servers asked): ${statement}`))
  ]
}

/** An evaluation for a terminal or a document; everything that servers or truth files wrote is cleaned. */
export const evaluationText = (evaluation: CrawlEvaluation, format: "text" | "md" | "json"): string => {
  if (format === "json") return `${jsonText(evaluation, 2)}\n`
  const writing = format === "md" ? markdown : plain
  const { coverage, crawlId, network, simulated } = evaluation
  return [
    `${simulated ? "SIMULATED: " : ""}Crawl ${crawlId} of ${network}, ${coverage.judged} of ${coverage.servers} servers judged.`,
    writing.line(
      `Left out: ${coverage.balanced} behind balanced names, ${coverage.joined} joined of several servers by mistake, ${coverage.unknown} that the truth does not know. Counted more than once: ${coverage.split}.`
    ),
    ...questionLines(evaluation.operator, "Same operator", writing),
    ...questionLines(evaluation.backend, "Same backend: shared infrastructure", writing),
    ...changedLines(evaluation, writing),
    ...hostileLines(evaluation, writing),
    ...powerLines(evaluation, writing),
    ""
  ].join("\n")
}
