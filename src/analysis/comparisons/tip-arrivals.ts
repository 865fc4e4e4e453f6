import type { ServerTraits } from "../traits/server-traits.ts"
import { isPrompt } from "../traits/tip-residuals.ts"
import { ofBoth } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { estimatesDiffer } from "./fee-vectors.ts"
import { tipNodesOf } from "./tip-nodes.ts"

/** Fewer blocks make any correlation. */
const leastBlocks = 20

/** Pearson's correlation; undefined where one of them does not vary. */
const correlation = (pairs: ReadonlyArray<readonly [number, number]>): number | undefined => {
  const mean = (of: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length
  const [mx, my] = [mean(0), mean(1)]
  let [xy, xx, yy] = [0, 0, 0]
  for (const [x, y] of pairs) {
    xy += (x - mx) * (y - my)
    xx += (x - mx) ** 2
    yy += (y - my) ** 2
  }
  return xx === 0 || yy === 0 ? undefined : xy / Math.sqrt(xx * yy)
}

/** The place of each value among all, the smallest first; equal ones in the middle of theirs. */
const ranksOf = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const order = values.keys().toArray().toSorted((i, j) => values[i]! - values[j]!)
  const ranks = values.map(() => 0)
  for (let from = 0; from < order.length;) {
    let to = from
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++
    for (let place = from; place <= to; place++) ranks[order[place]!] = (from + to) / 2
    from = to + 1
  }
  return ranks
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** Two nodes seldom agree as much, whatever else makes them late together. */
const leastCorrelation = 0.8

/** New blocks come late to both, and early to both. */
export const tipArrivals: Comparison = {
  name: "tip arrivals",
  definition: "Of one implementation that hears of blocks at once, over at least 20 blocks, both showed new tips late or early together, by when all watched servers showed them (rank correlation).",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  /**
   * u is measured: two independent series of 20 correlate so once in 100,000, but one
   * region makes it likelier. Processes that ask their nodes every five seconds, as
   * ElectrumX does, are late alike whenever they happen to ask at the same time,
   * whichever node it is, so they are not compared.
   */
  levels: [{ name: "correlation 0.8 or more", m: 0.4, u: 1e-3, measured: true }],
  innocent: ["nodes that are near each other", "a node that is rented out", "one server that relays the other"],
  keys: () => [],
  compare: (a, b) => {
    if (a.watch === null || b.watch === null || !isPrompt(a.implementation) || a.implementation !== b.implementation) return undefined
    const [ofA, ofB] = [a.watch.tipResiduals, b.watch.tipResiduals]
    const blocks = [...ofA.keys()].filter((block) => ofB.has(block)).toSorted()
    if (blocks.length < leastBlocks) return undefined
    // By ranks (Spearman): one block for which both were minutes late, as after a stall of ours, would make any two alike.
    const [ranksA, ranksB] = [ranksOf(blocks.map((block) => ofA.get(block)!)), ranksOf(blocks.map((block) => ofB.get(block)!))]
    const together = correlation(ranksA.map((rank, i) => [rank, ranksB[i]!]))
    return together === undefined || together < leastCorrelation ? undefined : { level: 0, detail: () => ({ blocks: blocks.length, correlation: rounded(together) }) }
  }
}

/** New blocks come late to both, and early to both, as to nobody else. */
const lateTogether = (servers: Iterable<ServerTraits>): Comparison => {
  const nodes = tipNodesOf(servers)
  return {
    name: "late together",
    definition: "Over a watch of at least 100 blocks both showed new tips late and early together with the same servers, beyond chance for all pairs compared and beyond how the others agree; not where their fee estimates differ.",
    question: "shared infrastructure",
    forgeability: "backend",
    bundle: "backend",
    /** Chance is far below it (one pair in 1,000 crawls); what may be else in common by which two nodes are late is decided, not measured. */
    levels: [{ name: "beyond chance for all pairs", m: 0.3, u: 2e-4, measured: false }],
    innocent: ["a node that is rented out or shared by friends", "one server that relays the other", "nodes that hear of blocks from one peer alone"],
    keys: ({ serverId }) => {
      const at = nodes.get(serverId)
      return at === undefined ? [] : [String(at.node)]
    },
    compare: (a, b) => {
      const [ofA, ofB] = [nodes.get(a.serverId), nodes.get(b.serverId)]
      if (ofA === undefined || ofB === undefined || ofA.node !== ofB.node || estimatesDiffer(a, b)) return undefined
      return {
        level: 0,
        detail: () => ({ servers: ofA.servers, blocks: ofBoth(ofA.blocks, ofB.blocks), correlation: ofBoth(rounded(ofA.correlation), rounded(ofB.correlation)) })
      }
    }
  }
}

/** @param servers all that are compared; without them nobody is found to be late together with another */
export const tipComparisons = (servers: Iterable<ServerTraits>): ReadonlyArray<Comparison> => [tipArrivals, lateTogether(servers)]
