import { Clock, Effect, type Scope } from "effect"

/**
 * Deadlines of connections that are used at the same time. One fiber sleeps until
 * the earliest of the moment and looks then which have passed: connecting, shaking
 * hands and every exchange of every visit has one, nearly all are cleared long before,
 * and a race of two fibers for each costs more than all else that is done for it.
 */
export class Deadlines {
  readonly #clock: Clock.Clock
  readonly #scope: Scope.Scope
  readonly #running = new Set<Deadline>()
  /** By the monotonic clock, in milliseconds; null while nobody sleeps. */
  #wakesAt: number | null = null
  #sleeper = 0

  constructor(clock: Clock.Clock, scope: Scope.Scope) {
    this.#clock = clock
    this.#scope = scope
  }

  /** Deadlines that are forgotten when the scope closes. */
  static readonly make: Effect.Effect<Deadlines, never, Scope.Scope> = Effect.gen(function*() {
    return new Deadlines(yield* Clock.Clock, yield* Effect.scope)
  })

  /** One for something that waits for one thing at a time. */
  open(): Deadline {
    return new Deadline(this)
  }

  /** Milliseconds by the monotonic clock. */
  now(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6
  }

  /** Has the deadline, which is `at`, looked at in time. */
  start(deadline: Deadline, at: number): Effect.Effect<void> {
    this.#running.add(deadline)
    return this.#wakesAt !== null && this.#wakesAt <= at ? Effect.void : this.#wakeInTime
  }

  stop(deadline: Deadline): void {
    this.#running.delete(deadline)
  }

  /**
   * Another sleeper, which takes over. It alone says when it wakes: who forks it may be interrupted
   * before, and a time at which nobody wakes would leave all later deadlines without anybody.
   */
  get #wakeInTime(): Effect.Effect<void> {
    return Effect.asVoid(Effect.forkIn(Effect.suspend(() => this.#sleep(++this.#sleeper)), this.#scope, { startImmediately: true }))
  }

  #sleep(sleeper: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      // One that has to wake earlier has taken over.
      if (sleeper !== this.#sleeper) return Effect.void
      const now = this.now()
      let next: number | null = null
      for (const deadline of this.#running) {
        const at = deadline.at!
        if (at <= now) deadline.pass()
        else if (next === null || at < next) next = at
      }
      this.#wakesAt = next
      return next === null ? Effect.void : Effect.andThen(Effect.sleep(next - now), this.#sleep(sleeper))
    })
  }
}

const nothing = (): void => {}

/** The deadline of things that follow each other: of one connection, of the exchanges over it. */
export class Deadline {
  readonly #all: Deadlines
  /** By the monotonic clock, in milliseconds; null for none. */
  at: number | null = null
  #onPassed: () => void = nothing

  constructor(all: Deadlines) {
    this.#all = all
  }

  /** A deadline of its own, which is forgotten when the scope closes. */
  static readonly make: Effect.Effect<Deadline, never, Scope.Scope> = Effect.map(Deadlines.make, (all) => all.open())

  /** Calls `onPassed` once when `ms` have passed, unless another deadline is set or this one cleared before. */
  readonly set = (ms: number, onPassed: () => void): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.at = this.#all.now() + ms
      this.#onPassed = onPassed
      return this.#all.start(this, this.at)
    })

  clear(): void {
    this.at = null
    this.#onPassed = nothing
    this.#all.stop(this)
  }

  /** To be called when its time has come. */
  pass(): void {
    const onPassed = this.#onPassed
    this.clear()
    onPassed()
  }

  /**
   * As `Effect.callback`, and what `late` says when nothing has come within `ms`:
   * then what `register` returns is done, as when it is interrupted.
   */
  readonly callback = <A, E>(
    ms: number,
    register: (resume: (effect: Effect.Effect<A, E>) => void) => Effect.Effect<void> | void,
    late: () => Effect.Effect<A, E>
  ): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      let passed = false
      let onPassed = (): void => {
        passed = true
      }
      return Effect.andThen(
        this.set(ms, () => onPassed()),
        Effect.callback<A, E>((resume) => {
          if (passed) return resume(late())
          const undo = register((effect) => {
            this.clear()
            resume(effect)
          }) ?? Effect.void
          onPassed = () => resume(Effect.andThen(undo, late()))
          return Effect.andThen(Effect.sync(() => this.clear()), undo)
        })
      )
    })
}
