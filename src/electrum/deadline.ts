import { Clock, Effect, type Scope } from "effect"

/**
 * The deadline of exchanges that follow each other. One fiber sleeps until the
 * deadline of the moment and looks then whether there is a later one: a session
 * has dozens of exchanges, and a race of two fibers for each costs more than
 * all else that is done for it.
 */
export class Deadline {
  readonly #clock: Clock.Clock
  readonly #scope: Scope.Scope
  /** Both by the monotonic clock, in milliseconds; null for none. */
  #at: number | null = null
  #wakesAt: number | null = null
  #onPassed: () => void = () => {}
  #sleeper = 0

  constructor(clock: Clock.Clock, scope: Scope.Scope) {
    this.#clock = clock
    this.#scope = scope
  }

  /** A deadline that is forgotten when the scope closes. */
  static readonly make: Effect.Effect<Deadline, never, Scope.Scope> = Effect.gen(function*() {
    return new Deadline(yield* Clock.Clock, yield* Effect.scope)
  })

  /** Calls `onPassed` once when `ms` have passed, unless another deadline is set or this one cleared before. */
  readonly set = (ms: number, onPassed: () => void): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.#at = this.#now() + ms
      this.#onPassed = onPassed
      if (this.#wakesAt !== null && this.#wakesAt <= this.#at) return Effect.void
      this.#wakesAt = this.#at
      return Effect.asVoid(Effect.forkIn(this.#sleep(++this.#sleeper), this.#scope))
    })

  clear(): void {
    this.#at = null
  }

  #now(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6
  }

  #sleep(sleeper: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      // One that has to wake earlier has taken over.
      if (sleeper !== this.#sleeper) return Effect.void
      const left = this.#at === null ? null : this.#at - this.#now()
      if (left === null || left <= 0) {
        this.#at = null
        this.#wakesAt = null
        if (left !== null) this.#onPassed()
        return Effect.void
      }
      this.#wakesAt = this.#at
      return Effect.andThen(Effect.sleep(left), this.#sleep(sleeper))
    })
  }
}
