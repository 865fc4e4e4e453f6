/** The colour of a group: ten that can be told apart, by rank of size; the rest is grey and named. */
export const groupColour = (rank: number | null): string =>
  rank === null || rank > 9 ? "var(--group-rest)" : `var(--group-${rank})`

/** Ranks of groups: the one with most servers is 0; of two alike the older number first. */
export const groupRanks = (ids: ReadonlyArray<number | null>): ReadonlyMap<number, number> => {
  const sizes = new Map<number, number>()
  for (const id of ids) {
    if (id !== null) sizes.set(id, (sizes.get(id) ?? 0) + 1)
  }
  return new Map([...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id], rank) => [id, rank]))
}
