/** Middle value; the mean of both where there are two. Null for none. */
export const median = (values: ReadonlyArray<number>): number | null => medianOfSorted(values.toSorted((a, b) => a - b))

/** The same of ascending values. */
export const medianOfSorted = (sorted: ArrayLike<number>): number | null => {
  if (sorted.length === 0) return null
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
