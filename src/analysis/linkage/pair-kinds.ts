import type { Direction } from "./direction.ts"
import type { Outcomes } from "./outcomes.ts"
import type { Given } from "./weighing.ts"

/** Pairs of one kind agree in the same values, so that they weigh the same, whatever the weights. */
export interface PairKinds {
  readonly count: number
  /** By number of pair: the number of its kind. */
  readonly of: Int32Array
}

/**
 * For each pair the number of its kind. A fleet's pairs are mostly of one kind, and
 * the larger a crawl the more of its pairs are a fleet's.
 */
export const kindsOf = (outcomes: Outcomes, { evenings, nodeLegs }: Pick<Given, "evenings" | "nodeLegs">, directions: ReadonlyArray<Direction | undefined>): PairKinds => {
  const numbers = new Map<string, number>()
  const of = Int32Array.from(outcomes.first, (_, i) => {
    let kind = directions[i] === undefined ? "" : `${directions[i].pipe}`
    // What is known of a pair alone makes a kind of its own.
    if (evenings.has(i) || nodeLegs.has(i)) kind = `pair ${i}`
    else for (let k = outcomes.start[i]!; k < outcomes.start[i + 1]!; k++) kind += ` ${outcomes.comparison[k]! * 256 + outcomes.level[k]!}:${outcomes.key[k]!}`
    const known = numbers.get(kind)
    if (known !== undefined) return known
    numbers.set(kind, numbers.size)
    return numbers.size - 1
  })
  return { count: numbers.size, of }
}
