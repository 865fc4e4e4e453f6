/** Slot of a sighting that is no main server: it was connected to. */
export const connectedSlot = 255

/**
 * Who saw the wallet when, over many simulated lives of a wallet: for each life
 * and candidate the first start at which it was connected to, and at which it
 * was the main server for a part of the scripts.
 */
export class Sightings {
  #count = 0
  #candidate: Int32Array<ArrayBuffer>
  /** Start and slot in one number: the start times 256 and the slot. */
  #when: Int32Array<ArrayBuffer>
  readonly #ends: Array<number> = []
  readonly #parts = new Map<ReadonlyArray<number>, Sightings>()
  #index: SightingIndex | undefined
  /** Parts into which scripts are split; 1 unless a policy splits them. */
  readonly slots: number

  /** @param room for so many sightings; more is made when it is needed */
  constructor(slots: number, room = 4096) {
    this.slots = slots
    this.#candidate = new Int32Array(room)
    this.#when = new Int32Array(room)
  }

  /** Lives simulated. */
  get trials(): number {
    return this.#ends.length
  }

  /** In the present life. */
  add(candidate: number, slot: number, start: number): void {
    this.#push(candidate, start << 8 | slot)
  }

  #push(candidate: number, when: number): void {
    if (this.#count === this.#candidate.length) {
      this.#candidate = twice(this.#candidate)
      this.#when = twice(this.#when)
    }
    this.#candidate[this.#count] = candidate
    this.#when[this.#count++] = when
  }

  /** The present life is over. */
  endTrial(): void {
    this.#ends.push(this.#count)
  }

  /** The same lives with what some candidates saw in them: made once for the same list, which is asked about for each number of starts. */
  of(candidates: ReadonlyArray<number>): Sightings {
    const before = this.#parts.get(candidates)
    if (before?.trials === this.trials) return before
    const { events, from } = this.#indexed()
    const own = [...new Set(candidates)].filter((candidate) => candidate + 1 < from.length)
    const sorted = new Int32Array(own.reduce((sum, candidate) => sum + from[candidate + 1]! - from[candidate]!, 0))
    let filled = 0
    for (const candidate of own) {
      sorted.set(events.subarray(from[candidate]!, from[candidate + 1]!), filled)
      filled += from[candidate + 1]! - from[candidate]!
    }
    sorted.sort()
    const some = new Sightings(this.slots, sorted.length)
    this.#parts.set(candidates, some)
    let at = 0
    for (const end of this.#ends) {
      for (; at < sorted.length && sorted[at]! < end; at++) some.#push(this.#candidate[sorted[at]!]!, this.#when[sorted[at]!]!)
      some.endTrial()
    }
    return some
  }

  /** Sightings by candidate: made when asked for, and anew when there are more of them. */
  #indexed(): SightingIndex {
    if (this.#index?.events.length === this.#count) return this.#index
    let candidates = 0
    for (let i = 0; i < this.#count; i++) candidates = Math.max(candidates, this.#candidate[i]! + 1)
    const from = new Int32Array(candidates + 1)
    for (let i = 0; i < this.#count; i++) from[this.#candidate[i]! + 1]!++
    for (let candidate = 0; candidate < candidates; candidate++) from[candidate + 1]! += from[candidate]!
    const next = from.slice()
    const events = new Int32Array(this.#count)
    for (let i = 0; i < this.#count; i++) events[next[this.#candidate[i]!]!++] = i
    return this.#index = { events, from }
  }

  /**
   * What each owner came to see, where `ownerOf` gives the owner of each
   * candidate by place (-1: leave it out), as shares of lives. `within`: after so many starts.
   * Of the lives from the first or a later one up to, not with, another.
   */
  byOwner(
    ownerOf: ArrayLike<number>,
    owners: number,
    within: number,
    [firstLife, endLife]: readonly [number, number] = [0, this.trials]
  ): OwnerShares {
    const all = new Float64Array(owners)
    const any = new Float64Array(owners)
    const scripts = new Float64Array(owners)
    const connected = new Float64Array(owners)
    const mask = new Int32Array(owners)
    const met = new Uint8Array(owners)
    const touched = new Int32Array(owners)
    const full = 2 ** this.slots - 1
    const [candidates, whens] = [this.#candidate, this.#when]
    for (let life = firstLife; life < endLife; life++) {
      const end = this.#ends[life]!
      let count = 0
      for (let i = life === 0 ? 0 : this.#ends[life - 1]!; i < end; i++) {
        const when = whens[i]!
        // Starts of a life stand one after the other.
        if (when >> 8 > within) break
        const owner = ownerOf[candidates[i]!]!
        if (owner < 0) continue
        if (met[owner] === 0 && mask[owner] === 0) touched[count++] = owner
        const slot = when & 255
        if (slot === connectedSlot) met[owner] = 1
        else mask[owner]! |= 1 << slot
      }
      for (let i = 0; i < count; i++) {
        const owner = touched[i]!
        const seen = mask[owner]!
        if (seen !== 0) any[owner]! += 1
        if (seen === full) all[owner]! += 1
        scripts[owner]! += bits(seen) / this.slots
        connected[owner]! += met[owner]!
        mask[owner] = 0
        met[owner] = 0
      }
    }
    const lives = Math.max(1, endLife - firstLife)
    const shares = (counts: Float64Array): Float64Array => counts.map((count) => count / lives)
    return { all: shares(all), any: shares(any), scripts: shares(scripts), connected: shares(connected) }
  }
}

interface SightingIndex {
  /** Ascending for each candidate. */
  readonly events: Int32Array
  /** By candidate: where its events begin; those of the next begin where they end. */
  readonly from: Int32Array
}

/** Shares of simulated lives, by owner. */
export interface OwnerShares {
  /** It was asked about every script. */
  readonly all: Float64Array
  /** It was asked about some script. */
  readonly any: Float64Array
  /** Mean share of the scripts that it was asked about. */
  readonly scripts: Float64Array
  /** It was connected to, whatever it was asked. */
  readonly connected: Float64Array
}

const twice = (numbers: Int32Array) => {
  const more = new Int32Array(Math.max(1, 2 * numbers.length))
  more.set(numbers)
  return more
}

const bits = (mask: number): number => {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}
