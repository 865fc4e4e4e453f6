import { count } from "../text/format.ts"

/** Milliseconds with their sign, in the unit that reads well: "+120 ms", "−2.4 s", "+12 min". */
export const lateText = (ms: number): string => {
  const size = Math.abs(ms)
  const sign = size < 0.5 ? "" : ms < 0 ? "\u2212" : "+"
  const text = size < 1_000 ? `${count(size)} ms` : size < 60_000 ? `${(size / 1_000).toFixed(1)} s` : `${(size / 60_000).toFixed(1)} min`
  return `${sign}${text}`
}

/** Where a lateness lies on a scale from `-limit` to `limit`, in per cent. */
export const placeOf = (ms: number, limitMs: number): number => 50 + 50 * Math.max(-1, Math.min(1, ms / (limitMs || 1)))

/** "2.4 s later than", as a sentence says it. */
export const lateWords = (ms: number): string => Math.abs(ms) < 0.5 ? "no later than" : `${lateText(Math.abs(ms)).slice(1)} ${ms < 0 ? "earlier" : "later"} than`
