import type { Block, Section } from "../document/document.ts"
import { paragraph, strong } from "../document/document.ts"
import type { ReportFacts } from "../facts/report-facts.ts"
import { counted, shareWithin } from "../write/words.ts"
import { columns, firstRows, namedFigure } from "./figure.ts"
import { numberText } from "../write/texts.ts"

/** Why one group is one, why not, and what would change it. */
const clusterSection = (detail: ReportFacts["details"][number], crawlId: number): Section => {
  const { against, cluster, evidence, members, wouldChange } = detail
  return {
    id: `cluster-${cluster.clusterId}`,
    title: `Group ${cluster.clusterId}: ${counted(cluster.servers, "server")}`,
    blocks: [
      paragraph(strong(cluster.statement), `. ${cluster.serversReachable} of its ${counted(cluster.servers, "server")} answered.`),
      {
        kind: "figure",
        id: `cluster-${cluster.clusterId}-evidence`,
        title: `What speaks for group ${cluster.clusterId}`,
        shows: "Comparisons that hold on the links that join the group, by how much each weighs (bits: each one doubles the odds).",
        level: "pair of servers",
        caveat: "Each has innocent explanations, beside it. Comparisons about one decision of somebody count once.",
        source: { kind: "named query", name: "evidence-of-a-cluster", parameters: { cluster: cluster.clusterId, crawl: crawlId } },
        chart: evidence.length === 0 ? null : {
          kind: "bars",
          axis: "bits",
          bars: evidence.toSorted((a, b) => b.bits - a.bits).slice(0, 12).map(({ bits, comparison }) => ({ label: comparison, value: bits }))
        },
        table: firstRows(
          evidence.toSorted((a, b) => b.bits - a.bits).map((one) => [one.comparison, one.bits, `${one.links} of ${one.of}`, one.values.slice(0, 4), one.definition, one.innocent]),
          20,
          columns("Comparison", "Bits: number", "Links", "Values", "When two agree", "What else explains it")
        )
      },
      against.length === 0
        ? paragraph("Nothing that was compared speaks against it.")
        : {
          kind: "table",
          title: "What speaks against it",
          table: firstRows(against.map((one) => [one.comparison, one.level, one.bits]), 20, columns("Comparison", "What was found", "Bits: number"))
        },
      ...(wouldChange.length === 0 ? [] : [paragraph("What would change the verdict:"), { kind: "list" as const, items: wouldChange.map((text) => [text]) }]),
      {
        kind: "table",
        title: "Members",
        table: members.every(({ evidence }) => evidence === "")
          ? firstRows(members.map(({ host, posterior }) => [host, posterior]), 60, columns("Host: code", "Strongest link: number"))
          : firstRows(members.map(({ evidence, host, posterior }) => [host, posterior, evidence]), 60, columns("Host: code", "Strongest link: number", "Linked by"))
      }
    ]
  }
}

/** Groups of all kinds, their sizes, and the evidence of those that are probably one operator's. */
export const clustersSection = ({ clusters, crawl, details, named: { sizes }, run }: ReportFacts): Section => {
  const kinds = [...Map.groupBy(sizes.rows, ({ kind }) => kind)]
  const operators = clusters.filter(({ kind }) => kind === "operator").toSorted((a, b) => b.servers - a.servers || a.clusterId - b.clusterId)
  const blocks: Array<Block> = [
    paragraph("A group is called probably one operator where pairs of its servers reach a probability that was fixed beforehand, on evidence that a single third party, such as an image or a hoster, seldom brings to strangers; where one may have brought all of it, no group is called so. Groups that share a node, a proxy, a machine or a key are shared infrastructure, which says nothing of who runs them. Nobody is named here whom the servers do not name themselves.")
  ]
  if (run === null) blocks.push(paragraph("This crawl has not been analysed: run observatory analyze."))
  else {
    blocks.push(paragraph(
      `${counted(run.servers, "server")} ${run.servers === 1 ? "was" : "were"} compared at a threshold of ${run.threshold}, ${numberText(run.pairsCompared)} of ${counted(run.pairsPossible, "pair")}: those that have something in common. ${
        run.operatorGroups === 0
          ? "No group came of it."
          : `${counted(run.operatorGroups, "group")} came of it, of which the model itself expects ${numberText(run.expectedFalseGroups)} to be wrong by chance; third parties that bring all that a group stands on are not in this number.`
      }`
    ))
  }
  blocks.push(
    namedFigure("sizes-of-groups", sizes, {
      shows: sizes.rows.length === 0 ? "No groups are stored." : "How many groups of each kind have how many servers.",
      table: firstRows(sizes.rows.map((row) => [row.kind, row.size, row.groups]), 60, columns("Kind", "Servers: count", "Groups: count"))
    }),
    ...kinds.filter(([kind]) => kind !== "same behaviour").map(([kind, rows]) =>
      namedFigure(`sizes-${kind.replaceAll(" ", "-")}`, sizes, {
        title: `Sizes of groups: ${kind}`,
        shows: "Groups by how many servers they have.",
        chart: { kind: "bars", axis: "groups", bars: rows.map(({ groups, size }) => ({ label: counted(size, "server"), value: groups })) },
        table: firstRows(rows.map(({ groups, size }) => [size, groups]), 40, columns("Servers: count", "Groups: count"))
      })),
    {
      kind: "figure",
      id: "operator-groups",
      title: "Groups that are probably one operator's",
      shows: operators.length === 0 ? "None was found: who takes care leaves nothing to see." : "Each with the probability that all its links hold.",
      level: "operator (probable)",
      caveat: "A probability, never a certainty. Servers in no group may have one operator too.",
      source: { kind: "named query", name: "operator-clusters", parameters: { crawl: crawl.crawlId } },
      chart: null,
      table: firstRows(
        operators.map((one) => [String(one.clusterId), one.servers, one.posterior, one.weakestLink, one.mainProbability === null ? null : shareWithin(one.mainProbability, null, null), one.evidence, one.hosts.slice(0, 12)]),
        50,
        columns("Group", "Servers: count", "Probability of all: number", "Weakest link: number", "Main server, 100 starts (model)", "By", "Hosts")
      )
    },
    {
      kind: "figure",
      id: "infrastructure-groups",
      title: "Shared infrastructure",
      shows: "Groups behind one node or proxy, on one machine, or with one key. Customers of one company look like this too.",
      level: "group of servers",
      caveat: "Says nothing of who runs the servers.",
      source: { kind: "named query", name: "shared-infrastructure", parameters: { crawl: crawl.crawlId } },
      chart: null,
      table: firstRows(
        clusters.filter(({ kind }) => kind !== "operator" && kind !== "same behaviour").map((one) => [String(one.clusterId), one.kind, one.servers, one.evidence, one.hosts.slice(0, 8)]),
        50,
        columns("Group", "Shared", "Servers: count", "By", "Hosts")
      )
    }
  )
  return {
    id: "groups",
    title: "Groups of servers, with evidence",
    blocks,
    sections: details.map((detail) => clusterSection(detail, crawl.crawlId))
  }
}
