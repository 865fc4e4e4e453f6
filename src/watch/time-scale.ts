import { Clock, type Duration, Effect } from "effect"

/**
 * How the time of stamps and intervals passes: as the clock's, or on a
 * simulated network `scale` times as fast. A run that goes on from another one
 * keeps its anchor, so that stamps never go back.
 */
export interface TimeScale {
  /** Milliseconds since 1970 at which clock and stamps agree. */
  readonly anchor: number
  /** Milliseconds of the stamps for each of the clock. */
  readonly scale: number
}

/** As it is everywhere but on simulated networks. */
export const realTime: TimeScale = { anchor: 0, scale: 1 }

/** A time of the clock (milliseconds since 1970) as stamps have it. */
export const stampOf = ({ anchor, scale }: TimeScale, clockMs: number): number =>
  scale === 1 ? clockMs : Math.round(anchor + (clockMs - anchor) * scale)

/**
 * A clock whose dates pass `scale` times as fast, for whatever stamps and plans
 * by dates. What waits and what measures on the wire (timeouts, round trips)
 * sleeps and counts by the clock beneath, which it leaves as it is.
 */
export const scaledClock = (beneath: Clock.Clock, time: TimeScale): Clock.Clock => {
  const now = (): number => stampOf(time, beneath.currentTimeMillisUnsafe())
  const nanos = (): bigint => BigInt(now()) * 1_000_000n
  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => beneath.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: beneath.monotonicTimeNanos,
    sleep: (duration: Duration.Duration) => beneath.sleep(duration)
  }
}

/** Sleeps until a stamp's time; at once if that has passed. */
export const sleepUntil = (time: TimeScale, at: number): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => at <= now ? Effect.void : Effect.sleep(Math.ceil((at - now) / time.scale)))
