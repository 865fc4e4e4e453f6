import type { ServerTraits, WatchedEvent } from "../traits/server-traits.ts"
import { ofBoth, shared } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"

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

/** New blocks come late to both, and early to both. */
export const tipArrivals: Comparison = {
  name: "tip arrivals",
  definition: "Of one implementation, over at least 20 blocks, both showed new tips late or early together, compared with all servers of that implementation (rank correlation).",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  /**
   * u is measured. Two independent series of 20 correlate by 0.8 once in 100,000, by
   * 0.6 once in 400; but one region makes it likelier, and processes that ask their
   * nodes every five seconds, as ElectrumX does, are late alike whenever they happen
   * to ask at the same time, whichever node it is: so this says of no two servers by
   * itself that they share one.
   */
  levels: [
    { name: "correlation 0.8 or more", m: 0.4, u: 1e-3, measured: true },
    { name: "correlation 0.6 or more", m: 0.3, u: 0.01, measured: true }
  ],
  innocent: ["processes that ask their nodes at the same moments", "nodes that are near each other", "a node that is rented out"],
  keys: () => [],
  compare: (a, b) => {
    if (a.watch === null || b.watch === null || a.implementation === null || a.implementation !== b.implementation) return undefined
    const [ofA, ofB] = [a.watch.tipResiduals, b.watch.tipResiduals]
    const blocks = [...ofA.keys()].filter((block) => ofB.has(block)).toSorted()
    if (blocks.length < leastBlocks) return undefined
    // By ranks (Spearman): one block for which both were minutes late, as after a stall of ours, would make any two alike.
    const [ranksA, ranksB] = [ranksOf(blocks.map((block) => ofA.get(block)!)), ranksOf(blocks.map((block) => ofB.get(block)!))]
    const together = correlation(ranksA.map((rank, i) => [rank, ranksB[i]!]))
    if (together === undefined || together < 0.6) return undefined
    return { level: together >= 0.8 ? 0 : 1, detail: { blocks: blocks.length, correlation: Math.round(together * 1000) / 1000 } }
  }
}

/** Both followed branches that few did. */
export const forksSeenAlike: Comparison = {
  name: "forks seen alike",
  definition: "Both showed a tip that at most a quarter of those watched did, while most showed another block of that height.",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  levels: [
    { name: "two or more such tips", m: 0.3, u: 2e-3, measured: true },
    { name: "one such tip", m: 0.3, u: 0.02, measured: true }
  ],
  innocent: ["nodes that are near the same miner", "a node that is rented out", "one server that relays the other"],
  keys: ({ watch }) => [...watch?.rareTips ?? []],
  known: ({ watch }) => watch !== null,
  compare: (a, b) => {
    if (a.watch === null || b.watch === null) return undefined
    const tips = shared([...a.watch.rareTips], [...b.watch.rareTips])
    return tips.length === 0 ? undefined : { level: tips.length > 1 ? 0 : 1, value: tips[0]!, detail: { tips: tips.length, first: tips[0]! } }
  }
}

const together = 60_000

/** In one system, or at one address, a rack or a line fails for both: only what somebody does to them counts then. */
const sharesNetwork = (a: ServerTraits, b: ServerTraits): boolean =>
  a.addresses.some((one) => b.addresses.some((other) => one.address === other.address || (one.asn !== null && one.asn === other.asn)))

const isDone = (kind: string): boolean => kind.startsWith("new ")

/** Events of one kind of both within a minute, each counted once. */
const coincidences = (a: ReadonlyArray<WatchedEvent>, b: ReadonlyArray<WatchedEvent>): number => {
  let [i, j, count] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const apart = a[i]!.at - b[j]!.at
    if (Math.abs(apart) <= together) {
      count++
      i++
      j++
    } else if (apart < 0) i++
    else j++
  }
  return count
}

/** Probability of so many or more where so many are expected (Poisson). */
const tail = (count: number, expected: number): number => {
  let [term, below] = [Math.exp(-expected), 0]
  for (let k = 0; k < count; k++) {
    below += term
    term *= expected / (k + 1)
  }
  return Math.max(0, 1 - below)
}

/** The same happens to both at the same time, more often than to others. */
export const jointEvents: Comparison = {
  name: "joint events",
  definition: "The same happened to both within a minute, more often than the base rate of such events gives; outages of vantages and networks are left out, and between servers of one system all but what is done to them.",
  question: "same operator",
  forgeability: "hosting",
  bundle: "events",
  levels: [
    { name: "three or more, by chance once in 10,000 pairs", m: 0.3, u: 2e-4, measured: true },
    { name: "two or more, by chance once in 1,000 pairs", m: 0.2, u: 2e-3, measured: true }
  ],
  innocent: ["one hoster's maintenance", "one power line, one rack, one proxy", "updates by one image's schedule"],
  keys: () => [],
  known: ({ watch }) => watch !== null,
  compare: (a, b) => {
    if (a.watch === null || b.watch === null) return undefined
    const [ofA, ofB] = [a.watch.events, b.watch.events]
    const oneNetwork = sharesNetwork(a, b)
    const kinds = [...new Set(ofA.map(({ kind }) => kind))].filter((kind) => !oneNetwork || isDone(kind)).toSorted()
    const count = kinds.reduce((sum, kind) =>
      sum + coincidences(ofA.filter((event) => event.kind === kind), ofB.filter((event) => event.kind === kind)), 0)
    const rates = [ofA, ofB].map((events) => events.reduce((sum, { baseRate }) => sum + baseRate, 0)).toSorted((x, y) => x - y)
    const expected = (rates[0]! + rates[1]!) / 2
    const chance = tail(count, expected)
    const level = count >= 3 && chance < 1e-4 ? 0 : count >= 2 && chance < 1e-3 ? 1 : undefined
    return level === undefined ? undefined : { level, detail: { together: count, expected } }
  }
}

/** Who goes from one server to the next and exchanges its software is through with all of them after so long. */
export const eveningMs = 30 * 60_000

/** Software of both was exchanged within half an hour. */
export const changedTogether: Comparison = {
  name: "changed together",
  definition: "The software of both was changed within half an hour. Servers at one node with which nearly all there were, when hardly anybody else was, are probably administered by one.",
  question: "same operator",
  forgeability: "hosting",
  bundle: "events",
  levels: [{ name: "within half an hour", m: 0.3, u: 1e-3, measured: true }],
  innocent: [
    "a release that many follow, or that packages bring to all by night",
    "one image's schedule",
    "who watches the other and does what it does, a little later",
    "one that passes the other on",
    "a service that keeps up servers of others"
  ],
  keys: () => [],
  known: ({ watch }) => watch !== null && watch.changes.length > 0,
  compare: (a, b) => {
    if (a.watch === null || b.watch === null) return undefined
    for (const one of a.watch.changes) {
      const other = b.watch.changes.find(({ at }) => Math.abs(at - one.at) <= eveningMs)
      if (other === undefined) continue
      return {
        level: 0,
        detail: {
          changes: ofBoth(one, other).map(({ after, at, before }) => ({ at: new Date(at).toISOString(), before, after })),
          seconds_apart: Math.round(Math.abs(one.at - other.at) / 1000)
        }
      }
    }
    return undefined
  }
}
