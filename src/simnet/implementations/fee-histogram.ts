import { Float, type Json } from "../dialect.ts"

type Mempool = ReadonlyArray<readonly [rate: number, size: number]>

/** Bins that start at `firstBin` virtual bytes and grow by a tenth after each; what does not fill one is left out. */
const growingBins = (mempool: Mempool, firstBin: number): Array<readonly [number, number]> => {
  const bins: Array<readonly [number, number]> = []
  let size = firstBin
  let gathered = 0
  for (const [rate, bytes] of mempool) {
    gathered += bytes
    if (gathered >= size) {
      bins.push([rate, gathered])
      gathered = 0
      size *= 1.1
    }
  }
  return bins
}

/** ElectrumX: rates with one decimal; bins start at 30,000 vB, 100,000 up to 1.16. */
export const electrumxHistogram = (mempool: Mempool, firstBin: number): Json =>
  growingBins(mempool, firstBin).map(([rate, size]) => [new Float(rate), size])

/** Fulcrum: rates rounded down to integers, equal ones together. */
export const fulcrumHistogram = (mempool: Mempool): Json => {
  const merged = new Map<number, number>()
  for (const [rate, size] of mempool) merged.set(Math.floor(rate), (merged.get(Math.floor(rate)) ?? 0) + size)
  return growingBins([...merged], 30_000).map(([rate, size]) => [rate, size])
}

/** romanz electrs: bins by bit length, 2^k-1 as their upper bounds, contiguous, zeros possible. */
export const romanzHistogram = (mempool: Mempool): Json => {
  const sizes = new Map<number, number>()
  for (const [rate, size] of mempool) {
    const bits = Math.floor(rate).toString(2).length
    sizes.set(bits, (sizes.get(bits) ?? 0) + size)
  }
  const highest = Math.max(0, ...sizes.keys())
  return Array.from({ length: highest }, (_, i) => [2 ** (highest - i) - 1, sizes.get(highest - i) ?? 0])
}

/** Blockstream electrs: bins above 50,000 vB that cover the whole mempool, rates as widened 32-bit floats. */
export const blockstreamHistogram = (mempool: Mempool): Json => {
  const bins: Array<Json> = []
  let gathered = 0
  for (const [i, [rate, size]] of mempool.entries()) {
    gathered += size
    if (gathered > 50_000 || i === mempool.length - 1) {
      bins.push([new Float(Math.fround(rate)), gathered])
      gathered = 0
    }
  }
  return bins
}
