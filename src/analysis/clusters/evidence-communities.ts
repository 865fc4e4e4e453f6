import { UndirectedGraph } from "graphology"
import louvainModule from "graphology-communities-louvain"
import { adjustedRandIndex, type Partition } from "../graph/partition.ts"
import type { ComparedPair } from "../linkage/compared-pair.ts"
import { seededRandom } from "../seeded-random.ts"
import type { OperatorCluster } from "./operator-clusters.ts"

/** Louvain on the graph of evidence beside the clusters that decide. */
export interface EvidenceCommunities {
  /** Servers with a pair likelier than not. */
  readonly servers: number
  readonly communities: number
  /** Adjusted Rand index with the operator clusters over these servers; null without any. */
  readonly agreement: number | null
  /** Clusters that it would tear apart. */
  readonly wouldSplit: number
  /** Communities that join servers of several clusters, or servers of none. */
  readonly wouldJoin: number
}

// The types describe an ES module, the package is CommonJS: what is imported is the function itself.
const louvain = louvainModule as unknown as typeof louvainModule.default

/**
 * Reported, not used: on planted operators Louvain joined singletons where
 * connected components of probable pairs did not.
 */
export const evidenceCommunities = (
  pairs: ReadonlyArray<ComparedPair>,
  clusters: ReadonlyArray<OperatorCluster>,
  randomSeed: number
): EvidenceCommunities => {
  const graph = new UndirectedGraph<Record<string, never>, { weight: number }>()
  // Sorted, as the result depends on the order of insertion; half and less is no reason to be together.
  const likely = pairs.filter(({ sameOperator }) => sameOperator > 0.5)
  const servers = [...new Set(likely.flatMap(({ a, b }) => [a, b]))].toSorted((a, b) => a - b)
  if (servers.length === 0) return { servers: 0, communities: 0, agreement: null, wouldSplit: 0, wouldJoin: 0 }
  for (const server of servers) graph.addNode(String(server))
  for (const { a, b, sameOperator } of likely) graph.addEdge(String(a), String(b), { weight: sameOperator })
  const found: Partition = new Map(
    Object.entries(louvain(graph, { getEdgeWeight: "weight", rng: seededRandom(randomSeed) }))
      .map(([server, community]) => [Number(server), community])
  )
  const clusterOf = new Map(clusters.flatMap(({ serverIds }, i) => serverIds.map((server) => [server, i])))
  const decided: Partition = new Map(servers.map((server) => [server, clusterOf.get(server) ?? -1 - server]))
  const pairsOfLabels = new Set(servers.map((server) => `${decided.get(server)} ${found.get(server)}`))
  const labels = (partition: Partition): number => new Set(servers.map((server) => partition.get(server))).size
  const parts = (of: 0 | 1): number => {
    const counts = new Map<string, number>()
    for (const pair of pairsOfLabels) {
      const label = pair.split(" ")[of]!
      counts.set(label, (counts.get(label) ?? 0) + 1)
    }
    return [...counts.values()].filter((count) => count > 1).length
  }
  return {
    servers: servers.length,
    communities: labels(found),
    agreement: adjustedRandIndex(decided, found),
    wouldSplit: parts(0),
    wouldJoin: parts(1)
  }
}
