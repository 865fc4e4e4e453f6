import type { Announcement } from "./announcement-graph.ts"

/**
 * The core number of every server: the largest k for which it lies in a part of
 * the graph where each is joined to k others of that part, whoever of two
 * announces the other (Batagelj and Zaveršnik, "An O(m) algorithm for cores
 * decomposition of networks", 2003). High numbers say that many list each
 * other, which is what honest gossip brings about.
 *
 * @param announcements one for each ordered pair, without self-announcements
 */
export const coreNumbers = (announcements: ReadonlyArray<Announcement>): ReadonlyMap<number, number> => {
  const neighbours = new Map<number, Set<number>>()
  const join = (a: number, b: number): void => {
    const known = neighbours.get(a)
    if (known === undefined) neighbours.set(a, new Set([b]))
    else known.add(b)
  }
  for (const { from, to } of announcements) {
    join(from, to)
    join(to, from)
  }
  const degrees = new Map([...neighbours].map(([server, others]) => [server, others.size]))
  // Servers by what is left of their degree; the one with the least is taken out next.
  const waiting: Array<Array<number>> = []
  for (const [server, degree] of degrees) (waiting[degree] ??= []).push(server)
  const cores = new Map<number, number>()
  for (let degree = 0; degree < waiting.length; degree++) {
    for (let server = waiting[degree]?.pop(); server !== undefined; server = waiting[degree]?.pop()) {
      if (cores.has(server) || degrees.get(server) !== degree) continue
      cores.set(server, degree)
      for (const other of neighbours.get(server)!) {
        const left = degrees.get(other)!
        if (left <= degree) continue
        degrees.set(other, left - 1)
        ;(waiting[left - 1] ??= []).push(other)
      }
    }
  }
  return new Map([...cores].toSorted(([a], [b]) => a - b))
}
