import type { TableColumns } from "../store/database.ts"
import type { CrawlId } from "../store/facts.ts"
import { evidenceCommunities, type EvidenceCommunities } from "./clusters/evidence-communities.ts"
import { type ClusterExplanation, explainCluster } from "./clusters/explanation.ts"
import { behaviourClusters, infrastructureGroups, type SharingGroup } from "./clusters/infrastructure.ts"
import { expectedFalseGroups, type OperatorCluster, operatorClusters } from "./clusters/operator-clusters.ts"
import { comparisons as allComparisons } from "./comparisons/catalogue.ts"
import { link, type Linkage } from "./linkage/linkage.ts"
import { pairColumns, piecesOf } from "./linkage/pair-columns.ts"
import type { SuffixRule } from "./traits/registrable-domain.ts"
import type { ServerTraits } from "./traits/server-traits.ts"

/** What judging operators may be told; survives the way to another thread. */
export interface OperatorOptions {
  readonly randomSeed: number
  /** Suffixes under which strangers have names, beside the Public Suffix List. */
  readonly publicSuffixes: ReadonlyArray<SuffixRule>
  readonly simulated: boolean
}

/** An operator cluster with why. */
export interface ExplainedCluster extends Omit<OperatorCluster, "links" | "tree" | "contradictions"> {
  readonly links: number
  readonly contradictions: number
  readonly explanation: ClusterExplanation
}

/** Who runs what, as far as the traits of servers show. */
export interface OperatorFindings {
  readonly servers: number
  readonly linkage: Linkage
  /** Probably one operator each, the largest first. */
  readonly clusters: ReadonlyArray<ExplainedCluster>
  /** How many of them the model itself expects to be wrong. */
  readonly expectedFalse: number
  readonly groups: ReadonlyArray<SharingGroup>
  readonly communities: EvidenceCommunities
}

/** Compares servers, and groups them by each question. Pure, and the heavy part of an analysis. */
export const judgeOperators = (servers: ReadonlyArray<ServerTraits>, options: OperatorOptions): OperatorFindings => {
  const comparisons = allComparisons({ publicSuffixes: options.publicSuffixes, servers })
  const linkage = link(servers, comparisons, { randomSeed: options.randomSeed })
  const clusters = operatorClusters(linkage.pairs)
  const namesOf = (question: string) => new Set(comparisons.filter((it) => it.question === question).map(({ name }) => name))
  return {
    servers: servers.length,
    linkage,
    clusters: clusters.map(({ contradictions, links, tree, ...cluster }) => ({
      ...cluster,
      links: links.length,
      contradictions: contradictions.length,
      explanation: explainCluster({ ...cluster, contradictions, links, tree }, comparisons, linkage.operatorPrior, options.simulated)
    })),
    expectedFalse: expectedFalseGroups(clusters),
    groups: [
      ...infrastructureGroups(linkage.pairs, { infrastructure: namesOf("shared infrastructure"), machine: namesOf("same machine") }),
      ...behaviourClusters(servers)
    ],
    communities: evidenceCommunities(linkage.pairs, clusters, options.randomSeed)
  }
}

/** What is to be judged, and for which crawl; survives the way to another thread. */
export interface JudgingWork {
  readonly crawlId: CrawlId
  readonly servers: ReadonlyArray<ServerTraits>
  readonly options: OperatorOptions
}

/** What judging found, without its pairs, which are too many to be handed on one by one. */
export interface JudgedOperators extends Omit<OperatorFindings, "linkage"> {
  readonly linkage: Omit<Linkage, "pairs">
  /** Pairs of which something holds a verdict down that would be 0.3 or more. */
  readonly undecided: number
}

/** Judges; going through `tables` makes the tables `pair` and `evidence` piece by piece, which takes a fifth of the time again. */
export const judgedOperatorsOf = (
  { crawlId, options, servers }: JudgingWork
): { readonly findings: JudgedOperators; readonly pieces: number; readonly tables: Iterable<ReadonlyArray<TableColumns>> } => {
  const { linkage: { pairs, ...linkage }, ...findings } = judgeOperators(servers, options)
  return {
    findings: {
      ...findings,
      linkage,
      undecided: pairs.filter(({ limit, sameOperator }) => limit !== null && sameOperator >= 0.3).length
    },
    pieces: piecesOf(pairs),
    tables: pairColumns(crawlId, pairs)
  }
}
