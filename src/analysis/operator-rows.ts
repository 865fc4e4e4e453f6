import type { TableRows, Value } from "../store/database.ts"
import type { CrawlId } from "../store/facts.ts"
import type { KnownGroup } from "./clusters/stable-ids.ts"
import { stableIds } from "./clusters/stable-ids.ts"
import { comparisons as allComparisons } from "./comparisons/catalogue.ts"
import { model } from "./linkage/model.ts"
import type { JudgedOperators, OperatorOptions } from "./operators.ts"
import { type SharedKeyGroup, sharedKeyExplanations, sharedKeyStatement } from "./shared-keys.ts"

/** A group of any kind on its way into `cluster` and `cluster_member`. */
interface StoredGroup {
  readonly kind: string
  readonly evidence: string
  readonly serverIds: ReadonlyArray<number>
  readonly posterior: number | null
  readonly weakestLink: number | null
  readonly memberPosterior: ReadonlyMap<number, number> | null
  /** What ties each member to others; null where the group's own evidence is seen in all members alike. */
  readonly memberEvidence: ReadonlyMap<number, ReadonlyArray<string>> | null
  readonly detail: Value
}

const groupsOf = (findings: JudgedOperators, sharedKeys: ReadonlyArray<SharedKeyGroup>, simulated: boolean): ReadonlyArray<StoredGroup> => [
  ...findings.clusters.map((cluster): StoredGroup => ({
    kind: "operator",
    evidence: cluster.explanation.evidence.slice(0, 3).map(({ comparison }) => comparison).join(", "),
    serverIds: cluster.serverIds,
    posterior: cluster.posterior,
    weakestLink: cluster.weakestLink,
    memberPosterior: cluster.memberPosterior,
    memberEvidence: cluster.explanation.ofMember,
    detail: {
      statement: cluster.explanation.statement,
      evidence: cluster.explanation.evidence,
      against: cluster.explanation.against,
      would_change: cluster.explanation.wouldChange,
      links: cluster.links,
      contradictions: cluster.contradictions,
      was_split: cluster.wasSplit
    } as unknown as Value
  })),
  ...findings.groups.map((group): StoredGroup => {
    const isSeen = group.kind === "same behaviour"
    return {
      kind: group.kind,
      evidence: group.evidence,
      serverIds: group.serverIds,
      posterior: isSeen ? null : group.posterior,
      weakestLink: isSeen ? null : group.posterior,
      memberPosterior: isSeen ? null : group.memberPosterior,
      memberEvidence: isSeen ? null : group.memberEvidence,
      detail: null
    }
  }),
  ...sharedKeys.map((group): StoredGroup => ({
    kind: "shared key",
    evidence: group.spkiSha256,
    serverIds: group.serverIds,
    posterior: null,
    weakestLink: null,
    memberPosterior: null,
    memberEvidence: null,
    detail: {
      statement: sharedKeyStatement(group, simulated),
      innocent_explanations: sharedKeyExplanations,
      key_type: group.keyType,
      certificates: group.certificates
    }
  }))
]

/** What the numbers of groups are kept from. */
export interface EarlierGroups {
  /** Of an earlier analysis of the crawl, then of the crawl analysed before it. */
  readonly known: ReadonlyArray<ReadonlyArray<KnownGroup>>
  readonly nextId: number
  readonly endpointsOf: ReadonlyMap<number, ReadonlyArray<number>>
}

/** Numbered operator clusters, and the rows of the tables `cluster`, `cluster_member`, `comparison_weight` and `analysis_run`; those of pairs come with the findings. */
export const operatorRows = (
  run: {
    readonly crawlId: CrawlId
    readonly analysedAt: number
    readonly codeVersion: string
    readonly options: OperatorOptions
  },
  findings: JudgedOperators,
  sharedKeys: ReadonlyArray<SharedKeyGroup>,
  earlier: EarlierGroups
): { readonly tables: ReadonlyArray<TableRows>; readonly clusterIds: ReadonlyArray<number> } => {
  const { crawlId } = run
  const groups = groupsOf(findings, sharedKeys, run.options.simulated)
  const ids = stableIds(
    groups.map(({ kind, serverIds }) => ({ kind, endpointIds: serverIds.flatMap((server) => earlier.endpointsOf.get(server) ?? []) })),
    earlier.known,
    earlier.nextId
  )
  const { communities, linkage } = findings
  const comparisons = new Map(
    allComparisons({ publicSuffixes: run.options.publicSuffixes }).map((comparison) => [comparison.name, comparison])
  )
  const tables: ReadonlyArray<TableRows> = [
    {
      table: "analysis_run",
      crawlId,
      columns: [
        "analysed_at", "code_version", "options", "servers", "pairs_possible", "pairs_compared", "pairs_of_strangers", "blocks",
        "sampled_blocks", "operator_prior", "threshold", "operator_clusters", "expected_false_clusters", "louvain_communities",
        "louvain_agreement", "louvain_would_split", "louvain_would_join"
      ],
      rows: [[
        run.analysedAt, run.codeVersion,
        {
          random_seed: run.options.randomSeed,
          public_suffixes: run.options.publicSuffixes.map(({ byProvider, rule }) => ({ rule, by_provider: byProvider }))
        },
        findings.servers, linkage.possible, linkage.compared, linkage.strangers, linkage.blocks, linkage.sampledBlocks,
        linkage.operatorPrior, model.verdict, findings.clusters.length, findings.expectedFalse, communities.communities,
        communities.agreement, communities.wouldSplit, communities.wouldJoin
      ]]
    },
    {
      table: "comparison_weight",
      crawlId,
      columns: [
        "comparison", "level", "question", "forgeability", "bundle", "definition", "innocent", "m", "u", "bits", "measured", "pairs",
        "depends_on", "lift"
      ],
      rows: linkage.weights.map((weight) => {
        const { bundle, definition, forgeability, innocent, question } = comparisons.get(weight.comparison)!
        return [
          weight.comparison, weight.level, question, forgeability, bundle, definition, innocent, weight.m, weight.u, weight.bits,
          weight.measured, weight.pairs, weight.dependsOn, weight.lift
        ]
      })
    },
    {
      table: "cluster",
      crawlId,
      columns: ["cluster_id", "kind", "evidence", "servers", "detail", "posterior", "weakest_link"],
      rows: groups.map((group, i) => [
        ids[i]!, group.kind, group.evidence, group.serverIds.length, group.detail, group.posterior, group.weakestLink
      ])
    },
    {
      table: "cluster_member",
      crawlId,
      columns: ["cluster_id", "server_id", "posterior", "evidence"],
      rows: groups.flatMap((group, i) =>
        group.serverIds.map((server) => [
          ids[i]!, server, group.memberPosterior?.get(server) ?? null, group.memberEvidence?.get(server)?.join(", ") ?? null
        ]))
    }
  ]
  return { tables, clusterIds: ids.slice(0, findings.clusters.length) }
}
