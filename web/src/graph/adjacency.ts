import type { GraphEdges } from "../../../src/atlas/shapes/graph-bytes.ts"

/** Announcements in both directions: rows of `edges` say whom a server names, `sources` who names it. */
export interface Adjacency extends GraphEdges {
  /** Servers that name i are at `sourceOffsets[i] .. sourceOffsets[i + 1]` of `sources`. */
  readonly sourceOffsets: Uint32Array
  readonly sources: Uint32Array
}

/** Adds the transposed rows, in one pass over the announcements. */
export const adjacency = (edges: GraphEdges): Adjacency => {
  const { offsets, targets } = edges
  const servers = offsets.length - 1
  const sourceOffsets = new Uint32Array(servers + 1)
  for (const target of targets) sourceOffsets[target + 1]!++
  for (let i = 0; i < servers; i++) sourceOffsets[i + 1]! += sourceOffsets[i]!
  const next = sourceOffsets.slice()
  const sources = new Uint32Array(targets.length)
  for (let from = 0; from < servers; from++) {
    for (let at = offsets[from]!; at < offsets[from + 1]!; at++) sources[next[targets[at]!]!++] = from
  }
  return { ...edges, sourceOffsets, sources }
}

/** How a neighbour is one: both name each other, only the server in question does, or only the neighbour. */
export type Direction = "mutual" | "names" | "named by"

export interface Neighbour {
  readonly index: number
  readonly direction: Direction
}

/** Servers that i names or that name it, each once, among those for which `isShown`. */
export const neighbours = (graph: Adjacency, i: number, isShown: (index: number) => boolean = () => true): ReadonlyArray<Neighbour> => {
  const found: Array<Neighbour> = []
  const both = new Set<number>()
  for (let at = graph.offsets[i]!; at < graph.offsets[i + 1]!; at++) {
    const index = graph.targets[at]!
    const isMutual = graph.mutual[at] === 1
    if (isMutual) both.add(index)
    if (isShown(index)) found.push({ index, direction: isMutual ? "mutual" : "names" })
  }
  for (let at = graph.sourceOffsets[i]!; at < graph.sourceOffsets[i + 1]!; at++) {
    const index = graph.sources[at]!
    if (!both.has(index) && isShown(index)) found.push({ index, direction: "named by" })
  }
  return found
}
