import type { ClusterMembership } from "../analysis/exposure/candidate.ts"
import { spreadOf } from "../analysis/exposure/interval.ts"
import { drawWorlds } from "../analysis/exposure/worlds.ts"

/** How often it is drawn which members of groups belong together. */
const worlds = 1_000

/**
 * How many operators run some servers, over the posteriors of their groups: in
 * each draw a group's members that belong together count once, everybody else
 * by himself. Groups below the verdict's threshold count as apart, so the truth
 * is rather lower.
 *
 * @param servers that are counted, e.g. those that answered
 */
export const operatorCount = (
  servers: ReadonlySet<number>,
  clusters: ReadonlyArray<ClusterMembership>
): { readonly mean: number; readonly low: number; readonly high: number } => {
  const counted = clusters.map(({ serverIds }) => serverIds.map((id) => servers.has(id) ? 1 : 0))
  const counts = drawWorlds(clusters, { worlds, randomSeed: 1 }).map((world) =>
    world.reduce((count, together, k) => {
      const joined = together.reduce((sum, one, i) => sum + one * counted[k]![i]!, 0)
      return joined < 2 ? count : count - joined + 1
    }, servers.size))
  return spreadOf(counts)
}
