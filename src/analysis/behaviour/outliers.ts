import { median } from "../../domain/median.ts"
import type { BehaviourVector } from "./vector.ts"

/** How unusual a server is among those of its implementation. */
export interface Unusualness {
  readonly serverId: number
  /** Mean surprise of its values, bits for each trait; null with too few to compare with. */
  readonly surprise: number | null
  /** Distance of that from the median, in robust deviations, unusual above 3.5 (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993); null with too few to compare with. */
  readonly distance: number | null
  /** Traits whose value is rare, the rarest first. */
  readonly unusual: ReadonlyArray<string>
}

/** Fewer servers of one implementation say nothing about what is usual. */
const fewestPeers = 8

const rare = 0.1

/** Least spread, bits for each trait: where nearly all are equal, one odd value of thirty is not worth a look. */
const leastSpread = 0.1

/**
 * Distances from the median in robust deviations: 1.4826 times the median of
 * the distances, or 1.2533 times their mean where more than half of all values
 * are one (the same, for normal values). 0 for all when all are equal.
 *
 * @param leastSpread what the deviation is taken for where it is less
 */
export const robustDistances = (values: ReadonlyArray<number>, leastSpread = 0): ReadonlyArray<number> => {
  const middle = median(values)
  if (middle === null) return []
  const distances = values.map((value) => Math.abs(value - middle))
  const typical = 1.4826 * median(distances)! || 1.2533 * distances.reduce((sum, d) => sum + d, 0) / values.length
  const spread = Math.max(typical, leastSpread)
  return values.map((value) => (spread === 0 ? 0 : (value - middle) / spread))
}

/** Servers with a trait, and with each of its values. */
type Tally = ReadonlyMap<string, { readonly seen: number; readonly values: ReadonlyMap<string, number> }>

const tallied = (vectors: ReadonlyArray<BehaviourVector>): Tally => {
  const tally = new Map<string, { seen: number; values: Map<string, number> }>()
  for (const { traits } of vectors) {
    for (const [trait, value] of traits) {
      let known = tally.get(trait)
      if (known === undefined) tally.set(trait, known = { seen: 0, values: new Map() })
      known.seen++
      known.values.set(value, (known.values.get(value) ?? 0) + 1)
    }
  }
  return tally
}

/** Share of the other servers that have the value, so that nobody is its own company; half a server for none. */
const shareOfOthers = (tally: Tally, trait: string, value: string): number => {
  const { seen, values } = tally.get(trait)!
  return (values.get(value)! - 1 + 0.5) / (seen - 1 + 1)
}

const unusualness = (vectors: ReadonlyArray<BehaviourVector>): ReadonlyArray<Unusualness> => {
  if (vectors.length < fewestPeers || vectors[0]!.implementation === null) {
    return vectors.map(({ serverId }) => ({ serverId, surprise: null, distance: null, unusual: [] }))
  }
  const tally = tallied(vectors)
  const shares = vectors.map(({ traits }) =>
    [...traits].flatMap(([trait, value]) =>
      tally.get(trait)!.seen < fewestPeers ? [] : [{ trait, share: shareOfOthers(tally, trait, value) }]
    )
  )
  const surprises = shares.map((all) => all.reduce((sum, { share }) => sum - Math.log2(share), 0) / Math.max(1, all.length))
  const distances = robustDistances(surprises, leastSpread)
  return vectors.map(({ serverId }, i) => ({
    serverId,
    surprise: surprises[i]!,
    distance: distances[i]!,
    unusual: shares[i]!.filter(({ share }) => share < rare).toSorted((a, b) => a.share - b.share || (a.trait < b.trait ? -1 : 1))
      .map(({ trait }) => trait)
  }))
}

/**
 * How unusual each server is among those that behave like the same
 * implementation, in the order given. What is rare is a configuration, a proxy,
 * a fork or a patched build: a reason to look, no verdict.
 */
export const outliers = (vectors: ReadonlyArray<BehaviourVector>): ReadonlyArray<Unusualness> => {
  const found = new Map(
    [...Map.groupBy(vectors, ({ implementation }) => implementation).values()]
      .flatMap(unusualness)
      .map((row) => [row.serverId, row])
  )
  return vectors.map(({ serverId }) => found.get(serverId)!)
}
