import type { Announcement } from "./announcement-graph.ts"

/** How a crawl could come to know a server. */
export interface Introduction {
  readonly serverId: number
  /**
   * The server without which nothing leads from the sources to this one: its
   * immediate dominator. Null where several independent ways lead to it, or a
   * source (a list, a seed) names it.
   */
  readonly introducedBy: number | null
}

/** Stands for all sources together; servers have positive numbers. */
const sources = 0

/** Reverse postorder of what the sources lead to, and the place of each server in it. */
const ordered = (successors: ReadonlyMap<number, ReadonlyArray<number>>) => {
  const order: Array<number> = []
  const entered = new Set([sources])
  const path: Array<{ readonly server: number; next: number }> = [{ server: sources, next: 0 }]
  while (path.length > 0) {
    const top = path.at(-1)!
    const named = successors.get(top.server) ?? []
    if (top.next === named.length) {
      order.push(top.server)
      path.pop()
      continue
    }
    const server = named[top.next++]!
    if (entered.has(server)) continue
    entered.add(server)
    path.push({ server, next: 0 })
  }
  order.reverse()
  return { order, place: new Map(order.map((server, i) => [server, i])) }
}

/**
 * Who introduces whom, whatever the order in which a crawl asked: a server is
 * introduced by the last server that every chain of announcements from the
 * sources to it passes through (dominators after Cooper, Harvey and Kennedy, "A
 * simple, fast dominance algorithm", 2001). Servers to which no chain leads have
 * no row. Ascending by server.
 *
 * @param named servers that sources other than servers name
 */
export const introductions = (
  announcements: ReadonlyArray<Announcement>,
  named: Iterable<number>
): ReadonlyArray<Introduction> => {
  const successors = new Map<number, Array<number>>([[sources, [...new Set(named)].toSorted((a, b) => a - b)]])
  for (const { from, to } of announcements) {
    const known = successors.get(from)
    if (known === undefined) successors.set(from, [to])
    else known.push(to)
  }
  const { order, place } = ordered(successors)
  const predecessors: Array<Array<number>> = order.map(() => [])
  for (const [from, all] of successors) {
    const at = place.get(from)
    if (at === undefined) continue
    for (const to of all) predecessors[place.get(to)!]!.push(at)
  }
  const dominator = new Int32Array(order.length).fill(-1)
  dominator[0] = 0
  for (let changed = true; changed;) {
    changed = false
    for (let i = 1; i < order.length; i++) {
      let found = -1
      for (const from of predecessors[i]!) {
        if (dominator[from] === -1) continue
        let other = from
        if (found === -1) found = other
        else {
          while (found !== other) {
            while (other > found) other = dominator[other]!
            while (found > other) found = dominator[found]!
          }
        }
      }
      if (dominator[i] === found) continue
      dominator[i] = found
      changed = true
    }
  }
  return order
    .map((serverId, i): Introduction => ({ serverId, introducedBy: order[dominator[i]!] === sources ? null : order[dominator[i]!]! }))
    .slice(1)
    .toSorted((a, b) => a.serverId - b.serverId)
}
