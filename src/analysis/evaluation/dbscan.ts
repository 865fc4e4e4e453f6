import type { Partition } from "../graph/partition.ts"

/** How far apart two servers are, 0 to 1. */
export type Distance = (a: number, b: number) => number

/**
 * Density-based clusters (Ester, Kriegel, Sander and Xu, 1996): servers with at
 * least `minPoints` servers within `eps`, themselves included, and whatever is
 * within `eps` of them. Noise is left alone, each in a group of its own.
 */
export const dbscan = (servers: ReadonlyArray<number>, distance: Distance, eps: number, minPoints = 2): Partition => {
  const near = new Map(servers.map((server) => [server, servers.filter((other) => other === server || distance(server, other) <= eps)]))
  const labels = new Map<number, number>()
  let next = 0
  for (const server of servers) {
    if (labels.has(server) || near.get(server)!.length < minPoints) continue
    const label = next++
    const waiting = [server]
    labels.set(server, label)
    for (let member = waiting.pop(); member !== undefined; member = waiting.pop()) {
      if (near.get(member)!.length < minPoints) continue
      for (const other of near.get(member)!) {
        if (labels.has(other)) continue
        labels.set(other, label)
        waiting.push(other)
      }
    }
  }
  return new Map(servers.map((server) => [server, labels.get(server) ?? next++]))
}
