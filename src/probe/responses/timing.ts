import type { TimingFacts } from "../../domain/judged-answer.ts"

/** Middle value; the mean of both where there are two. Null for none. */
export const median = (values: ReadonlyArray<number>): number | null => {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Standard deviation of a sample (n - 1); null below two values. */
export const deviation = (values: ReadonlyArray<number>): number | null => {
  if (values.length < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/** What was measured: the round trips of the pings, and the rest. */
export interface Measured extends Pick<TimingFacts, "paced" | "untimed"> {
  readonly pingsMs: ReadonlyArray<number>
}

/** Times as they are stored. */
export const timingOf = ({ pingsMs, ...rest }: Measured): TimingFacts => {
  const middle = median(pingsMs)
  return {
    pings: pingsMs.length,
    medianMs: middle,
    deviationMs: deviation(pingsMs),
    madMs: middle === null ? null : median(pingsMs.map((ping) => Math.abs(ping - middle))),
    ...rest,
    untimed: pingsMs.length > 0 ? null : rest.untimed
  }
}
