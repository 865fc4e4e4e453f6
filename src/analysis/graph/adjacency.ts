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

/** @param announcements as `orderedAnnouncements` gives them */
export const adjacencyOf = (announcements: ReadonlyArray<Announcement>): Adjacency => {
  const found = new Set<number>()
  for (const { from, to } of announcements) found.add(from).add(to)
  const servers = [...found].toSorted((a, b) => a - b)
  const placeOf = new Map(servers.map((server, place) => [server, place]))
  const [from, to] = [new Uint32Array(announcements.length), new Uint32Array(announcements.length)]
  const starts = new Uint32Array(servers.length + 1)
  for (let i = 0; i < announcements.length; i++) {
    from[i] = placeOf.get(announcements[i]!.from)!
    to[i] = placeOf.get(announcements[i]!.to)!
    starts[from[i]! + 1]!++
  }
  for (let place = 0; place < servers.length; place++) starts[place + 1]! += starts[place]!
  return { servers, from, to, starts }
}

/** Whether the server at one place announces the one at another. */
export const announces = ({ starts, to }: Adjacency, a: number, b: number): boolean => {
  let [low, high] = [starts[a]!, starts[a + 1]!]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (to[middle]! < b) low = middle + 1
    else high = middle
  }
  return low < starts[a + 1]! && to[low] === b
}

/** For each announcement whether it is returned. */
export const returned = (adjacency: Adjacency): Uint8Array =>
  Uint8Array.from(adjacency.from, (from, i) => announces(adjacency, adjacency.to[i]!, from) ? 1 : 0)
