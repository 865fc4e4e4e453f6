import type { GraphHead } from "../../../src/atlas/shapes/graph.ts"
import type { Adjacency } from "./adjacency.ts"

/**
 * Which announcements are drawn: between groups, only those made both ways, all,
 * or none. Those of the server in question are drawn in any case.
 */
export const edgeModes = ["groups", "mutual", "all", "none"] as const
export type EdgeMode = (typeof edgeModes)[number]

/** More lines than this are a blob that says nothing and stops the picture for seconds. */
export const maxLines = 60_000

/** Of the lines between groups the strongest are drawn; the rest would hide them. */
export const maxGroupLines = 240

export interface GroupLine {
  readonly a: number
  readonly b: number
  /** Announcements in both directions. */
  readonly announcements: number
}

const merged = (pairs: Iterable<readonly [number, number, number]>): ReadonlyArray<GroupLine> => {
  const sums = new Map<string, GroupLine>()
  for (const [from, to, announcements] of pairs) {
    if (from === to) continue
    const a = Math.min(from, to)
    const b = Math.max(from, to)
    const key = `${a} ${b}`
    sums.set(key, { a, b, announcements: announcements + (sums.get(key)?.announcements ?? 0) })
  }
  return [...sums.values()].sort((p, q) => q.announcements - p.announcements || p.a - q.a || p.b - q.b)
}

/** Lines between communities as the pipeline summed them: there before the announcements are. */
export const groupLinesOf = (head: GraphHead): ReadonlyArray<GroupLine> =>
  merged(head.metaEdges.map(({ announcements, from, to }) => [from, to, announcements] as const))

/** The same, of the servers that are shown and for any grouping; `groupOf` null: in no group. */
export const groupLines = (graph: Adjacency, shown: ReadonlyArray<number>, groupOf: (index: number) => number | null): ReadonlyArray<GroupLine> => {
  const groups = new Map(shown.map((index) => [index, groupOf(index)] as const))
  const sums = new Map<number, Map<number, number>>()
  for (const [from, group] of groups) {
    if (group === null) continue
    let row = sums.get(group)
    if (row === undefined) sums.set(group, (row = new Map()))
    for (let at = graph.offsets[from]!; at < graph.offsets[from + 1]!; at++) {
      const other = groups.get(graph.targets[at]!)
      if (other !== undefined && other !== null && other !== group) row.set(other, (row.get(other) ?? 0) + 1)
    }
  }
  const pairs = function* () {
    for (const [from, row] of sums) for (const [to, count] of row) yield [from, to, count] as const
  }
  return merged(pairs())
}

export interface Lines {
  /** Indices of servers, two a line; a pair that names each other is one line. */
  readonly ends: ReadonlyArray<readonly [number, number, boolean]>
  /** How many there would be. */
  readonly total: number
}

/** The single lines of a mode among the servers that are shown; none when there would be too many. */
export const serverLines = (graph: Adjacency, isShown: (index: number) => boolean, mode: "mutual" | "all", bound = maxLines): Lines => {
  const ends: Array<readonly [number, number, boolean]> = []
  let total = 0
  for (let from = 0; from + 1 < graph.offsets.length; from++) {
    if (!isShown(from)) continue
    for (let at = graph.offsets[from]!; at < graph.offsets[from + 1]!; at++) {
      const to = graph.targets[at]!
      const isMutual = graph.mutual[at] === 1
      if ((isMutual ? to < from : mode === "mutual") || !isShown(to)) continue
      total++
      if (total <= bound) ends.push([from, to, isMutual])
    }
  }
  return total > bound ? { ends: [], total } : { ends, total }
}
