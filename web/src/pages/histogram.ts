/** Servers per band of ten points, [0,10) … [90,100]; those without a score are in none. */
export const histogramOf = (scores: ReadonlyArray<number | null>): ReadonlyArray<number> => {
  const bands = Array.from({ length: 10 }, () => 0)
  for (const score of scores) {
    if (score !== null) bands[Math.min(9, Math.max(0, Math.floor(score / 10)))]! += 1
  }
  return bands
}
