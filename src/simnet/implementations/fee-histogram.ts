import { Float, type Json } from "../model/dialect.ts"

type Mempool = ReadonlyArray<readonly [rate: number, size: number]>

/** Sizes by rate rounded down to a step, in descending order. */
const byRate = (mempool: Mempool, perUnit: number): ReadonlyArray<readonly [rate: number, size: number]> => {
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
export const electrumxHistogram = (mempool: Mempool, firstBin: number): Json =>
  growingBins(byRate(mempool, 10), firstBin).map(([rate, size]) => [new Float(rate), size])

/** Fulcrum: rates rounded down to integers. */
export const fulcrumHistogram = (mempool: Mempool): Json =>
  growingBins(byRate(mempool, 1), 30_000).map(([rate, size]) => [rate, size])

/** romanz electrs: bins by the bit length of the rate, 2^k-1 as their upper bounds, from the highest down to 0. */
export const romanzHistogram = (mempool: Mempool): Json => {
  const sizes = new Map<number, number>()
  for (const [rate, size] of mempool) {
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
  for (const [rate, size] of mempool) {
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
