import type { Comparison } from "../comparisons/comparison.ts"
import type { KeyIndex } from "./key-index.ts"
import { undecidedBits } from "./model.ts"
import { isOwned, roleOf } from "./operator-verdict.ts"
import type { Outcomes } from "./outcomes.ts"
import { isAgreement } from "./rates.ts"

/**
 * By number of key: the binary log odds at which a pair is held that has no more
 * than this in common. A holder counts once, and twice if it contradicts
 * another in what operators write; those of one verdict are one holder. So a
 * larger or more contradictory value never holds a pair higher.
 *
 * @param contradicting numbers of pairs that speak against each other
 * @param owners of each position, as verdicts alone join them
 */
export const heldAt = (
  comparisons: ReadonlyArray<Comparison>,
  index: KeyIndex,
  outcomes: Outcomes,
  contradicting: ReadonlyArray<number>,
  owners: Int32Array
): Float64Array => {
  const owned = comparisons.map((comparison) => isOwned(roleOf(comparison).part))
  const againstIt = new Map<number, Set<number>>()
  for (const i of contradicting) {
    const [a, b] = [owners[outcomes.first[i]!]!, owners[outcomes.second[i]!]!]
    if (a === b) continue
    for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) {
      const c = outcomes.comparison[k]!
      const key = outcomes.key[k]!
      if (key < 0 || !owned[c] || !isAgreement(comparisons[c]!, outcomes.level[k]!)) continue
      const holders = againstIt.get(key) ?? new Set()
      againstIt.set(key, holders.add(a).add(b))
    }
  }
  const bits = new Float64Array(index.servers.length)
  comparisons.forEach((_, c) => {
    if (!owned[c]) return
    for (const key of index.numbers[c]!.values()) {
      const holders = new Set(index.servers[key]!.map((server) => owners[server]!)).size
      bits[key] = undecidedBits(holders + (againstIt.get(key)?.size ?? 0))
    }
  })
  return bits
}
