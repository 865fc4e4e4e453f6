import { createHash } from "node:crypto"

/**
 * A small seeded generator (sfc32, Chris Doty-Humphrey, PractRand 2010). Streams
 * are named: `fork("keys/alpha")` depends only on the seed and the name, so what
 * one server draws does not move when another is added, removed or reordered.
 */
export class SeededRandom {
  readonly #path: string
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(path: string) {
    this.#path = path
    const digest = createHash("sha256").update(path).digest()
    this.#a = digest.readInt32LE(0)
    this.#b = digest.readInt32LE(4)
    this.#c = digest.readInt32LE(8)
    this.#counter = digest.readInt32LE(12)
  }

  /** An independent stream of the same seed. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.#path}/${name}`)
  }

  /** 32 random bits as a non-negative integer. */
  bits(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0
    return t >>> 0
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.bits() / 4294967296
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** Uniform integer, both ends included. */
  integer(minimum: number, maximum: number): number {
    return minimum + Math.floor(this.unit() * (maximum - minimum + 1))
  }

  /** Uniform number in [minimum, maximum). */
  between(minimum: number, maximum: number): number {
    return minimum + this.unit() * (maximum - minimum)
  }

  /** Exponentially distributed with that mean, e.g. a wait for what may happen at any time. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit())
  }

  pick<A>(items: ReadonlyArray<A>): A {
    return items[this.integer(0, items.length - 1)]!
  }

  /** One key of a table of weights. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
    const entries = Object.entries(weights) as Array<[K, number]>
    let left = this.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [key, weight] of entries) {
      left -= weight
      if (left < 0) return key
    }
    return entries.at(-1)![0]
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffled<A>(items: ReadonlyArray<A>): Array<A> {
    const copy = [...items]
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.integer(0, i)
      const swap = copy[i]!
      copy[i] = copy[j]!
      copy[j] = swap
    }
    return copy
  }

  bytes(length: number): Buffer {
    const out = Buffer.alloc(length)
    for (let i = 0; i < length; i++) out[i] = this.bits() >>> 24
    return out
  }
}

/** The root stream of a simulation. */
export const seededRandom = (seed: number): SeededRandom => new SeededRandom(`electrum-observatory simnet ${seed}`)
