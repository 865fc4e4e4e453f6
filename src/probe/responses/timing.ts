import type { TimingFacts } from "../../domain/judged-answer.ts"
import { median } from "../../domain/median.ts"

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
