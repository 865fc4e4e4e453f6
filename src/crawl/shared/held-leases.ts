import type { Clock } from "effect"

/** A moment by both clocks of this machine: the wall clock goes on while it sleeps, the steady one is never set back. */
interface Moment {
  readonly wallMs: number
  readonly steadyMs: number
}

const momentOf = (clock: Clock.Clock): Moment => ({
  wallMs: clock.currentTimeMillisUnsafe(),
  steadyMs: Number(clock.monotonicTimeNanosUnsafe() / 1_000n) / 1000
})

/**
 * Which endpoints this runner may still work on, as far as it can know by itself:
 * from the moment before it asked for a lease, or for a longer one, for as long as
 * a lease lasts. That is never later than the database's end of it, so a runner
 * that was frozen or cut off stops before another begins.
 */
export class HeldLeases {
  readonly #clock: Clock.Clock
  readonly #leaseMs: number
  readonly #since = new Map<string, Moment>()

  constructor(clock: Clock.Clock, leaseMs: number) {
    this.#clock = clock
    this.#leaseMs = leaseMs
  }

  get keys(): ReadonlyArray<string> {
    return [...this.#since.keys()]
  }

  /** To be called before the database is asked. */
  now(): Moment {
    return momentOf(this.#clock)
  }

  hold(key: string, asked: Moment): void {
    this.#since.set(key, asked)
  }

  /** Those of the renewed ones that were not given up meanwhile. */
  renewed(keys: ReadonlyArray<string>, asked: Moment): void {
    for (const key of keys) if (this.#since.has(key)) this.#since.set(key, asked)
  }

  leave(key: string): void {
    this.#since.delete(key)
  }

  /** Milliseconds for which an endpoint is still this runner's; 0 when it is not. */
  leftMs(key: string): number {
    const since = this.#since.get(key)
    if (since === undefined) return 0
    const now = this.now()
    return Math.max(0, this.#leaseMs - Math.max(now.wallMs - since.wallMs, now.steadyMs - since.steadyMs))
  }
}
