import { UndirectedGraph } from "graphology"
import louvainModule from "graphology-communities-louvain"
import { adjustedRandIndex, type Partition } from "../graph/partition.ts"
import { seededRandom } from "../seeded-random.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import { dbscan } from "./dbscan.ts"
import { featureDistance, type Features, featuresOf, shareAnything } from "./trait-features.ts"

/** Another way to group the same servers, for comparison only. */
export interface Baseline {
  readonly name: string
  /** How it was set, and with whose help. */
  readonly setting: string
  readonly partition: Partition
}

// The types describe an ES module, the package is CommonJS: what is imported is the function itself.
const louvain = louvainModule as unknown as typeof louvainModule.default

/** Fixed in advance: three features of ten may differ. */
const givenEps = 0.3

const plainLouvain = (servers: ReadonlyArray<number>, features: ReadonlyMap<number, Features>): Partition => {
  const graph = new UndirectedGraph()
  for (const server of servers) graph.addNode(String(server))
  for (const [i, a] of servers.entries()) {
    for (const b of servers.slice(i + 1)) {
      if (shareAnything(features.get(a)!, features.get(b)!)) graph.addEdge(String(a), String(b))
    }
  }
  if (graph.size === 0) return new Map(servers.map((server, i) => [server, i]))
  const found = louvain(graph, { getEdgeWeight: null, rng: seededRandom(1) })
  return new Map(servers.map((server) => [server, found[String(server)]!]))
}

/** Every distance at which another grouping can begin, at most 200. */
const epsilons = (servers: ReadonlyArray<number>, distance: (a: number, b: number) => number): ReadonlyArray<number> => {
  const all = new Set<number>([0])
  for (const [i, a] of servers.entries()) for (const b of servers.slice(i + 1)) all.add(Number(distance(a, b).toFixed(3)))
  const sorted = [...all].filter((eps) => eps < 1).toSorted((a, b) => a - b)
  const step = Math.max(1, Math.ceil(sorted.length / 200))
  return sorted.filter((_, i) => i % step === 0)
}

/**
 * DBSCAN over the traits, with eps as given and with the eps that suits the
 * truth best (an advantage nobody has on a real network), and Louvain on the
 * graph of who shares anything. Servers with a truth only, ascending.
 */
export const baselinesOf = (traits: ReadonlyArray<ServerTraits>, truth: Partition): ReadonlyArray<Baseline> => {
  const features = new Map(
    traits.filter(({ serverId }) => truth.has(serverId)).map((server) => [server.serverId, featuresOf(server)])
  )
  // A server without traits is like nobody.
  const nothing: Features = new Map()
  const servers = [...truth.keys()].toSorted((a, b) => a - b)
  const of = (server: number): Features => features.get(server) ?? nothing
  const all = new Map(servers.map((server) => [server, of(server)]))
  const distance = (a: number, b: number): number => featureDistance(of(a), of(b))
  const given = dbscan(servers, distance, givenEps)
  const tried = epsilons(servers, distance).map((eps) => {
    // Half a step more, as distances were rounded.
    const partition = dbscan(servers, distance, eps + 0.0005)
    return { eps, partition, score: adjustedRandIndex(partition, truth) }
  })
  const best = tried.reduce((best, one) => one.score > best.score ? one : best)
  return [
    { name: "DBSCAN", setting: `eps ${givenEps}, two servers make a group`, partition: given },
    { name: "DBSCAN, best eps", setting: `eps ${best.eps}, chosen with the truth for the highest adjusted Rand index`, partition: best.partition },
    { name: "Louvain", setting: "unweighted graph of servers that share any trait, resolution 1", partition: plainLouvain(servers, all) }
  ]
}
