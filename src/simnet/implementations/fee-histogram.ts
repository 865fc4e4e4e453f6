import { Float, type Json } from "../model/dialect.ts"
import { atLeast } from "../model/software.ts"
import type { MempoolStep } from "../world/backend.ts"

type Mempool = ReadonlyArray<MempoolStep>

/** Satoshi per virtual byte and virtual bytes, as a server counts them, in descending order of rate. */
type Counted = ReadonlyArray<readonly [rate: number, size: number]>

/** A server's own size of a step of its node's mempool. */
type SizeOf = (step: MempoolStep) => number

/** Rounded up for each transaction. */
const roundedUp: SizeOf = ([, size]) => size

/** Rounded down for each transaction. */
const roundedDown: SizeOf = ([, size, , rounded]) => size - rounded

/** ElectrumX before 1.20 forgets version and lock time of what has witnesses, 6 virtual bytes, and rounds down. */
const withoutEnds: SizeOf = ([, size, segwit, rounded]) => size - rounded - 6 * segwit

/** With all witnesses. */
const unweighted: SizeOf = ([, , , , bytes]) => bytes

/** What a server makes of a mempool: the fee stays, so that another size is another rate. */
const counted = (mempool: Mempool, sizeOf: SizeOf): Counted =>
  mempool
    .map((step) => {
      const [rate, size] = step
      const own = sizeOf(step)
      return [own === size ? rate : (rate * size) / own, own] as const
    })
    .toSorted(([a], [b]) => b - a)

/** Sizes by rate rounded down to a step, in descending order. */
const byRate = (mempool: Counted, perUnit: number): ReadonlyArray<readonly [rate: number, size: number]> => {
  const sizes = new Map<number, number>()
  for (const [rate, size] of mempool) {
    const step = Math.floor(rate * perUnit) / perUnit
    sizes.set(step, (sizes.get(step) ?? 0) + size)
  }
  return [...sizes].toSorted(([a], [b]) => b - a)
}

/**
 * Bins that start at `firstBin` virtual bytes and grow by a tenth after each;
 * what gathered before a lump of more than two bins becomes a bin of its own,
 * and what does not fill the last one is left out.
 */
const growingBins = (
  sizes: ReadonlyArray<readonly [rate: number, size: number]>,
  firstBin: number
): Array<readonly [number, number]> => {
  const bins: Array<readonly [number, number]> = []
  let bin = firstBin
  let gathered = 0
  let previous = 0
  const emit = (rate: number): void => {
    bins.push([rate, gathered])
    gathered = 0
    bin *= 1.1
  }
  for (const [rate, size] of sizes) {
    if (size > 2 * bin && gathered > 0) emit(previous)
    gathered += size
    if (gathered > bin) emit(rate)
    previous = rate
  }
  return bins
}

/** ElectrumX: rates with one decimal; bins start at 30,000 vB, 100,000 up to 1.16. */
export const electrumxHistogram = (mempool: Mempool, version: string): Json => {
  const sizes = byRate(counted(mempool, atLeast(version, "1.20") ? roundedUp : withoutEnds), 10)
  return growingBins(sizes, atLeast(version, "1.17") ? 30_000 : 100_000).map(([rate, size]) => [new Float(rate), size])
}

/** Fulcrum: rates rounded down to integers; up to 1.9.7 bytes instead of virtual ones. */
export const fulcrumHistogram = (mempool: Mempool, version: string): Json => {
  const sizes = byRate(counted(mempool, atLeast(version, "1.9.8") ? roundedDown : unweighted), 1)
  return growingBins(sizes, 30_000).map(([rate, size]) => [rate, size])
}

/** romanz electrs, which asks its node for sizes: bins by the bit length of the rate, 2^k-1 as their upper bounds, from the highest down to 0. */
export const romanzHistogram = (mempool: Mempool): Json => {
  const sizes = new Map<number, number>()
  for (const [rate, size] of counted(mempool, roundedUp)) {
    const whole = Math.floor(rate)
    const bits = whole === 0 ? 0 : whole.toString(2).length
    sizes.set(bits, (sizes.get(bits) ?? 0) + size)
  }
  if (sizes.size === 0) return []
  const highest = Math.max(...sizes.keys())
  return Array.from({ length: highest + 1 }, (_, i) => [2 ** (highest - i) - 1, sizes.get(highest - i) ?? 0])
}

/** Blockstream electrs: bins above 50,000 vB that cover the whole mempool, rates as widened 32-bit floats. */
export const blockstreamHistogram = (mempool: Mempool): Json => {
  const bins: Array<Json> = []
  let gathered = 0
  let last = 0
  for (const [rate, size] of counted(mempool, roundedDown)) {
    const narrow = Math.fround(rate)
    if (gathered > 50_000 && narrow !== last) {
      bins.push([new Float(last), gathered])
      gathered = 0
    }
    last = narrow
    gathered += size
  }
  return gathered > 0 ? [...bins, [new Float(last), gathered]] : bins
}
