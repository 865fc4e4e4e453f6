import type { PeersFacts } from "../domain/visit.ts"
import { EntryTable } from "../electrum/entry-table.ts"

/** Distinct entries kept of one visit, and read of one list. */
export const maxEntries = 10_000

/** Characters of entries kept of one visit: what one list may have. */
const maxCharacters = 2_000_000

interface Entry {
  readonly value: unknown
  times: number
  round: number
}

/** Counts in how many rounds of `server.peers.subscribe` each entry stood. */
export class PeersTally {
  /** Rounds answered with a list. */
  asked = 0
  /** Characters of the entries kept. */
  characters = 0
  /** The last list was the one before, entry by entry: this server lists all it knows. */
  repeated = false
  readonly #table: EntryTable
  readonly #entries = new Map<string, Entry>()
  #last: ReadonlyArray<Entry> = []
  #dropped = 0
  #cut = false

  constructor(table = new EntryTable()) {
    this.#table = table
  }

  /** Add a list. `more` counts elements of it that are not in `list`; a `cut` one never ended. */
  add(list: ReadonlyArray<unknown>, more = 0, cut = false): void {
    const round = ++this.asked
    const seen: Array<Entry> = []
    let dropped = more + Math.max(0, list.length - maxEntries)
    for (const value of list.length > maxEntries ? list.slice(0, maxEntries) : list) {
      const key = this.#table.textOf(value)
      let entry = this.#entries.get(key)
      if (entry === undefined) {
        if (this.#entries.size >= maxEntries || this.characters + key.length > maxCharacters) {
          dropped++
          continue
        }
        entry = { value, times: 0, round: 0 }
        this.#entries.set(key, entry)
        this.characters += key.length
      }
      seen.push(entry)
      if (entry.round === round) continue
      entry.round = round
      entry.times++
    }
    this.repeated = round > 1 && !cut && seen.length === this.#last.length
      && seen.every((entry, i) => entry === this.#last[i])
    this.#last = seen
    this.#dropped = Math.max(this.#dropped, dropped)
    this.#cut ||= cut
  }

  /**
   * Estimated probability that an entry of one more round would be new: entries
   * seen once over all sightings (Good 1953, Good-Turing). Null when nothing can
   * be said: after one round, or when entries were dropped.
   */
  unseenMass(): number | null {
    if (this.asked < 2 || this.#dropped > 0 || this.#cut) return null
    if (this.repeated) return 0
    let once = 0
    let sightings = 0
    for (const { times } of this.#entries.values()) {
      sightings += times
      if (times === 1) once++
    }
    return sightings === 0 ? 0 : once / sightings
  }

  /** Null when no round was answered with a list. */
  facts(): PeersFacts | null {
    if (this.asked === 0) return null
    const entries = [...this.#entries.values()].map(({ times, value }) => ({ value, times }))
    return { asked: this.asked, entries, dropped: this.#dropped, unseenMass: this.unseenMass() }
  }
}
