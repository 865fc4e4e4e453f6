/** Groups that get a colour of their own: what colour-blind readers still tell apart. */
export const namedGroups = 10

/** The colour of a group by rank of size; the rest is grey and named. */
export const groupColour = (rank: number | null): string =>
  rank === null || rank >= namedGroups ? "var(--group-rest)" : `var(--group-${rank})`

/** Ranks of groups: the one with most servers is 0; of two alike the older number first. */
export const groupRanks = (ids: ReadonlyArray<number | null>): ReadonlyMap<number, number> => {
  const sizes = new Map<number, number>()
  for (const id of ids) {
    if (id !== null) sizes.set(id, (sizes.get(id) ?? 0) + 1)
  }
  return new Map([...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id], rank) => [id, rank]))
}
