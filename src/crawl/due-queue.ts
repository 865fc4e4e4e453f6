/** What the queue needs of its members. */
export interface Ranked {
  /** Distinct sources that named it. */
  sources: number
  /** Behind all others, whoever named it. */
  isLast?: boolean
}

// Beyond this many sources the order no longer matters; it bounds re-ranking.
const rankCap = 32

/**
 * First in, first out within a rank; higher ranks (more sources) first. Raising
 * the rank of a member is O(1): it is queued again and its older place goes stale.
 */
export class DueQueue<A extends Ranked> {
  readonly #buckets: Array<Array<A>> = Array.from({ length: rankCap + 1 }, () => [])
  readonly #heads: Array<number> = Array.from({ length: rankCap + 1 }, () => 0)
  readonly #places = new Map<A, number>()

  get size(): number {
    return this.#places.size
  }

  /** Adds a member, or moves it to the rank its `sources` now give. */
  put(member: A): void {
    const rank = member.isLast === true ? 0 : Math.min(member.sources, rankCap)
    if (this.#places.get(member) === rank) return
    this.#places.set(member, rank)
    this.#buckets[rank]!.push(member)
  }

  remove(member: A): void {
    this.#places.delete(member)
  }

  has(member: A): boolean {
    return this.#places.has(member)
  }

  /** Takes the next member out; undefined when empty. */
  take(): A | undefined {
    for (let rank = rankCap; rank >= 0; rank--) {
      const bucket = this.#buckets[rank]!
      let head = this.#heads[rank]!
      while (head < bucket.length) {
        const member = bucket[head++]!
        if (this.#places.get(member) !== rank) continue
        this.#places.delete(member)
        this.#heads[rank] = head
        return member
      }
      bucket.length = 0
      this.#heads[rank] = 0
    }
    return undefined
  }
}
