/** What the queue needs of its members. */
export interface Ranked {
  /** Distinct sources that named it. */
  sources: number
  /** Behind all others, whoever named it. */
  isLast?: boolean
}

/** Beyond this many sources the order no longer matters; it bounds re-ranking. */
export const highestRank = 32

/** Stale places that a bucket may always have: so it is not gone through for a few. */
const fewPlaces = 64

/**
 * First in, first out within a rank; higher ranks (more sources) first. Raising
 * the rank of a member is O(1): it is queued again and its older place goes stale.
 */
export class DueQueue<A extends Ranked> {
  readonly #buckets: Array<Array<A>> = Array.from({ length: highestRank + 1 }, () => [])
  /** How many of a bucket's members have that rank. */
  readonly #members: Array<number> = Array.from({ length: highestRank + 1 }, () => 0)
  readonly #heads: Array<number> = Array.from({ length: highestRank + 1 }, () => 0)
  readonly #places = new Map<A, number>()

  get size(): number {
    return this.#places.size
  }

  /** Adds a member, or moves it to the rank its `sources` now give. */
  put(member: A): void {
    const rank = member.isLast === true ? 0 : Math.min(member.sources, highestRank)
    const before = this.#places.get(member)
    if (before === rank) return
    if (before !== undefined) this.#leave(before)
    this.#places.set(member, rank)
    this.#members[rank]!++
    this.#buckets[rank]!.push(member)
  }

  remove(member: A): void {
    const rank = this.#places.get(member)
    if (rank === undefined) return
    this.#places.delete(member)
    this.#leave(rank)
  }

  /** A member is gone from a rank. Most rise through all ranks, so a bucket would end with room for all members. */
  #leave(rank: number): void {
    const members = --this.#members[rank]!
    const bucket = this.#buckets[rank]!
    if (bucket.length - this.#heads[rank]! <= 2 * members + fewPlaces) return
    this.#buckets[rank] = bucket.slice(this.#heads[rank]).filter((member) => this.#places.get(member) === rank)
    this.#heads[rank] = 0
  }

  has(member: A): boolean {
    return this.#places.has(member)
  }

  /** Takes the next member out; undefined when empty. */
  take(): A | undefined {
    for (let rank = highestRank; rank >= 0; rank--) {
      const bucket = this.#buckets[rank]!
      let head = this.#heads[rank]!
      while (head < bucket.length) {
        const member = bucket[head++]!
        if (this.#places.get(member) !== rank) continue
        this.#places.delete(member)
        this.#members[rank]!--
        this.#heads[rank] = head
        return member
      }
      bucket.length = 0
      this.#heads[rank] = 0
    }
    return undefined
  }
}
