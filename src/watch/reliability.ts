import type { ObservedSpan } from "./looks.ts"

const hour = 3_600_000

/** After so many milliseconds a look counts 1/e of what it did; named as the table has them. */
export const reliabilityWindows = [
  ["2 hours", 2 * hour],
  ["8 hours", 8 * hour],
  ["1 day", 24 * hour],
  ["1 week", 7 * 24 * hour],
  ["1 month", 30 * 24 * hour]
] as const

/** How reliably a server answered, decayed by one window. */
export interface Reliability {
  readonly window: (typeof reliabilityWindows)[number][0]
  /** Share of the observed time, 0 to 1; null without any. */
  readonly share: number | null
  /** Hours of observed time, decayed. */
  readonly evidence: number
}

/** What was known at an earlier time, to go on from. */
export interface EarlierReliability extends Reliability {
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Milliseconds of a stretch that count `now`, each by how long ago it was. */
const decayedMs = (from: number, to: number, now: number, window: number): number =>
  window * (Math.exp((to - now) / window) - Math.exp((from - now) / window))

/**
 * Reliability at a time, by every window.
 *
 * @param spans what was observed, not before `before.at`
 * @param before rows of an earlier time, by window; what came before them is decayed with them
 */
export const reliabilityAt = (
  now: number,
  spans: ReadonlyArray<ObservedSpan>,
  before: ReadonlyArray<EarlierReliability> = []
): ReadonlyArray<Reliability> =>
  reliabilityWindows.map(([window, ms]) => {
    const earlier = before.find((it) => it.window === window)
    const kept = earlier === undefined ? 0 : earlier.evidence * hour * Math.exp((earlier.at - now) / ms)
    let [up, all] = [kept * (earlier?.share ?? 0), kept]
    for (const span of spans) {
      const weight = decayedMs(Math.max(span.from, earlier?.at ?? span.from), span.to, now, ms)
      if (weight <= 0) continue
      all += weight
      up += weight * span.up
    }
    return { window, share: all === 0 ? null : up / all, evidence: all / hour }
  })
