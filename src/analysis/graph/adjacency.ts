import type { Announcement } from "./announcement-graph.ts"

/** Who announces whom in typed arrays, for what looks at all announcements of a large crawl. */
export interface Adjacency {
  /** Servers that announce or are announced, ascending; the place of a server is its index here. */
  readonly servers: ReadonlyArray<number>
  /** Places of the servers of each announcement, in the order of announcements: by `from`, then by `to`. */
  readonly from: Uint32Array
  readonly to: Uint32Array
  /** Where the announcements of each place begin; one entry more than there are servers. */
  readonly starts: Uint32Array
}

/** Where namers' lists begin: those of the server at place i are at `starts[i] .. starts[i + 1]`. */
export const startsOf = (servers: number, from: Uint32Array): Uint32Array => {
  const starts = new Uint32Array(servers + 1)
  for (const place of from) starts[place + 1]! += 1
  for (let i = 0; i < servers; i++) starts[i + 1]! += starts[i]!
  return starts
}

/** Where between two places an ascending array has a number; -1 for nowhere. */
export const find = (sorted: Uint32Array, low: number, high: number, wanted: number): number => {
  const end = high
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < wanted) low = middle + 1
    else high = middle
  }
  return low < end && sorted[low] === wanted ? low : -1
}

/**
 * Announcements in columns, servers by their place. In loops: `from` of typed arrays takes ten times as long where it
 * is given a function, and there are a million announcements, or a graph for each of many runs.
 */
export const placedColumns = (announcements: ReadonlyArray<Announcement>, placeOf: ReadonlyMap<number, number>) => {
  const count = announcements.length
  const [from, to, weight] = [new Uint32Array(count), new Uint32Array(count), new Float64Array(count)]
  for (let i = 0; i < count; i++) {
    const announcement = announcements[i]!
    from[i] = placeOf.get(announcement.from)!
    to[i] = placeOf.get(announcement.to)!
    weight[i] = announcement.weight
  }
  return { from, to, weight }
}

/** @param announcements as `orderedAnnouncements` gives them */
export const adjacencyOf = (announcements: ReadonlyArray<Announcement>): Adjacency => {
  const found = new Set<number>()
  for (const { from, to } of announcements) found.add(from).add(to)
  const servers = [...found].toSorted((a, b) => a - b)
  const placeOf = new Map(servers.map((server, place) => [server, place]))
  const { from, to } = placedColumns(announcements, placeOf)
  return { servers, from, to, starts: startsOf(servers.length, from) }
}

/** For each announcement whether it is returned. */
export const returned = ({ from, starts, to }: Adjacency): Uint8Array => {
  const is = new Uint8Array(from.length)
  for (let i = 0; i < from.length; i++) is[i] = find(to, starts[to[i]!]!, starts[to[i]! + 1]!, from[i]!) < 0 ? 0 : 1
  return is
}
