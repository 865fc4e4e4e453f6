import { Clock, Effect } from "effect"

/** A clock that a test sets forward: what takes minutes by it takes no time, and no busy machine makes it longer. */
export interface MovedClock {
  readonly clock: Clock.Clock
  /** So many milliseconds later. What sleeps meanwhile sleeps as long as it would have. */
  readonly forward: (ms: number) => void
}

/** Over the clock that is there. */
export const movedClock: Effect.Effect<MovedClock> = Effect.map(Clock.Clock, (beneath) => {
  let ahead = 0
  const clock = Object.create(beneath, {
    currentTimeMillisUnsafe: { value: () => beneath.currentTimeMillisUnsafe() + ahead },
    monotonicTimeNanosUnsafe: { value: () => beneath.monotonicTimeNanosUnsafe() + BigInt(ahead) * 1_000_000n }
  }) as Clock.Clock
  return { clock, forward: (ms) => void (ahead += ms) }
})
