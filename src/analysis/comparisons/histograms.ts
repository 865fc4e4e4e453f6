import type { FeeHistogram } from "../../domain/snapshot.ts"
import { sha256Hex } from "../../domain/sha256.ts"
import { isNearly } from "../traits/histogram-chances.ts"
import type { ServerTraits, SnapshotTraits } from "../traits/server-traits.ts"
import { once } from "./agreement.ts"
import type { Comparison } from "./comparison.ts"
import { worthTogether } from "./worth-together.ts"

/** A text with fewer digits is a nearly empty mempool's, which strangers share. */
const leastDigits = 24

const digits = (text: string): number => text.match(/[0-9]/g)?.length ?? 0

const tells = ({ histogramChance, histogramText }: SnapshotTraits): boolean =>
  histogramText !== null && histogramChance < 1 && digits(histogramText) >= leastDigits

interface Shown {
  readonly hash: string
  readonly snapshot: SnapshotTraits
}

/** By epoch, one snapshot at one tip each. */
const shownBy = once((server: ServerTraits): ReadonlyMap<string, Shown> =>
  new Map(server.snapshots.filter(tells).map((snapshot) => [
    `${snapshot.snapshotId} ${snapshot.tipHash}`,
    { hash: sha256Hex(snapshot.histogramText!).slice(0, 24), snapshot }
  ])))

/** Of two times at which the mempool was nearly the same, one. */
const isAgain = (a: SnapshotTraits, b: SnapshotTraits): boolean =>
  a.histogramText === b.histogramText || (a.histogram !== null && b.histogram !== null && isNearly(a.histogram, b.histogram))

/**
 * Whether both showed the same bytes at the same times, where these tell
 * anything: at one time and at half of all at least. undefined where nothing can
 * be compared.
 */
export const haveEqualHistograms = (a: ServerTraits, b: ServerTraits): boolean | undefined => {
  let [equal, compared] = [0, 0]
  const ofB = shownBy(b)
  for (const [epoch, { hash }] of shownBy(a)) {
    const other = ofB.get(epoch)
    if (other === undefined) continue
    compared++
    if (other.hash === hash) equal++
  }
  return compared === 0 ? undefined : equal > 0 && 2 * equal >= compared
}

/** Of an agreement that chance brings about this often or less, by level. */
const rarities = [1e-5, 2e-4] as const

const innocent = ["a node that is rented out or shared by friends", "one server that relays the other"]

/** Bytes of both histograms were equal at one time. */
export const histogramBytes: Comparison = {
  name: "fee histogram",
  definition: "In one snapshot both showed the same bytes as fee histogram, with 24 digits or more in it, far enough from what other servers of that software showed that chance seldom makes it equal.",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  /** u is what the levels are made of: how near other values of the same snapshots were. */
  levels: [
    { name: "by chance in one of 100,000 pairs or fewer", m: 0.2, u: rarities[0], measured: false },
    { name: "by chance in one of 5,000 pairs or fewer", m: 0.2, u: rarities[1], measured: false }
  ],
  innocent,
  keys: once((server) => [...shownBy(server)].map(([epoch, { hash }]) => `${epoch} ${hash}`)),
  compare: (a, b) => {
    const [ofA, ofB] = [shownBy(a), shownBy(b)]
    const equal: Array<{ readonly snapshot: SnapshotTraits; readonly chance: number }> = []
    for (const [epoch, { hash, snapshot }] of ofA) {
      const other = ofB.get(epoch)
      if (other?.hash === hash) equal.push({ snapshot, chance: Math.max(snapshot.histogramChance, other.snapshot.histogramChance) })
    }
    if (equal.length === 0) return undefined
    const counted = equal.toSorted((x, y) => x.chance - y.chance || x.snapshot.snapshotId - y.snapshot.snapshotId)
      .reduce<typeof equal>((kept, one) => kept.some((other) => isAgain(one.snapshot, other.snapshot)) ? kept : [...kept, one], [])
    const bits = worthTogether(counted.map(({ chance }) => -Math.log2(chance)))
    const level = rarities.findIndex((rarity) => bits >= -Math.log2(rarity) - 1e-9)
    if (level === -1) return undefined
    return {
      level,
      detail: () => ({ snapshots: equal.map(({ snapshot }) => snapshot.snapshotId).toSorted((x, y) => x - y).slice(0, 20), counted: counted.length, bits_by_chance: Math.round(bits) })
    }
  }
}

/** vB that pay a rate or more, from the highest rate down. Numbers side by side: all pairs of an implementation are compared. */
interface Curve {
  readonly rates: Float64Array
  readonly sizes: Float64Array
}

