import { communityCircle, type Positions } from "../analysis/graph/community-circle.ts"
import type { Announcements } from "./read-edges.ts"
import type { CrawlRow } from "./shapes/crawl.ts"
import type { GraphHead } from "./shapes/graph.ts"

/** Servers and positions of each community: its middle is where its members are on average. */
const middles = (communities: ReadonlyArray<number | null>, { x, y }: Positions): GraphHead["groups"] => {
  const sums = new Map<number, { servers: number; x: number; y: number }>()
  communities.forEach((community, i) => {
    if (community === null) return
    const sum = sums.get(community) ?? { servers: 0, x: 0, y: 0 }
    sums.set(community, { servers: sum.servers + 1, x: sum.x + x[i]!, y: sum.y + y[i]! })
  })
  return [...sums].toSorted(([a], [b]) => a - b).map(([communityId, { servers, x, y }]) => ({
    communityId,
    servers,
    x: x / servers,
    y: y / servers
  }))
}

/** Announcements from the servers of one community to those of another, the most first. */
const between = (communities: ReadonlyArray<number | null>, { offsets, targets }: Announcements["edges"]): GraphHead["metaEdges"] => {
  const size = communities.reduce<number>((most, community) => Math.max(most, (community ?? -1) + 1), 0)
  const counts = new Map<number, number>()
  for (let i = 0; i < communities.length; i++) {
    const from = communities[i]
    if (from === null || from === undefined) continue
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) {
      const to = communities[targets[k]!]
      if (to === null || to === undefined || to === from) continue
      const key = from * size + to
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return [...counts]
    .map(([key, announcements]) => ({ from: Math.floor(key / size), to: key % size, announcements }))
    .toSorted((a, b) => b.announcements - a.announcements || a.from - b.from || a.to - b.to)
}

/**
 * The graph without its edges.
 *
 * @param communities of each server in the order of the announcements, null for none
 * @param stored positions of the analysis; null before there is one, when communities stand in a circle
 */
export const graphHeadOf = (
  { crawlId, simulated }: Pick<CrawlRow, "crawlId" | "simulated">,
  announcements: Announcements,
  communities: ReadonlyArray<number | null>,
  stored: Positions | null
): GraphHead => {
  const positions = stored ?? communityCircle(communities)
  return {
    crawlId,
    simulated,
    servers: announcements.servers,
    x: [...positions.x],
    y: [...positions.y],
    announcements: announcements.edges.targets.length,
    mutual: announcements.mutualPairs,
    groups: middles(communities, positions),
    metaEdges: between(communities, announcements.edges)
  }
}
