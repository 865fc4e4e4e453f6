import type { Clock } from "effect"

/** Milliseconds since a monotonic moment, to the microsecond. */
export const elapsedMs = (clock: Clock.Clock, sinceNanos: bigint): number =>
  Number((clock.monotonicTimeNanosUnsafe() - sinceNanos) / 1000n) / 1000