/** @param points sizes at rates, from the highest rate down */
export const curveThrough = (points: FeeHistogram): Curve =>
  ({ rates: Float64Array.from(points, ([rate]) => rate), sizes: Float64Array.from(points, ([, size]) => size) })

const curveOf = (histogram: FeeHistogram): Curve => {
  let total = 0
  return curveThrough(histogram.toSorted(([x], [y]) => y - x).map(([rate, size]) => [rate, total += size] as const))
}

/**
 * Size of a curve at a rate: between two edges of bins the line is straight;
 * above the highest nothing pays.
 *
 * @param below the first edge that is not above the rate
 */
const sizeAt = ({ rates, sizes }: Curve, below: number, rate: number): number => {
  if (below === rates.length) return sizes[below - 1] ?? 0
  const [edge, size] = [rates[below]!, sizes[below]!]
  if (below === 0) return edge === rate ? size : 0
  const [above, sizeAbove] = [rates[below - 1]!, sizes[below - 1]!]
  return sizeAbove + (size - sizeAbove) * (above - rate) / (above - edge)
}

const isSame = (a: Float64Array, b: Float64Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/**
 * Largest distance of two curves at either's edges, as a share of the larger
 * mempool; 0 to 1. Looks no further where it is beyond `enough`.
 */
export const curveDistance = (a: Curve, b: Curve, enough = 1): number => {
  const [endA, endB] = [a.rates.length, b.rates.length]
  const largest = Math.max(a.sizes[endA - 1] ?? 0, b.sizes[endB - 1] ?? 0)
  if (largest <= 0) return 1
  // Servers of one node are compared more often than any others.
  if (isSame(a.rates, b.rates) && isSame(a.sizes, b.sizes)) return 0
  const lowest = Math.max(a.rates[endA - 1]!, b.rates[endB - 1]!)
  let [i, j, belowA, belowB, most] = [0, 0, 0, 0, 0]
  while ((i < endA || j < endB) && most <= enough) {
    const rate = j === endB || (i < endA && a.rates[i]! >= b.rates[j]!) ? a.rates[i++]! : b.rates[j++]!
    if (rate < lowest) break
    if (j < endB && b.rates[j] === rate) j++
    while (belowA < endA && !(a.rates[belowA]! <= rate)) belowA++
    while (belowB < endB && !(b.rates[belowB]! <= rate)) belowB++
    most = Math.max(most, Math.abs(sizeAt(a, belowA, rate) - sizeAt(b, belowB, rate)) / largest)
  }
  return most
}

/** Fewer bins say nothing of a curve. */
const leastBins = 4

const curvesOf = once((server: ServerTraits): ReadonlyMap<string, Curve> =>
  new Map(server.snapshots.flatMap(({ histogram, snapshotId, tipHash }) =>
    histogram === null || histogram.length < leastBins || histogram.some(([, size]) => size < 0)
      ? []
      : [[`${snapshotId} ${tipHash}`, curveOf(histogram)] as const])))

/** Median distances up to which two mempools have one shape, by level. */
const near = [0.005, 0.02] as const

/** Mempools of both had one shape at several times. */
export const histogramCurve: Comparison = {
  name: "mempool curve",
  definition: "Of one implementation, whose bins are laid out alike, both had nearly the same amounts of transactions above every fee rate, as the median over at least two snapshots.",
  question: "shared infrastructure",
  forgeability: "backend",
  bundle: "backend",
  // u: of 3,700 pairs of kept worlds that had a curve in common, and neither estimates nor bytes, one in 70 had a
  // node in common. So such a pair stays near 5 %, by what m is learnt.
  levels: [
    { name: "within half a per cent", m: 0.4, u: 0.12, measured: true },
    { name: "within two per cent", m: 0.3, u: 0.12, measured: true }
  ],
  innocent: [...innocent, "well-connected nodes, which see nearly the same transactions"],
  keys: () => [],
  compare: (a, b) => {
    if (a.implementation === null || a.implementation !== b.implementation) return undefined
    const [ofA, ofB] = [curvesOf(a), curvesOf(b)]
    if (ofA.size < 2 || ofB.size < 2) return undefined
    const distances: Array<number> = []
    for (const [epoch, curve] of ofA) {
      const other = ofB.get(epoch)
      if (other !== undefined) distances.push(curveDistance(curve, other, near[1]))
    }
    const median = distances.sort((x, y) => x - y)[distances.length >> 1]
    if (median === undefined || distances.length < 2 || median > near[1]) return undefined
    return { level: median <= near[0] ? 0 : 1, detail: () => ({ snapshots: distances.length, median_distance: median }) }
  }
}
