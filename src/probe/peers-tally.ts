import type { PeersFacts } from "../domain/visit.ts"
import { EntryTable } from "../electrum/entry-table.ts"

/** Distinct entries kept of one visit, and read of one list. */
export const maxEntries = 10_000

/** Characters of entries kept of one visit: what one list may have. */
const maxCharacters = 2_000_000

/** No generation of a table: entries are of several, or of none. */
const mixed = -1

/** Bytes kept of an entry that is no UTF-8. */
const maxEntryOctets = 4096

interface Entry {
  readonly value: unknown
  /** As received, where they are no UTF-8: two that look alike as text are two. */
  readonly octets: Uint8Array | undefined
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
  readonly #entries: Array<Entry> = []
  /** By the object that stands for all its equals, which is quicker; by text where there is no such object. */
  readonly #byValue = new Map<unknown, Entry>()
  readonly #byText = new Map<string, Entry>()
  /** Those that are no UTF-8, by their bytes. */
  readonly #byOctets = new Map<string, Entry>()
  #generation: number
  #last: ReadonlyArray<Entry> = []
  #dropped = 0
  #cut = false

  constructor(table = new EntryTable()) {
    this.#table = table
    this.#generation = table.generation
  }

  /**
   * Add a list. `more` counts elements of it that are not in `list`; a `cut` one
   * never ended; `octets` are the bytes of elements that are no UTF-8.
   */
  add(
    list: ReadonlyArray<unknown>,
    { cut = false, more = 0, octets }: {
      readonly more?: number
      readonly cut?: boolean
      readonly octets?: ReadonlyArray<Uint8Array | undefined> | undefined
    } = {}
  ): void {
    if (this.#table.generation !== this.#generation) this.#goByText()
    const round = ++this.asked
    const seen: Array<Entry> = []
    let dropped = more + Math.max(0, list.length - maxEntries)
    // An iterator with places makes an array for each entry, of which a crawl reads millions.
    const end = Math.min(list.length, maxEntries)
    for (let i = 0; i < end; i++) {
      const value = list[i]
      const bytes = octets?.[i]
      const entry = bytes === undefined ? this.#byValue.get(value) ?? this.#entryOf(value) : this.#entryOfOctets(value, bytes)
      if (entry === undefined) {
        dropped++
        continue
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

  /** The entry of a value that is not known by its object; undefined beyond our bounds. */
  #entryOf(value: unknown): Entry | undefined {
    const shared = this.#table.sharedText(value)
    const text = shared ?? JSON.stringify(value)
    if (shared === undefined && this.#generation !== mixed) this.#goByText()
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    if (this.#entries.length >= maxEntries || this.characters + text.length > maxCharacters) return undefined
    const entry = this.#newEntry(value, text.length)
    if (this.#generation === mixed) this.#byText.set(text, entry)
    else this.#byValue.set(value, entry)
    return entry
  }

  #entryOfOctets(value: unknown, received: Uint8Array): Entry | undefined {
    const octets = received.slice(0, maxEntryOctets)
    const key = Buffer.from(octets).toString("latin1")
    const known = this.#byOctets.get(key)
    if (known !== undefined) return known
    const characters = JSON.stringify(value).length + octets.length
    if (this.#entries.length >= maxEntries || this.characters + characters > maxCharacters) return undefined
    const entry = this.#newEntry(value, characters, octets)
    this.#byOctets.set(key, entry)
    return entry
  }

  #newEntry(value: unknown, characters: number, octets?: Uint8Array): Entry {
    const entry: Entry = { value, octets, times: 0, round: 0 }
    this.#entries.push(entry)
    this.characters += characters
    return entry
  }

  /** The table has begun anew during the visit, or a list was read without it: equal entries may be different objects. */
  #goByText(): void {
    for (const entry of this.#byValue.values()) this.#byText.set(JSON.stringify(entry.value), entry)
    this.#byValue.clear()
    this.#generation = mixed
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
    for (const { times } of this.#entries) {
      sightings += times
      if (times === 1) once++
    }
    return sightings === 0 ? 0 : once / sightings
  }

  /** Null when no round was answered with a list. */
  facts(): PeersFacts | null {
    if (this.asked === 0) return null
    const entries = this.#entries.map(({ octets, times, value }) => octets === undefined ? { value, times } : { value, times, octets })
    return { asked: this.asked, entries, dropped: this.#dropped, unseenMass: this.unseenMass() }
  }
}
