/** Share of servers that was seen, with 95 % limits. */
export interface Coverage {
  readonly share: number
  readonly low: number
  readonly high: number
}

/** Standard score of a two-sided 95 % interval. */
const z95 = 1.959964

/**
 * How much of what peer lists could show was seen, by how many servers only one
 * or two lists name: Chao's estimate of the unseen with its log-normal limits
 * (Chao, "Estimating the population size for capture-recapture data with
 * unequal catchability", 1987; bias-corrected form). Lists copy each other, so
 * the unseen are more and the share is an upper bound.
 *
 * @param namers of each server seen, how many lists name it
 * @returns null where nothing was named, or by too few lists to say anything
 */
export const coverageOf = (namers: ReadonlyArray<number>): Coverage | null => {
  const named = namers.filter((count) => count > 0)
  const seen = named.length
  if (seen === 0 || Math.max(...named) < 3) return null
  const once = named.filter((count) => count === 1).length
  const twice = named.filter((count) => count === 2).length
  const unseen = once * (once - 1) / (2 * (twice + 1))
  if (unseen === 0) return { share: 1, low: seen / (seen + once), high: 1 }
  const variance = unseen +
    once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2) +
    once ** 2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
  const spread = Math.exp(z95 * Math.sqrt(Math.log(1 + variance / unseen ** 2)))
  return { share: seen / (seen + unseen), low: seen / (seen + unseen * spread), high: seen / (seen + unseen / spread) }
}
