import { seededRandom } from "../seeded-random.ts"
import type { ClusterMembership } from "./candidate.ts"

/** One way in which things may be: for each cluster which of its servers (by place) are one operator's; equal draws of a cluster are one array. */
export type World = ReadonlyArray<Uint8Array>

/**
 * The place of the member that the others are tied to: the surest one. A
 * cluster of n members has n - 1 links, not n.
 */
const rootOf = (posteriors: ReadonlyArray<number>): number => posteriors.indexOf(Math.max(...posteriors))

const drawCluster = ({ memberPosteriors, posterior, serverIds }: ClusterMembership, random: () => number): Uint8Array => {
  const together = Uint8Array.from(serverIds, () => 1)
  if (memberPosteriors === undefined) {
    if (random() >= posterior) together.fill(0)
    return together
  }
  const root = rootOf(memberPosteriors)
  memberPosteriors.forEach((probability, i) => {
    if (i !== root && random() >= probability) together[i] = 0
  })
  // Who stands alone is nobody's fleet.
  if (together.reduce((sum, one) => sum + one, 0) < 2) together.fill(0)
  return together
}

/** Draws worlds, each cluster by itself: whole or not where only that is known, else member by member. */
export const drawWorlds = (
  clusters: ReadonlyArray<ClusterMembership>,
  { randomSeed, worlds }: { readonly worlds: number; readonly randomSeed: number }
): ReadonlyArray<World> => {
  const random = seededRandom(randomSeed)
  const met = clusters.map(() => new Map<string, Uint8Array>())
  return Array.from({ length: worlds }, () =>
    clusters.map((cluster, place) => {
      const drawn = drawCluster(cluster, random)
      const key = worldKey(drawn)
      const before = met[place]!.get(key)
      if (before === undefined) met[place]!.set(key, drawn)
      return before ?? drawn
    }))
}

/** The servers that are one operator's, as one text: most draws are alike, and what follows from one follows from its likes. */
export const worldKey = (together: Uint8Array): string => together.join("")
