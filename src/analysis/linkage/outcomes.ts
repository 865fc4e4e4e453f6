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

/**
 * Marks in `is` the comparisons, of those asked for, of which two servers share a
 * key. Pairs come sorted by their first server, whose keys are marked once for all
 * of them; keys that nobody else has are left out.
 */
const sharedMarker = (index: KeyIndex, isAsked: ReadonlyArray<boolean>) => {
  const keys = index.keys.map((own) => own.filter((key) => isAsked[index.comparison[key]!]! && index.servers[key]!.length > 1))
  const holder = new Int32Array(index.servers.length).fill(-1)
  let last = -1
  return (a: number, b: number, is: Uint8Array): void => {
    if (a !== last) for (const key of keys[a]!) holder[key] = a
    last = a
    is.fill(0)
    for (const key of keys[b]!) if (holder[key] === a) is[index.comparison[key]!] = 1
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
  const markShared = sharedMarker(index, isByKey)
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
    markShared(pairs.first[i]!, pairs.second[i]!, isShared)
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
