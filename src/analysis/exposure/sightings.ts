/** Slot of a sighting that is no main server: it was connected to. */
export const connectedSlot = 255

/**
 * Who saw the wallet when, over many simulated lives of a wallet: for each life
 * and candidate the first start at which it was connected to, and at which it
 * was the main server for a part of the scripts.
 */
export class Sightings {
  readonly #candidate: Array<number> = []
  readonly #slot: Array<number> = []
  readonly #start: Array<number> = []
  readonly #ends: Array<number> = []
  #index: SightingIndex | undefined
  /** Parts into which scripts are split; 1 unless a policy splits them. */
  readonly slots: number

  constructor(slots: number) {
    this.slots = slots
  }

  /** Lives simulated. */
  get trials(): number {
    return this.#ends.length
  }

  /** In the present life. */
  add(candidate: number, slot: number, start: number): void {
    this.#candidate.push(candidate)
    this.#slot.push(slot)
    this.#start.push(start)
  }

  /** The present life is over. */
  endTrial(): void {
    this.#ends.push(this.#candidate.length)
  }

  /** The same lives with what some candidates saw in them. */
  of(candidates: ReadonlySet<number>): Sightings {
    const some = new Sightings(this.slots)
    const { eventsOf, lifeOf } = this.#indexed()
    const events = [...candidates].flatMap((candidate) => eventsOf.get(candidate) ?? []).toSorted((a, b) => a - b)
    let at = 0
    for (let life = 0; life < this.trials; life++) {
      for (; at < events.length && lifeOf[events[at]!] === life; at++) {
        some.add(this.#candidate[events[at]!]!, this.#slot[events[at]!]!, this.#start[events[at]!]!)
      }
      some.endTrial()
    }
    return some
  }

  /** Sightings by candidate, and the life of each: made when asked for, and anew when there are more of them. */
  #indexed(): SightingIndex {
    if (this.#index?.lifeOf.length === this.#candidate.length) return this.#index
    const eventsOf = new Map<number, Array<number>>()
    const lifeOf = new Uint32Array(this.#candidate.length)
    let life = 0
    this.#candidate.forEach((candidate, i) => {
      while (i >= this.#ends[life]!) life++
      lifeOf[i] = life
      const known = eventsOf.get(candidate)
      if (known === undefined) eventsOf.set(candidate, [i])
      else known.push(i)
    })
    return this.#index = { eventsOf, lifeOf }
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
    const full = 2 ** this.slots - 1
    for (let life = firstLife; life < endLife; life++) {
      const end = this.#ends[life]!
      const touched: Array<number> = []
      for (let i = life === 0 ? 0 : this.#ends[life - 1]!; i < end; i++) {
        if (this.#start[i]! > within) continue
        const owner = ownerOf[this.#candidate[i]!]!
        if (owner < 0) continue
        if (met[owner] === 0 && mask[owner] === 0) touched.push(owner)
        if (this.#slot[i] === connectedSlot) met[owner] = 1
        else mask[owner]! |= 1 << this.#slot[i]!
      }
      for (const owner of touched) {
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
  readonly eventsOf: ReadonlyMap<number, ReadonlyArray<number>>
  readonly lifeOf: Uint32Array
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

const bits = (mask: number): number => {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}
