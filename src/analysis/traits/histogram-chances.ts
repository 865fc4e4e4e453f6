import { rememberingOf } from "../../domain/remembering.ts"
import type { FeeHistogram } from "../../domain/snapshot.ts"

/** A histogram that servers of one implementation showed at one tip, as written and as understood. */
export interface ShownHistogram {
  readonly implementation: string | null
  readonly tipHash: string
  readonly histogramText: string | null
  readonly histogram: FeeHistogram | null
}

/** Nobody's histogram is held to be rarer, however far it is from the others. */
const leastChance = 2e-4

/** vB of transactions that count as one where sizes differ: most are smaller. */
const usualSize = 1000

/** Values that one is held against: a sample of them, evenly spread, where there are more. */
const mostCompared = 200

/** Made once for each histogram: those of a large crawl are compared in millions of pairs. */
const elementsOf = rememberingOf((histogram: FeeHistogram): ReadonlySet<string> => new Set(histogram.map(([rate, size]) => `${rate},${size}`)))

/** Elements of the one that the other has not, of whichever has more of them. */
const differing = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let common = 0
  for (const element of a) if (b.has(element)) common++
  return Math.max(a.size, b.size) - common
}

/** A histogram in numbers: it is held against two hundred others. */
interface Value {
  /** Numbers of its elements, ascending. */
  readonly elements: Uint32Array
  /** From the highest rate down, with the vB that pay it or more. */
  readonly rates: Float64Array
  readonly sizes: Float64Array
}

/** @param numbers of elements that were met before; those that are new get the next */
const valueOf = (histogram: FeeHistogram, numbers: Map<string, number>): Value => {
  const elements = Uint32Array.from(elementsOf(histogram), (element) => {
    const number = numbers.get(element) ?? numbers.size
    numbers.set(element, number)
    return number
  })
  let total = 0
  const curve = new Map(histogram.toSorted(([x], [y]) => y - x).map(([rate, size]) => [rate, total += size] as const))
  return { elements: elements.sort(), rates: Float64Array.from(curve.keys()), sizes: Float64Array.from(curve.values()) }
}

const differingNumbers = (a: Uint32Array, b: Uint32Array): number => {
  let [i, j, common] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i]!, b[j]!]
    if (x <= y) i++
    if (x >= y) j++
    if (x === y) common++
  }
  return Math.max(a.length, b.length) - common
}

/**
 * Transactions by which two mempools differ, at the least: one for each bin that
 * differs, or as many as its size takes. Where bins are cut by size, one
 * transaction can move all edges that follow, so sizes are compared between the
 * edges that both have.
 */
const distance = (a: Value, b: Value): number => {
  let [sum, atA, atB] = [0, 0, 0]
  const add = (toA: number, toB: number): void => {
    const difference = Math.abs((toA - atA) - (toB - atB))
    if (difference > 0) sum += Math.max(1, difference / usualSize)
    atA = toA
    atB = toB
  }
  let j = 0
  for (let i = 0; i < a.rates.length; i++) {
    while (j < b.rates.length && b.rates[j]! > a.rates[i]!) j++
    if (j < b.rates.length && b.rates[j] === a.rates[i]) add(a.sizes[i]!, b.sizes[j]!)
  }
  add(a.sizes[a.sizes.length - 1] ?? 0, b.sizes[b.sizes.length - 1] ?? 0)
  return Math.max(1, Math.min(sum, differingNumbers(a.elements, b.elements)))
}

/**
 * How likely two nodes of their own are equal that are as near to each other as
 * this value is to others: transactions that only one of two knows come by chance
 * (Poisson), so at a distance of d on average it is exp(-d). Both over all other
 * values, and by the nearest fifth of them alone, since nodes of one policy are
 * nearer to each other than to the rest.
 */
const chanceAmong = (value: Value, all: ReadonlyArray<Value>): number => {
  const every = Math.max(1, all.length / mostCompared)
  const distances = Array.from({ length: Math.min(all.length, mostCompared) }, (_, i) => all[Math.floor(i * every)]!)
    .filter((other) => other !== value)
    .map((other) => distance(value, other))
    .toSorted((x, y) => x - y)
  if (distances.length === 0) return 1
  const mean = distances.reduce((sum, d) => sum + Math.exp(-d), 0) / distances.length
  return Math.max(mean, Math.exp(-distances[Math.floor(distances.length / 5)]!))
}

const pairs = (count: number): number => count * (count - 1) / 2

/** Of fewer servers most are few: nothing is called common then. */
const leastServers = 6

/** Do most of so many servers show it? */
export const isCommon = (count: number, of: number): boolean => of >= leastServers && count > of / 2

/**
 * The probability that another node shows the same histogram, as far as one
 * snapshot shows; 1 for what tells nothing. Servers that show the same count as
 * one, so no fleet makes its own value common. It is the largest of
 * - what the distances to other values of that implementation at that tip give;
 * - half a pair among all pairs of different values (Jeffreys), of all
 *   implementations: few values measure little;
 * - where more than half the servers show what another shows as well, the share of
 *   pairs of servers that are equal: a quiet network, or a few relay policies, and
 *   not that many shared nodes.
 *
 * What most servers of an implementation show is the network's: 1.
 */
export const histogramChances = (shown: ReadonlyArray<ShownHistogram>): (of: ShownHistogram) => number => {
  const chances = new Map<string, number>()
  const keyOf = ({ histogramText, implementation, tipHash }: ShownHistogram): string => `${implementation} ${tipHash} ${histogramText}`
  const told = shown.filter(({ histogramText }) => histogramText !== null)
  const distinct = Map.groupBy(told, ({ implementation, tipHash }) => `${implementation} ${tipHash}`).values()
    .map((servers) => ({ servers, values: [...Map.groupBy(servers, keyOf)].toSorted(([x], [y]) => x < y ? -1 : 1) }))
    .toArray()
  const half = 0.5 / (distinct.reduce((sum, { values }) => sum + pairs(values.length), 0) + 1)
  const numbers = new Map<string, number>()
  const ofImplementation = Map.groupBy(told, ({ implementation }) => implementation)
  for (const { servers, values } of distinct) {
    const repeated = values.filter(([, holders]) => holders.length > 1)
    const holders = repeated.reduce((sum, [, { length }]) => sum + length, 0)
    const equal = isCommon(holders, servers.length)
      ? repeated.reduce((sum, [, { length }]) => sum + pairs(length), 0) / pairs(servers.length)
      : 0
    const parsed = new Map(values.flatMap(([key, [first]]) => first!.histogram === null ? [] : [[key, valueOf(first!.histogram, numbers)] as const]))
    const every = [...parsed.values()]
    const all = ofImplementation.get(servers[0]!.implementation)!.length
    // What only one server shows is equal to nothing, and needs no chance.
    for (const [key, { length }] of repeated) {
      const own = parsed.get(key)
      chances.set(key, isCommon(length, all) || own === undefined ? 1 : Math.max(leastChance, half, equal, chanceAmong(own, every)))
    }
  }
  return (of) => chances.get(keyOf(of)) ?? 1
}

/** More than half of what the one shows stands in the other too: of two times, one. */
export const isNearly = (a: FeeHistogram, b: FeeHistogram): boolean => {
  const [ofA, ofB] = [elementsOf(a), elementsOf(b)]
  return differing(ofA, ofB) * 2 < Math.max(ofA.size, ofB.size) || ofA.size + ofB.size === 0
}
