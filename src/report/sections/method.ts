import { mostServersForPower } from "../../analysis/evaluation/crawl-fleets.ts"
import type { Section } from "../document/document.ts"
import { paragraph } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { percent } from "../../analysis/exposure/recommendation.ts"
import { counted, shareWithin } from "../write/words.ts"
import { measuredScenarios, measuredWhen } from "./measured.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"

/** How it was done: the product's own text with this crawl's figures. */
export const methodSection = ({ snapshots, texts }: ReportFacts): Section => ({
  id: "method",
  title: "Method",
  blocks: [
    paragraph(`Under each figure stands the query that gives it again from the database. What is not known is shown as unknown, is never a zero, and never a value among others. ${snapshots === 0 ? "No snapshot was taken: nothing was asked of all servers at one moment." : `${counted(snapshots, "snapshot")} asked all servers at one moment.`}`)
  ],
  sections: texts.methodology.map(({ paragraphs, title }, i) => ({
    id: `method-${i + 1}`,
    title,
    blocks: paragraphs.map((text) => paragraph(text))
  }))
})

/** How much of the network was seen. */
export const coverageSection = ({ named: { coverage }, overview }: ReportFacts): Section => ({
  id: "coverage",
  title: "Coverage",
  blocks: [
    paragraph(
      overview.coverage.value === null
        ? `How much of the network was seen is not estimated. ${overview.coverage.caveat}`
        : `At the most ${shareWithin(overview.coverage.value, overview.coverage.low, overview.coverage.high)} of the servers that lists and sources can show were seen. ${overview.coverage.caveat}`
    ),
    namedFigure("coverage-counts", coverage, {
      title: "From what was announced to what answered",
      shows: "Announced, visited, answered, and what is estimated to be missing.",
      table: firstRows(coverage.rows.map((row) => [row.level, row.measure, row.number]), 40, columns("Level", "Measure", "Number: number"))
    })
  ]
})

/** What the crawl could not have seen, and how right the method was where the truth is known. */
export const powerSection = ({ fleets, lies, overview, run }: ReportFacts): Section => ({
  id: "limits",
  title: "Limits and power",
  blocks: [
    paragraph("A finding that there is nothing is worth no more than what would have been found."),
    ...(fleets === null
      ? [paragraph(`What fleets this crawl could have shown was not computed: ${
        run === null ? "the crawl was not analysed" : run.servers > mostServersForPower ? `there are ${counted(run.servers, "server")}, and it is done for ${mostServersForPower} at the most` : "--no-power was given"
      }.`)]
      : [paragraph("Strangers of this crawl were made alike in one thing after another and judged again; what is never found this way is listed with the rest. They have the greeting that comes with their software and ask for no gifts, but where the kind says otherwise: a greeting or an address for gifts of each one's own speaks against one operator."), {
        kind: "table" as const,
        title: "The smallest fleets that this crawl would have shown",
        table: {
          columns: columns("Alike in", "Question", "Smallest fleet found", "Share of pairs found, by size", "Strangers drawn in: count"),
          rows: fleets.map(({ drawnIn, found, kit, question, smallest }) => [
            kit,
            question === "operator" ? "one operator" : "shared infrastructure",
            smallest === null ? "never found" : String(smallest),
            found.length === 0 ? null : found.map(({ share, size }) => `${size}: ${percent(share)}`).join(", "),
            drawnIn
          ])
        }
      }]),
    {
      kind: "table",
      title: "The lies that this crawl could have seen",
      table: {
        columns: columns("Lie", "Servers asked so that it could show: count", "What would have shown"),
        rows: lies.map(({ lie, servers, statement }) => [lie, servers, statement])
      }
    },
    paragraph(`How right the method is where the truth is known, in simulated networks (${measuredWhen}); the rules were made on other seeds. Where no group was found there is no precision, where there is nothing to find no recall:`),
    {
      kind: "table",
      title: "Precision and recall of pairs in simulated networks",
      table: {
        columns: columns("Scenario", "What it is", "Servers: count", "Operator: precision: number", "Operator: recall: number", "Node: precision: number", "Node: recall: number", "False groups: count"),
        rows: measuredScenarios.map((row) => [row.scenario, row.about, row.servers, ...[row.operatorPrecision, row.operatorRecall, row.backendPrecision, row.backendRecall].map((value) => value ?? []), row.falseGroups])
      }
    },
    {
      kind: "list",
      items: [
        ["Operators who take care leave nothing to see; servers in no group may have one operator too."],
        [run === null ? "This crawl has not been analysed." : run.operatorGroups === 0 ? "No group was found, so that none can be wrong; how many were missed is not known." : `The model expects ${run.expectedFalseGroups.toFixed(2)} of its ${run.operatorGroups} groups to be wrong by chance; a third party (an image, a hoster, a proxy) that brought all that a group stands on is not in this number. Its numbers were decided on simulated networks, since no labelled real ones exist.`],
        ["Lies about scripts whose histories are not known in advance cannot be seen, nor lies to wallets only."],
        ["Everything is from the places and times named above; countries and cities of addresses are what registries and geo files say."],
        [overview.withheld ?? "Nothing had to be withheld from this report."]
      ]
    }
  ]
})

/** Who can do what, what they see, our figure, and what we cannot observe. */
export const threatSection = ({ texts }: ReportFacts): Section => ({
  id: "threat-model",
  title: "Threat model",
  blocks: [{
    kind: "table",
    title: "Who can do what to users of a wallet",
    table: {
      columns: columns("Capability", "What it sees", "Our figure", "What we cannot observe", "Query: code"),
      rows: texts.threatModel.map(({ cannotObserve, capability, figure, query, sees }) => [capability, sees, figure, cannotObserve, query ?? []])
    }
  }]
})
