import { DirectedGraph } from "graphology"
import { adjacencyOf, returned } from "./adjacency.ts"

/** One server names another in its peer list. */
export interface Announcement {
  readonly from: number
  readonly to: number
  /** Times seen of times asked, above 0, at most 1: peer lists may be random subsets. */
  readonly weight: number
}

/** The announcement graph, nodes named by the server's number. */
export type AnnouncementGraph = DirectedGraph<Record<string, never>, { weight: number }>

/** Already as `orderedAnnouncements` gives them, as databases can sort a million of them sooner. */
const isOrdered = (announcements: ReadonlyArray<Announcement>): boolean =>
  announcements.every(({ from, to, weight }, i) => {
    const before = announcements[i - 1]
    return from !== to && weight > 0 && weight <= 1 &&
      (before === undefined || before.from < from || (before.from === from && before.to < to))
  })

/**
 * Announcements by number of server, one for each ordered pair (the heaviest),
 * without self-announcements: the same whatever the order of the input.
 */
export const orderedAnnouncements = (announcements: Iterable<Announcement>): ReadonlyArray<Announcement> => {
  if (Array.isArray(announcements) && isOrdered(announcements as ReadonlyArray<Announcement>)) return announcements as ReadonlyArray<Announcement>
  const valid: Array<Announcement> = []
  for (const announcement of announcements) {
    if (announcement.from === announcement.to || !(announcement.weight > 0)) continue
    valid.push(announcement.weight > 1 ? { ...announcement, weight: 1 } : announcement)
  }
  valid.sort((a, b) => a.from - b.from || a.to - b.to || b.weight - a.weight)
  return valid.filter(({ from, to }, i) => i === 0 || valid[i - 1]!.from !== from || valid[i - 1]!.to !== to)
}

/** The servers of announcements, ascending. */
export const announcedServers = (announcements: ReadonlyArray<Announcement>): ReadonlyArray<number> =>
  {
  const servers = new Set<number>()
  for (const { from, to } of announcements) servers.add(from).add(to)
  return [...servers].toSorted((a, b) => a - b)
}

/**
 * Build the graph in exactly the order given: Louvain's result depends on it,
 * so callers pass sorted (or deliberately shuffled) servers and announcements.
 */
export const buildGraph = (
  servers: ReadonlyArray<number>,
  announcements: ReadonlyArray<Announcement>
): AnnouncementGraph => {
  const graph: AnnouncementGraph = new DirectedGraph()
  for (const server of servers) graph.addNode(String(server))
  for (const { from, to, weight } of announcements) graph.addDirectedEdge(String(from), String(to), { weight })
  return graph
}

/**
 * Share of announcements that are returned, among servers that name anybody
 * (a server that showed no list cannot return one); null when there are none.
 *
 * @param announcements as `orderedAnnouncements` gives them
 */
export const reciprocity = (announcements: ReadonlyArray<Announcement>): number | null => {
  const adjacency = adjacencyOf(announcements)
  const mutual = returned(adjacency)
  let [between, both] = [0, 0]
  for (let i = 0; i < adjacency.to.length; i++) {
    const to = adjacency.to[i]!
    if (adjacency.starts[to] === adjacency.starts[to + 1]) continue
    between++
    both += mutual[i]!
  }
  return between === 0 ? null : both / between
}
