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

/** The date is read again so often, in milliseconds of the clock: a machine that slept is late by no more. */
const mostSleepMs = 60_000

/** Longer than meant nobody sleeps, by the steady clock: timers and steady clock differ by less. */
const graceMs = 1_000

/**
 * Sleeps until a stamp's time; at once if that has passed. Never shorter: a timer may
 * fire while the date still says a millisecond before, which a time scale makes many.
 * Where somebody sets the date back while it sleeps, it wakes after as long as it
 * meant to sleep.
 */
export const sleepUntil = Effect.fnUntraced(function*(time: TimeScale, at: number) {
  const clock = yield* Clock.Clock
  const leftMs = (): number => Math.max(0, Math.ceil((at - clock.currentTimeMillisUnsafe()) / time.scale))
  const begun = clock.monotonicTimeNanosUnsafe()
  const longestMs = leftMs() + graceMs
  for (let left = leftMs(); left > 0; left = leftMs()) {
    const sleptMs = Number((clock.monotonicTimeNanosUnsafe() - begun) / 1_000_000n)
    if (sleptMs >= longestMs) return
    yield* Effect.sleep(Math.min(left, mostSleepMs, longestMs - sleptMs))
  }
})
