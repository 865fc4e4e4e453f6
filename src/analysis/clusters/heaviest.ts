import type { Evidence } from "../linkage/compared-pair.ts"

/** Bits of several pairs, by the name of the comparison. */
export type BitsByComparison = Map<string, number>

export const addBits = (sums: BitsByComparison, { bits, comparison }: Evidence): void => {
  sums.set(comparison, (sums.get(comparison) ?? 0) + bits)
}

/** The comparisons with most bits, heaviest first, up to three. */
export const heaviest = (sums: BitsByComparison): ReadonlyArray<string> =>
  [...sums].toSorted((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1)).slice(0, 3).map(([name]) => name)
