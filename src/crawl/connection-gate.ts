import { Deferred, Effect, Latch } from "effect"
import { type Occupancy, paceOf, Politeness, type PolitenessRules } from "./politeness.ts"

export interface GateRules extends PolitenessRules {
  /** Connections held open at a time. */
  readonly concurrency: number
}

interface Waiter {
  readonly admitted: Deferred.Deferred<void>
  readonly occupancy: Occupancy
  /** It gave up: admitted, it leaves at once. */
  gone: boolean
}

/**
 * Who may open a connection now: politeness, and how many are open. For
 * connections that are held open until all others stand too, so it also tells
 * when nobody is opening one any more.
 */
export class ConnectionGate {
  readonly #rules: GateRules
  readonly #politeness: Politeness<Waiter>
  /** Those whom only the number of connections keeps waiting. */
  readonly #queue: Array<Waiter> = []
  readonly #settled = Latch.makeUnsafe(true)
  #open = 0
  #opening = 0

  constructor(rules: GateRules) {
    this.#rules = rules
    this.#politeness = new Politeness(rules)
  }

  /** Some wait for others to leave. */
  get isAwaited(): boolean {
    return this.#queue.some((waiter) => !waiter.gone) || this.#politeness.waiting > 0
  }

  /** Suspends until a connection may be opened. Whoever is through with opening it says `opened`, and `leave` after all. */
  enter(occupancy: Occupancy): Effect.Effect<void> {
    return Effect.suspend(() => {
      const waiter: Waiter = { admitted: Deferred.makeUnsafe(), occupancy, gone: false }
      if (this.#politeness.enter(waiter, occupancy)) this.#admit(waiter)
      return Deferred.await(waiter.admitted).pipe(Effect.onInterrupt(() =>
        Effect.sync(() => {
          if (Deferred.isDoneUnsafe(waiter.admitted)) this.#leave(occupancy, true)
          waiter.gone = true
        })
      ))
    })
  }

  /** The connection stands, or will not. */
  opened(): void {
    this.#opening--
    if (this.#opening === 0) this.#settled.openUnsafe()
  }

  leave(occupancy: Occupancy): void {
    this.#leave(occupancy, false)
  }

  /** Nobody is opening a connection: all others are open, or wait for those. */
  get settled(): Effect.Effect<void> {
    return this.#settled.await
  }

  /** Suspends until the next connection may be opened by `--rate`. */
  get pace(): Effect.Effect<void> {
    return paceOf(this.#politeness)
  }

  #admit(waiter: Waiter): void {
    if (this.#open >= this.#rules.concurrency) {
      this.#queue.push(waiter)
      return
    }
    this.#open++
    this.#opening++
    this.#settled.closeUnsafe()
    Deferred.doneUnsafe(waiter.admitted, Effect.void)
    if (waiter.gone) this.#leave(waiter.occupancy, true)
  }

  #leave(occupancy: Occupancy, wasOpening: boolean): void {
    this.#open--
    if (wasOpening) this.opened()
    const next = this.#politeness.leave(occupancy)
    const queued = this.#queue.splice(0)
    for (const waiter of [...queued, ...next]) this.#admit(waiter)
  }
}
