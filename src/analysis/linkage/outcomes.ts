import type { Comparison } from "../comparisons/comparison.ts"
import type { ServerTraits } from "../traits/server-traits.ts"
import type { PositionPairs } from "./candidates.ts"
import type { KeyIndex } from "./key-index.ts"

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

/** Compares every pair by every comparison. */
export const compareAll = (
  servers: ReadonlyArray<ServerTraits>,
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  pairs: PositionPairs
): Outcomes => {
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
    for (let c = 0; c < comparisons.length; c++) {
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
