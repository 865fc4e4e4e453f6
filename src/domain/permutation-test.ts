/** What a test of two groups found. */
export interface PermutationResult {
  /** How much farther apart the groups are than their members among themselves: -1 to 1. */
  readonly statistic: number
  /** Share of all ways to divide the same members so that the groups are as far apart, or farther; exact. */
  readonly pValue: number
}

/** Distances of all pairs, and their sums by member and over all. */
class Distances {
  readonly #size: number
  readonly #of: Float64Array
  readonly #sums: Float64Array
  readonly #total: number

  constructor(below: ReadonlyArray<ReadonlyArray<number>>) {
    const size = below.length
    this.#size = size
    this.#of = new Float64Array(size * size)
    this.#sums = new Float64Array(size)
    let total = 0
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        const distance = below[i]![j]!
        this.#of[i * size + j] = distance
        this.#of[j * size + i] = distance
        this.#sums[i]! += distance
        this.#sums[j]! += distance
        total += distance
      }
    }
    this.#total = total
  }

  /** Mean distance between the members chosen and all others, less the mean distance within both groups. */
  statistic(chosen: ReadonlyArray<number>): number {
    const [size, count] = [this.#size, chosen.length]
    let [inside, outgoing] = [0, 0]
    for (let a = 0; a < count; a++) {
      const row = chosen[a]! * size
      outgoing += this.#sums[chosen[a]!]!
      for (let b = 0; b < a; b++) inside += this.#of[row + chosen[b]!]!
    }
    const between = outgoing - 2 * inside
    const within = this.#total - between
    const pairsBetween = count * (size - count)
    const pairsWithin = (size * (size - 1)) / 2 - pairsBetween
    return (pairsBetween === 0 ? 0 : between / pairsBetween) - (pairsWithin === 0 ? 0 : within / pairsWithin)
  }
}

/** Every choice of `count` places out of `from`, each as the same array with other contents. */
function* choices(from: number, count: number): Generator<ReadonlyArray<number>> {
  const places = Array.from({ length: count }, (_, i) => i)
  while (true) {
    yield places
    let i = count - 1
    while (i >= 0 && places[i] === from - count + i) i--
    if (i < 0) return
    places[i]!++
    for (let j = i + 1; j < count; j++) places[j] = places[j - 1]! + 1
  }
}

/** Sums of the same numbers in another order differ by less. */
const tolerance = 1e-9

/**
 * Do two groups differ, where members vary anyhow? Exact permutation test: had
 * the labels been given out at random (they must have been, all divisions into
 * groups of these sizes being equally likely) and did they not matter, then the
 * p-value is at most p with probability p, whatever the members are like and
 * however they change with time. `distances[i][j]` for j < i; no more than 24
 * members.
 */
export const permutationTest = (
  distances: ReadonlyArray<ReadonlyArray<number>>,
  first: ReadonlyArray<boolean>
): PermutationResult => {
  const all = new Distances(distances)
  const statistic = all.statistic(first.flatMap((is, i) => is ? [i] : []))
  let [divisions, asFar] = [0, 0]
  for (const chosen of choices(first.length, first.filter((is) => is).length)) {
    divisions++
    if (all.statistic(chosen) >= statistic - tolerance) asFar++
  }
  return { statistic, pValue: asFar / divisions }
}
