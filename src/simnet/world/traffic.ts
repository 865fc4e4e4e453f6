import type { Transaction } from "../bitcoin/transaction.ts"
import { drawn, drawnNormal } from "../draw/mix.ts"

/** A planted transaction, or a crowd of others that pay the same, waiting for a block. */
export interface Pending {
  /** Its own number, for what nodes make of it. */
  readonly key: number
  /** Milliseconds since 1970 in the simulated world. */
  readonly arrival: number
  /** Satoshi per virtual byte. */
  readonly rate: number
  /** Virtual bytes. */
  readonly size: number
  /** Null: only its size and rate are simulated. */
  readonly transaction: Transaction | null
  /** Transaction that has to be in a block before it. */
  readonly parent: string | null
}

/** Whether blocks are full: `quiet` = everything is taken by the next block, at the lowest rates. */
export type Demand = "busy" | "quiet"

const slot = 12_000

/** How long busy and calm times last. */
const tide = 7_200_000

/** Everything that people of a chain send, without end in both directions of time. */
export class Traffic {
  readonly #seed: number
  readonly #demand: Demand

  constructor(seed: number, demand: Demand) {
    this.#seed = seed
    this.#demand = demand
  }

  /** What arrives after one time and not after another, in order. */
  between(after: number, until: number): ReadonlyArray<Pending> {
    const items: Array<Pending> = []
    for (let key = Math.floor(after / slot); key <= Math.floor(until / slot); key++) {
      const arrival = (key + drawn(this.#seed, key, 0)) * slot
      if (arrival > after && arrival <= until) items.push(this.#item(key, arrival))
    }
    return items
  }

  #item(key: number, arrival: number): Pending {
    const tenths = Math.max(1, Math.floor(10 * this.#rate(key, arrival)))
    const crowd = this.#demand === "busy" ? Math.exp(0.3 * this.#tide(arrival)) : 0.15
    const size = Math.round((6000 + 30_000 * drawn(this.#seed, key, 1)) * crowd)
    return { key, arrival, rate: tenths / 10, size, transaction: null, parent: null }
  }

  #rate(key: number, arrival: number): number {
    if (this.#demand === "quiet") return 0.2 + 1.2 * drawn(this.#seed, key, 2) ** 2
    return 3 * Math.exp(0.8 * this.#tide(arrival) + 0.9 * drawnNormal(this.#seed, key, 2))
  }

  /** How many want in, about -2 to 2, changing slowly. */
  #tide(time: number): number {
    const window = Math.floor(time / tide)
    const part = time / tide - window
    const weight = part * part * (3 - 2 * part)
    return (1 - weight) * drawnNormal(this.#seed, window, 3) + weight * drawnNormal(this.#seed, window + 1, 3)
  }
}
