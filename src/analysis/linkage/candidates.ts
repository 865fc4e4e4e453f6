import { seededRandom } from "../seeded-random.ts"
import type { KeyIndex } from "./key-index.ts"

/** Pairs of positions, first below second, each once, in ascending order. */
export interface PositionPairs {
  readonly first: Uint32Array
  readonly second: Uint32Array
}

export interface Candidates extends PositionPairs {
  /** Keys that more than one server has. */
  readonly blocks: number
  /** Of them, those whose servers were not all compared with each other. */
  readonly sampledBlocks: number
}

/** A block up to this size is compared in full if there is room. */
const largestFullBlock = 64
/** The least neighbours that every server of a sampled block gets, half of them at random. */
const leastNeighbours = 4
const mostNeighbours = 24

/** Pairs that may be compared: room for the small blocks of a small network, and linear in the large. */
const roomFor = (servers: number): number => Math.max(60_000, 40 * servers)

/** Mixes two numbers into 32 bits (finaliser of MurmurHash3). */
const mix = (a: number, b: number): number => {
  let bits = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ b
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

const hashText = (text: string, seed: number): number => {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash, text.length)
}

/** In loops: what makes typed arrays of iterables and by functions takes five times as long. */
const toPairs = (codes: ReadonlySet<number>, servers: number): PositionPairs => {
  const sorted = new Float64Array(codes.size)
  let filled = 0
  for (const code of codes) sorted[filled++] = code
  sorted.sort()
  const [first, second] = [new Uint32Array(filled), new Uint32Array(filled)]
  for (let i = 0; i < filled; i++) {
    first[i] = Math.floor(sorted[i]! / servers)
    second[i] = sorted[i]! % servers
  }
  return { first, second }
}

/**
 * Servers in an order in which those that share rare keys stand together: by
 * their rarest shared key, then by the next.
 */
const ranks = (index: KeyIndex, servers: number): Uint32Array => {
  const rarest: Array<Array<number>> = Array.from({ length: servers }, () => [])
  const blocks = index.servers.keys().filter((key) => index.servers[key]!.length > 1).toArray()
  blocks.sort((a, b) =>
    index.servers[a]!.length - index.servers[b]!.length || (index.texts[a]! < index.texts[b]! ? -1 : 1))
  blocks.forEach((key, order) => {
    for (const server of index.servers[key]!) if (rarest[server]!.length < 6) rarest[server]!.push(order)
  })
  const order = Array.from({ length: servers }, (_, i) => i).sort((a, b) => {
    const [x, y] = [rarest[a]!, rarest[b]!]
    for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i]! - y[i]!
    return y.length - x.length || a - b
  })
  const rank = new Uint32Array(servers)
  order.forEach((server, place) => {
    rank[server] = place
  })
  return rank
}

/**
 * The pairs worth comparing: those that share a key. Small blocks in full; of
 * large ones every server with its neighbours in an order that puts rare
 * company together, and with random members. No block is dropped: the largest
 * is the fleet that is looked for.
 *
 * @param identity of each position, so that a sample does not depend on who else is there
 */
export const candidatePairs = (
  index: KeyIndex,
  identity: ReadonlyArray<number>,
  randomSeed: number
): Candidates => {
  const servers = identity.length
  const blocks = index.servers.keys().filter((key) => index.servers[key]!.length > 1).toArray()
  const room = roomFor(servers)
  const sizes = blocks.map((key) => index.servers[key]!.length).sort((a, b) => a - b)
  let full = 8
  let used = 0
  for (const size of sizes) {
    if (size > largestFullBlock) break
    used += size * (size - 1) / 2
    if (size > full && used > room / 2) break
    full = Math.max(full, size)
  }
  const sampled = blocks.filter((key) => index.servers[key]!.length > full)
  const memberships = sampled.reduce((sum, key) => sum + index.servers[key]!.length, 0)
  const neighbours = Math.min(mostNeighbours, Math.max(leastNeighbours, Math.floor(room / 2 / Math.max(1, memberships))))
  const codes = new Set<number>()
  const add = (a: number, b: number): unknown => a < b ? codes.add(a * servers + b) : b < a && codes.add(b * servers + a)
  for (const key of blocks) {
    const block = index.servers[key]!
    if (block.length > full) continue
    for (let i = 0; i < block.length; i++) for (let j = i + 1; j < block.length; j++) add(block[i]!, block[j]!)
  }
  if (sampled.length > 0) {
    const rank = ranks(index, servers)
    const ring = (order: ReadonlyArray<number>, reach: number): void => {
      order.forEach((server, i) => {
        for (let step = 1; step <= reach; step++) add(server, order[(i + step) % order.length]!)
      })
    }
    for (const key of sampled) {
      const block = index.servers[key]!
      ring(block.toSorted((a, b) => rank[a]! - rank[b]!), Math.ceil(neighbours / 2))
      const salt = hashText(index.texts[key]!, randomSeed)
      const drawn = new Map(block.map((server) => [server, mix(identity[server]!, salt)]))
      ring(block.toSorted((a, b) => drawn.get(a)! - drawn.get(b)! || a - b), Math.floor(neighbours / 2))
    }
  }
  return { ...toPairs(codes, servers), blocks: blocks.length, sampledBlocks: sampled.length }
}

/** All pairs where they are no more than `most`, else so many drawn at random. */
export const randomPairs = (servers: number, most: number, randomSeed: number): PositionPairs => {
  const codes = new Set<number>()
  if (servers * (servers - 1) / 2 <= most) {
    for (let a = 0; a < servers; a++) for (let b = a + 1; b < servers; b++) codes.add(a * servers + b)
  } else {
    const random = seededRandom(randomSeed)
    while (codes.size < most) {
      const a = Math.floor(random() * servers)
      const b = Math.floor(random() * servers)
      if (a !== b) codes.add(Math.min(a, b) * servers + Math.max(a, b))
    }
  }
  return toPairs(codes, servers)
}
