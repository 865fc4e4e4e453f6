import type { ServerTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

/** Shorter lists are alike by chance, and no sign of anything. */
const leastPeers = 8

/**
 * Probability that two namings drawn at random name the same server: what popular
 * servers make of lists that are random subsets. undefined without lists.
 */
export const chanceOfSamePeer = (servers: Iterable<ServerTraits>): number | undefined => {
  const named = new Map<number, number>()
  let namings = 0
  for (const { peers } of servers) {
    for (const peer of peers.keys()) {
      named.set(peer, (named.get(peer) ?? 0) + 1)
      namings++
    }
  }
  if (namings === 0) return undefined
  let chance = 0
  for (const times of named.values()) chance += (times / namings) ** 2
  return chance
}

/** Whom a server names, ascending. */
const peersOf = once(({ peers }) => Uint32Array.from(peers.keys()).sort())

/** How many stand in both of two lists; those of the first are marked until another comes, since all its pairs are looked through one after the other. */
const commonCounter = () => {
  let marked: Uint32Array | undefined
  let isMarked = new Uint8Array()
  return (a: Uint32Array, b: Uint32Array): number => {
    if (marked !== a) {
      const highest = a[a.length - 1] ?? 0
      if (highest >= isMarked.length) isMarked = new Uint8Array(2 * highest + 1)
      else for (const peer of marked ?? []) isMarked[peer] = 0
      for (const peer of a) isMarked[peer] = 1
      marked = a
    }
    let common = 0
    for (let i = 0; i < b.length; i++) common += isMarked[b[i]!] ?? 0
    return common
  }
}

/** Lists of both have more in common than random ones of their length would. */
const similarLists = (samePeer: number | undefined, inBoth = commonCounter()): Comparison => ({
  name: "peer lists",
  definition: "Peer lists of both name more servers in common than random lists of their lengths, from all that are named as often as they are.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "peers",
  levels: [
    { name: "nearly the same list, five deviations beyond chance", m: 0.2, u: 5e-3, measured: true },
    { name: "three deviations beyond chance", m: 0.2, u: 0.02, measured: true }
  ],
  innocent: ["software that names all it knows", "peers of one network only, such as onions", "lists learnt from the same server"],
  keys: () => [],
  compare: (a, b) => {
    if (samePeer === undefined) return undefined
    const [short, long] = a.peers.size <= b.peers.size ? [a, b] : [b, a]
    if (short.peers.size < leastPeers) return undefined
    const common = inBoth(peersOf(a), peersOf(b))
    const expected = short.peers.size * long.peers.size * samePeer
    // A list names a server once: of what it can name in common no more than the shorter list.
    const beyond = (common - Math.min(expected, short.peers.size)) / Math.sqrt(Math.max(1, expected))
    if (beyond < 3) return undefined
    return {
      level: beyond >= 5 && common >= 0.8 * long.peers.size ? 0 : 1,
      detail: () => ({ common, lists: [short.peers.size, long.peers.size], expected: Math.round(expected * 10) / 10 })
    }
  }
})

/** Each names the other. */
const mutualListing: Comparison = {
  name: "mutual listing",
  definition: "Each names the other in its peer list.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "peers",
  levels: [{ name: "each names the other", m: 0.5, u: 0.05, measured: true }],
  innocent: ["gossip: servers that checked each other name each other"],
  keys: () => [],
  compare: (a, b) =>
    a.peers.has(b.serverId) && b.peers.has(a.serverId)
      ? { level: 0, detail: () => ({ servers: [a.serverId, b.serverId].toSorted((x, y) => x - y) }) }
      : undefined
}

const namesOnly = (one: ServerTraits, other: ServerTraits): boolean => one.peers.has(other.serverId) && one.listsItself === false

/**
 * Software that leaves itself out of its list shows by that who answers: whoever
 * passes on the answers of another names itself and not the other.
 */
const ownProcesses: Comparison = {
  name: "processes of their own",
  definition: "Each names the other in its peer list and not itself. Of a server and a relay in front of it neither does: both lists are the server's, with the relay in it.",
  question: "same operator",
  forgeability: "copyable",
  bundle: "process",
  // It only tells two processes from one; nearly all pairs that list each other are strangers.
  levels: [{ name: "each names the other, and not itself", m: 0.5, u: 0.05, measured: true }],
  innocent: ["any two servers that know each other", "a relay that alters the lists that it passes on"],
  keys: () => [],
  compare: (a, b) =>
    namesOnly(a, b) && namesOnly(b, a)
      ? { level: 0, detail: () => ({ servers: [a.serverId, b.serverId].toSorted((x, y) => x - y) }) }
      : undefined
}

/** @param servers all of the crawl, by whose lists chance is judged */
export const peerComparisons = (servers: Iterable<ServerTraits>): ReadonlyArray<Comparison> =>
  [similarLists(chanceOfSamePeer(servers)), mutualListing, ownProcesses]
