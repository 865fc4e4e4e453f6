/** A probability or share with its limits: what the model says, over what is not known. */
export interface Estimate {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Standard error of the mean that comes from simulating only so often; it is within the limits already. */
  readonly error: number
}

/** Standard score of a two-sided 95 % interval. */
const z95 = 1.959964

/** Wilson's 95 % limits for a share seen in so many trials; with none it may be anything. */
export const wilson = (share: number, trials: number): readonly [low: number, high: number] => {
  if (trials === 0) return [0, 1]
  const z2 = z95 * z95
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
  const half = (z95 / (1 + z2 / trials)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials))
  // At the ends the sum misses 0 and 1 by rounding only.
  return [share === 0 ? 0 : Math.max(0, centre - half), share === 1 ? 1 : Math.min(1, centre + half)]
}

/** Standard error of a share seen in so many trials; also of a mean of values in 0 to 1, as an upper bound. */
const shareError = (share: number, trials: number): number =>
  trials === 0 ? 0.5 : Math.sqrt(((trials * share + 0.5) / (trials + 1)) * (1 - (trials * share + 0.5) / (trials + 1)) / trials)

/** The value below which a part `at` (0 to 1) of the values lies, of ascending ones; the nearest that occurs. */
const quantileOfSorted = (sorted: Float64Array, at: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(at * sorted.length) - 1))] ?? 0

/** The same of values in any order. */
export const quantile = (values: ReadonlyArray<number>, at: number): number => quantileOfSorted(Float64Array.from(values).sort(), at)

/** Mean and 95 % limits of values over draws of the unknown; the limits hold the mean too, which rare draws may move past them. */
export const spreadOf = (values: ReadonlyArray<number>): { readonly mean: number; readonly low: number; readonly high: number } => {
  // Most owners are the same in every draw.
  if (values.length === 1) return { mean: values[0]!, low: values[0]!, high: values[0]! }
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const sorted = Float64Array.from(values).sort()
  return { mean, low: Math.min(mean, quantileOfSorted(sorted, 0.025)), high: Math.max(mean, quantileOfSorted(sorted, 0.975)) }
}

/** The spread over draws, each itself a share of so many trials: the limits hold both. */
export const estimateOf = (values: ReadonlyArray<number>, trials: number): Estimate => {
  const { high, low, mean } = spreadOf(values)
  return { mean, low: wilson(low, trials)[0], high: wilson(high, trials)[1], error: shareError(mean, trials) }
}

/** A value that is computed, not simulated, over draws of the unknown. */
export const computedOf = (values: ReadonlyArray<number>): Estimate => ({ ...spreadOf(values), error: 0 })
