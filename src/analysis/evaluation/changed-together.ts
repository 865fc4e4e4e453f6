import { eveningMs } from "../comparisons/watched.ts"
import type { Partition } from "../graph/partition.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import type { ServerTruth } from "./server-truth.ts"

/** Pairs of which something is so, and those of them that are in one published group. */
export interface FoundOf {
  readonly pairs: number
  readonly found: number
}

/**
 * Pairs of one operator that left evidence of their front ends in time: by the truth
 * both were changed to other software within half an hour of each other, while both
 * were watched.
 */
export interface ChangedTogether {
  readonly all: FoundOf
  /** Without those with the server that its operator changed first: strangers could have followed that one, so nothing follows from it. */
  readonly following: FoundOf
  /** Of all, those whose servers were also found to share their node. */
  readonly atOneNode: FoundOf
}

/** When a server was changed while it was watched, ascending. */
const changesOf = ({ changes }: ServerTruth, watch: ServerTraits["watch"]): ReadonlyArray<number> =>
  watch === null
    ? []
    : (changes ?? []).filter(({ at, what }) => what === "upgrade" && at > watch.from && at < watch.to).map(({ at }) => at).toSorted((a, b) => a - b)

/**
 * Null where the truth says of no pair that it was changed together, or nobody watched.
 *
 * @param known what is true of the servers that are judged
 * @param operators published groups
 * @param nodes published groups of shared infrastructure
 */
export const changedTogetherOf = (
  known: ReadonlyMap<number, ServerTruth>,
  traits: ReadonlyArray<ServerTraits>,
  operators: Partition,
  nodes: Partition
): ChangedTogether | null => {
  const changed = traits.flatMap(({ serverId, watch }) => {
    const truth = known.get(serverId)
    const times = truth === undefined ? [] : changesOf(truth, watch)
    return times.length === 0 ? [] : [{ serverId, operator: truth!.operator, times }]
  })
  const counts = { all: { pairs: 0, found: 0 }, following: { pairs: 0, found: 0 }, atOneNode: { pairs: 0, found: 0 } }
  for (const own of Map.groupBy(changed, ({ operator }) => operator).values()) {
    own.forEach((a, i) => {
      for (const b of own.slice(i + 1)) {
        const times = a.times.flatMap((x) => b.times.filter((y) => Math.abs(x - y) <= eveningMs).map((y) => Math.min(x, y)))
        if (times.length === 0) continue
        const begin = Math.min(...times)
        const isFirst = !own.some((other) => other.times.some((at) => at < begin && at >= begin - eveningMs))
        const found = operators.get(a.serverId) === operators.get(b.serverId) ? 1 : 0
        const isIn = [counts.all, ...isFirst ? [] : [counts.following], ...nodes.get(a.serverId) === nodes.get(b.serverId) ? [counts.atOneNode] : []]
        for (const count of isIn) {
          count.pairs++
          count.found += found
        }
      }
    })
  }
  return counts.all.pairs === 0 ? null : counts
}
