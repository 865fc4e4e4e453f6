import { seededRandom } from "../seeded-random.ts"
import type { ClusterMembership } from "./candidate.ts"

/** One way in which things may be: for each cluster which of its servers (by place) are one operator's; equal draws of a cluster are one array, and equal worlds too. */
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
  // Most draws are alike, and what follows from one follows from its likes.
  const met = clusters.map(() => new Map<string, Uint8Array>())
  const known = new Map<string, World>()
  return Array.from({ length: worlds }, () => {
    const keys: Array<string> = []
    const world = clusters.map((cluster, place) => {
      const drawn = drawCluster(cluster, random)
      const key = drawn.join("")
      keys.push(key)
      return metBefore(met[place]!, key, drawn)
    })
    return metBefore(known, keys.join(" "), world)
  })
}

const metBefore = <A>(met: Map<string, A>, key: string, drawn: A): A => {
  const before = met.get(key)
  if (before !== undefined) return before
  met.set(key, drawn)
  return drawn
}
