import type { Comparison } from "../comparisons/comparison.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import type { PositionPairs } from "./candidates.ts"
import type { KeyIndex } from "./key-index.ts"
import { isAgreement } from "./rates.ts"

/**
 * What comparisons found of pairs, in flat arrays: outcome k of pair i stands at
 * `start[i] <= k < start[i + 1]`. Details are left out; there are millions.
 */
export interface Outcomes extends PositionPairs {
  readonly start: Uint32Array
  /** Position of the comparison. */
  readonly comparison: Uint8Array
  readonly level: Uint8Array
  /** Number of the shared value among the keys, -1 where it is none of them. */
  readonly key: Int32Array
}

/** Marks in `is` the comparisons of which two servers share a key. */
const markShared = (index: KeyIndex, a: number, b: number, is: Uint8Array): void => {
  is.fill(0)
  const [ofA, ofB] = [index.keys[a]!, index.keys[b]!]
  let [i, j] = [0, 0]
  while (i < ofA.length && j < ofB.length) {
    const [x, y] = [ofA[i]!, ofB[j]!]
    if (x <= y) i++
    if (x >= y) j++
    if (x === y) is[index.comparison[x]!] = 1
  }
}

/**
 * Compares every pair by every comparison. Those that only ever agree, and have
 * keys, find nothing of two servers that share none, so they are not asked: that
 * is most of them, of most pairs.
 */
export const compareAll = (
  servers: ReadonlyArray<ServerTraits>,
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  pairs: PositionPairs
): Outcomes => {
  const isByKey = comparisons.map((comparison, c) =>
    index.numbers[c]!.size > 0 && comparison.levels.every((_, level) => isAgreement(comparison, level)))
  const isShared = new Uint8Array(comparisons.length)
  const count = pairs.first.length
  const start = new Uint32Array(count + 1)
  let room = Math.max(1024, count * 4)
  let comparison = new Uint8Array(room)
  let level = new Uint8Array(room)
  let key = new Int32Array(room)
  let size = 0
  for (let i = 0; i < count; i++) {
    const a = servers[pairs.first[i]!]!
    const b = servers[pairs.second[i]!]!
    markShared(index, pairs.first[i]!, pairs.second[i]!, isShared)
    for (let c = 0; c < comparisons.length; c++) {
      if (isByKey[c]! && isShared[c] === 0) continue
      const outcome = comparisons[c]!.compare(a, b)
      if (outcome === undefined) continue
      if (size === room) {
        room *= 2
        const [wider, levels, keys] = [new Uint8Array(room), new Uint8Array(room), new Int32Array(room)]
        wider.set(comparison)
        levels.set(level)
        keys.set(key)
        comparison = wider
        level = levels
        key = keys
      }
      comparison[size] = c
      level[size] = outcome.level
      key[size] = outcome.value === undefined ? -1 : index.numbers[c]!.get(outcome.value) ?? -1
      size++
    }
    start[i + 1] = size
  }
  return { ...pairs, start, comparison: comparison.slice(0, size), level: level.slice(0, size), key: key.slice(0, size) }
}
