import louvainModule from "graphology-communities-louvain"
import { announcedServers, type Announcement, type AnnouncementGraph } from "./announcement-graph.ts"
import { louvainGraph } from "./louvain-graph.ts"
import { adjustedRandIndex, agreeing, type Partition, relabelled } from "./partition.ts"
import { seededRandom, shuffled } from "../seeded-random.ts"

/** How communities are looked for. */
export interface CommunityOptions {
  /** No single resolution fits: plain modularity (1) overlooks small groups, higher values tear large ones apart. */
  readonly resolutions: ReadonlyArray<number>
  /** Further runs per resolution, each with its own order of servers. */
  readonly repeats: number
  readonly randomSeed: number
}

export const defaultCommunityOptions: CommunityOptions = { resolutions: [0.5, 1, 1.5, 2], repeats: 10, randomSeed: 1 }

/** Beyond so many announcements a run takes a tenth of a second; beyond `manyAnnouncements`, seconds. */
const someAnnouncements = 20_000
export const manyAnnouncements = 200_000

/** The default options for a graph of that size: of larger ones fewer runs, of the largest one resolution. */
export const communityOptionsFor = (announcements: number): CommunityOptions =>
  announcements <= someAnnouncements
    ? defaultCommunityOptions
    : announcements <= manyAnnouncements
    ? { ...defaultCommunityOptions, repeats: 2 }
    : { ...defaultCommunityOptions, resolutions: [1], repeats: 1 }

/** A server's place at one resolution. */
export interface CommunityMember {
  readonly serverId: number
  /** By size, 0 the largest. */
  readonly community: number
  /** Share of the repeats in which its community was mostly the same; null without repeats. */
  readonly stability: number | null
}

/** The communities at one resolution. */
export interface Communities {
  readonly resolution: number
  readonly communities: number
  /** Plain directed modularity (resolution 1), comparable between resolutions; null without announcements. */
  readonly modularity: number | null
  /** Mean adjusted Rand index over all pairs of runs; null without repeats. */
  readonly meanAdjustedRand: number | null
  /** By number of server. */
  readonly members: ReadonlyArray<CommunityMember>
}

// The types describe an ES module, the package is CommonJS: what is imported is the function itself.
const louvain = louvainModule as unknown as typeof louvainModule.default

/** One run of Louvain; what it finds depends on the order of the graph and on the generator. */
export const runLouvain = (graph: AnnouncementGraph, resolution: number, random: () => number): Partition =>
  new Map(
    Object.entries(louvain(graph, { getEdgeWeight: "weight", resolution, rng: random }))
      .map(([server, community]) => [Number(server), community])
  )

/**
 * Modularity of a partition of a directed weighted graph (Leicht and Newman,
 * "Community structure in directed networks", 2008); null without edges.
 */
export const modularity = (announcements: ReadonlyArray<Announcement>, partition: Partition): number | null => {
  let total = 0
  let inside = 0
  const leaving = new Map<number, number>()
  const entering = new Map<number, number>()
  for (const { from, to, weight } of announcements) {
    const a = partition.get(from)!
    const b = partition.get(to)!
    total += weight
    if (a === b) inside += weight
    leaving.set(a, (leaving.get(a) ?? 0) + weight)
    entering.set(b, (entering.get(b) ?? 0) + weight)
  }
  if (total === 0) return null
  let expected = 0
  for (const [community, weight] of leaving) expected += weight * (entering.get(community) ?? 0)
  return inside / total - expected / total ** 2
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The first partition is published, the others say how much of it is chance. */
const judge = (
  resolution: number,
  announcements: ReadonlyArray<Announcement>,
  runs: ReadonlyArray<Partition>
): Communities => {
  const partition = relabelled(runs[0]!)
  const repeats = runs.slice(1)
  const agreements = repeats.map((repeat) => agreeing(partition, repeat))
  const similarities = runs.flatMap((a, i) => runs.slice(i + 1).map((b) => adjustedRandIndex(a, b)))
  return {
    resolution,
    communities: new Set(partition.values()).size,
    modularity: modularity(announcements, partition),
    meanAdjustedRand: similarities.length === 0 ? null : mean(similarities),
    members: [...partition].map(([serverId, community]) => ({
      serverId,
      community,
      stability: repeats.length === 0
        ? null
        : agreements.filter((agreement) => agreement.has(serverId)).length / repeats.length
    }))
  }
}

/**
 * Louvain communities of the announcement graph at each resolution: who
 * announces whom, not who operates what. Servers without any announcement have
 * no place in it. The same announcements, in any order, with the same options
 * give the same result.
 *
 * @param announcements as `orderedAnnouncements` gives them
 */
export const detectCommunities = (
  announcements: ReadonlyArray<Announcement>,
  options: CommunityOptions = communityOptionsFor(announcements.length)
): ReadonlyArray<Communities> => {
  const servers = announcedServers(announcements)
  const random = seededRandom(options.randomSeed)
  const runs = options.resolutions.map((resolution) => ({ resolution, partitions: new Array<Partition>() }))
  for (let i = 0; i <= options.repeats; i++) {
    // Louvain's own generator only picks where to start; another order of insertion is the stronger test.
    const graph = i === 0
      ? louvainGraph(servers, announcements)
      : louvainGraph(shuffled(servers, random), shuffled(announcements, random))
    for (const { partitions, resolution } of runs) partitions.push(runLouvain(graph, resolution, random))
  }
  return runs.map(({ partitions, resolution }) => judge(resolution, announcements, partitions))
}
