import type { WorldClock } from "../world/world-clock.ts"

/**
 * A value that a server keeps for a while: made when first asked for, and again
 * when its key, e.g. the number of the present two minutes, has changed.
 */
export class Remembered<T> {
  readonly #key: () => string | number
  readonly #make: () => T
  #made: { readonly key: string | number; readonly value: T } | undefined

  constructor(key: () => string | number, make: () => T) {
    this.#key = key
    this.#make = make
  }

  get value(): T {
    const key = this.#key()
    if (this.#made === undefined || this.#made.key !== key) this.#made = { key, value: this.#make() }
    return this.#made.value
  }
}

/** The number of the present period of so many simulated milliseconds, counted from a phase. */
export const periods = (clock: WorldClock, ms: number, phase: number): (() => number) => () =>
  Math.floor((clock.now() - phase) / ms)
