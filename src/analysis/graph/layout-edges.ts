import { find, startsOf } from "./adjacency.ts"

/** Who announces whom, by place; ascending by namer, then by named. */
export interface PlacedAnnouncements {
  readonly from: Uint32Array
  readonly to: Uint32Array
  /** Times seen of times asked, above 0, at most 1. */
  readonly weight: Float64Array
}

/** Two servers that are drawn nearer to each other; `weight` is the sum of both directions. */
export interface DrawnEdge {
  readonly a: number
  readonly b: number
  readonly weight: number
}

/** Edges drawn in all, at the most: beyond it a layout is a blob and takes minutes. */
const mostEdges = 20_000
/** A server keeps so many of its edges in any case. */
const leastOfServer = 5

/** 32 bits of a text (FNV-1a, mixed): the same in every crawl, so that samples of edges are alike. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mixed(hash)
}

const mixed = (value: number): number => {
  let hash = Math.imul(value ^ (value >>> 16), 0x45d9f3b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * The edges a layout is made of: every pair once where there are few, else of
 * each server some, mutual ones first and otherwise by a hash of both hosts, so
 * that the next crawl draws mostly the same ones.
 */
export const drawnEdges = (hosts: ReadonlyArray<string>, { from, to, weight }: PlacedAnnouncements): ReadonlyArray<DrawnEdge> => {
  const starts = startsOf(hosts.length, from)
  const hashes = Uint32Array.from(hosts, hashOf)
  const ofServer = Math.max(leastOfServer, Math.floor(mostEdges / Math.max(1, hosts.length)))
  const pairs: Array<DrawnEdge> = []
  const order: Array<number> = []
  for (let k = 0; k < from.length; k++) {
    const [a, b] = [from[k]!, to[k]!]
    const back = find(to, starts[b]!, starts[b + 1]!, a)
    if (back >= 0 && a > b) continue
    // A hash of 31 bits above the place of the pair; what is not mutual comes behind all that is.
    order.push((back >= 0 ? 0 : 2 ** 52) + (mixed(hashes[a]! ^ hashes[b]!) >>> 1) * 2 ** 21 + pairs.length)
    pairs.push({ a, b, weight: weight[k]! + (back >= 0 ? weight[back]! : 0) })
  }
  if (pairs.length <= mostEdges) return pairs
  const kept = new Uint32Array(hosts.length)
  const edges: Array<DrawnEdge> = []
  for (const key of Float64Array.from(order).sort()) {
    const pair = pairs[key % 2 ** 21]!
    if (kept[pair.a]! >= ofServer && kept[pair.b]! >= ofServer) continue
    kept[pair.a]! += 1
    kept[pair.b]! += 1
    edges.push(pair)
  }
  return edges
}
