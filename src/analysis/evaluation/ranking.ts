/** A score, and whether what it is to find is there. */
export interface Scored {
  readonly score: number
  readonly isHit: boolean
}

/**
 * Area under the ROC curve: how often a hit scores higher than another, ties
 * counted half (Mann and Whitney, 1947). Null without both kinds.
 */
export const rocAuc = (scored: ReadonlyArray<Scored>): number | null => {
  const hits = scored.filter(({ isHit }) => isHit).length
  const others = scored.length - hits
  if (hits === 0 || others === 0) return null
  const ordered = scored.toSorted((a, b) => a.score - b.score)
  let ranks = 0
  for (let i = 0; i < ordered.length;) {
    let end = i
    while (end < ordered.length && ordered[end]!.score === ordered[i]!.score) end++
    const tied = ordered.slice(i, end).filter(({ isHit }) => isHit).length
    ranks += (tied * (i + 1 + end)) / 2
    i = end
  }
  return (ranks - (hits * (hits + 1)) / 2) / (hits * others)
}
