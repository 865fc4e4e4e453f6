import { DirectedGraph } from "graphology"

/** One server names another in its peer list. */
export interface Announcement {
  readonly from: number
  readonly to: number
  /** Times seen of times asked, above 0, at most 1: peer lists may be random subsets. */
  readonly weight: number
}

/** The announcement graph, nodes named by the server's number. */
export type AnnouncementGraph = DirectedGraph<Record<string, never>, { weight: number }>

/**
 * Announcements by number of server, one for each ordered pair (the heaviest),
 * without self-announcements: the same whatever the order of the input.
 */
export const orderedAnnouncements = (announcements: Iterable<Announcement>): ReadonlyArray<Announcement> => {
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
 */
export const reciprocity = (announcements: ReadonlyArray<Announcement>): number | null => {
  const naming = new Set(announcements.map(({ from }) => from))
  const pairs = new Set(announcements.map(({ from, to }) => `${from} ${to}`))
  const between = announcements.filter(({ to }) => naming.has(to))
  if (between.length === 0) return null
  return between.filter(({ from, to }) => pairs.has(`${to} ${from}`)).length / between.length
}
