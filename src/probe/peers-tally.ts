import { listOfPeers, type PeersFacts } from "../domain/visit.ts"
import { EntryTable, type Numbering } from "../electrum/entry-table.ts"

/** Distinct entries kept of one visit, and read of one list. */
export const maxEntries = 10_000

/** Characters of entries kept of one visit: what one list may have. */
const maxCharacters = 2_000_000

/** Bytes kept of an entry that is no UTF-8. */
const maxEntryOctets = 4096

interface Entry {
  readonly value: unknown
  /** As received, where they are no UTF-8: two that look alike as text are two. */
  readonly octets: Uint8Array | undefined
  times: number
  round: number
}

/** Distinct entries by their numbers, and in how many rounds they stood: places agree. */
interface Numbered {
  readonly of: Numbering
  /** Those of the first list, which are not ours to change, until there are more. */
  numbers: ReadonlyArray<number>
  /** Null while each stood in one. */
  times: ReadonlyArray<number> | null
}

const timesOf = ({ numbers, times }: Numbered): ReadonlyArray<number> => times ?? numbers.map(() => 1)

const ofNumbered = (numbered: Numbered): Pick<PeersFacts, "entries" | "octets"> =>
  ({ entries: { catalogue: numbered.of.values, numbers: numbered.numbers, times: timesOf(numbered) }, octets: null })

/** A copy with room for so many more: an array that grows by itself has half as much again. */
const withRoom = (list: ReadonlyArray<number>, more: number): Array<number> => {
  // oxlint-disable-next-line unicorn/no-new-array -- of its final size at once
  const copy = new Array<number>(list.length + more)
  for (let i = 0; i < list.length; i++) copy[i] = list[i]!
  return copy
}

/** For counting, between two calls empty: where a number stands among those of the visit, from 1 on; negative once this list has had it. */
let standing = new Int32Array(4096)

/**
 * Counts in how many rounds of `server.peers.subscribe` each entry stood. As long
 * as all lists are of the table, whose numbers tell entries apart, nothing but
 * numbers is kept: of millions of entries none becomes an object before the end.
 */
export class PeersTally {
  /** Rounds answered with a list. */
  asked = 0
  /** Characters of the entries kept. */
  characters = 0
  /** The last list was the one before, entry by entry: this server lists all it knows. */
  repeated = false
  readonly #table: EntryTable
  /** Null once entries are objects. */
  #numbered: Numbered | null
  #lastNumbers: ReadonlyArray<number> = []
  readonly #entries: Array<Entry> = []
  readonly #byText = new Map<string, Entry>()
  /** Those that are no UTF-8, by their bytes. */
  readonly #byOctets = new Map<string, Entry>()
  #last: ReadonlyArray<Entry> = []
  #dropped = 0
  #cut = false

  constructor(table = new EntryTable()) {
    this.#table = table
    this.#numbered = { of: table.numbering, numbers: [], times: null }
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
    this.asked++
    const numbered = this.#numbered
    const numbers = octets === undefined && numbered?.of === this.#table.numbering ? this.#table.numbersOf(list) : undefined
    const beyond = more + Math.max(0, list.length - maxEntries)
    const dropped = beyond + (numbered !== null && numbers !== undefined
      ? this.#addNumbers(numbered, numbers, cut)
      : this.#addEntries(list, octets, cut))
    this.#dropped = Math.max(this.#dropped, dropped)
    this.#cut ||= cut
  }

  /** How many were beyond our bounds. */
  #addNumbers(numbered: Numbered, numbers: ReadonlyArray<number>, cut: boolean): number {
    const { lengths } = numbered.of
    if (standing.length < lengths.length) standing = new Int32Array(2 * lengths.length)
    if (numbered.numbers.length === 0 && this.#isAllNew(numbers, lengths)) {
      numbered.numbers = numbers
      this.repeated = this.asked > 1 && !cut && numbers.length === this.#lastNumbers.length
      this.#lastNumbers = numbers
      return 0
    }
    const end = Math.min(numbers.length, maxEntries)
    let count = numbered.numbers.length
    for (let i = 0; i < count; i++) standing[numbered.numbers[i]!] = i + 1
    let more = 0
    for (let i = 0; i < end; i++) if (standing[numbers[i]!] === 0) more++
    const known = withRoom(numbered.numbers, more)
    const times = withRoom(timesOf(numbered), more)
    /** Those within our bounds, as soon as one is not. */
    let kept: Array<number> | null = null
    let dropped = 0
    for (let i = 0; i < end; i++) {
      const number = numbers[i]!
      const at = standing[number]!
      if (at === 0) {
        const length = lengths[number]!
        if (count >= maxEntries || this.characters + length > maxCharacters) {
          kept ??= numbers.slice(0, i)
          dropped++
          continue
        }
        this.characters += length
        known[count] = number
        times[count] = 1
        standing[number] = -++count
      } else if (at > 0) {
        standing[number] = -at
        times[at - 1]!++
      }
      kept?.push(number)
    }
    for (let i = 0; i < count; i++) standing[known[i]!] = 0
    known.length = times.length = count
    numbered.numbers = known
    numbered.times = times
    const seen = kept ?? (end < numbers.length ? numbers.slice(0, end) : numbers)
    const last = this.#lastNumbers
    this.repeated = this.asked > 1 && !cut && seen.length === last.length && seen.every((number, i) => number === last[i])
    this.#lastNumbers = seen
    return dropped
  }

  /** Counts the characters of a first list, where all its elements differ and are within our bounds: most lists are such. */
  #isAllNew(numbers: ReadonlyArray<number>, lengths: ReadonlyArray<number>): boolean {
    if (numbers.length > maxEntries) return false
    let characters = 0
    let isNew = true
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!
      isNew &&= standing[number] === 0
      standing[number] = 1
      characters += lengths[number]!
    }
    for (let i = 0; i < numbers.length; i++) standing[numbers[i]!] = 0
    if (!isNew || this.characters + characters > maxCharacters) return false
    this.characters += characters
    return true
  }

  /** As `#addNumbers`, of a list whose elements have no numbers. */
  #addEntries(list: ReadonlyArray<unknown>, octets: ReadonlyArray<Uint8Array | undefined> | undefined, cut: boolean): number {
    this.#goByText()
    const seen: Array<Entry> = []
    let dropped = 0
    const end = Math.min(list.length, maxEntries)
    for (let i = 0; i < end; i++) {
      const bytes = octets?.[i]
      const entry = bytes === undefined ? this.#entryOf(list[i]) : this.#entryOfOctets(list[i], bytes)
      if (entry === undefined) {
        dropped++
        continue
      }
      seen.push(entry)
      if (entry.round === this.asked) continue
      entry.round = this.asked
      entry.times++
    }
    this.repeated = this.asked > 1 && !cut && seen.length === this.#last.length
      && seen.every((entry, i) => entry === this.#last[i])
    this.#last = seen
    return dropped
  }

  /** The entry of a value, by its text; undefined beyond our bounds. */
  #entryOf(value: unknown): Entry | undefined {
    const text = this.#table.sharedText(value) ?? JSON.stringify(value)
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    if (this.#entries.length >= maxEntries || this.characters + text.length > maxCharacters) return undefined
    const entry = this.#newEntry(value, text.length)
    this.#byText.set(text, entry)
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

  /** The table has begun anew during the visit, or a list was read without it: from now on entries are told apart by their texts. */
  #goByText(): void {
    const numbered = this.#numbered
    if (numbered === null) return
    this.#numbered = null
    const { numbers, of: { values } } = numbered
    const times = timesOf(numbered)
    const byNumber = new Map(numbers.map((number, i): [number, Entry] => {
      const entry: Entry = { value: values[number], octets: undefined, times: times[i]!, round: 0 }
      this.#entries.push(entry)
      this.#byText.set(JSON.stringify(entry.value), entry)
      return [number, entry]
    }))
    this.#last = this.#lastNumbers.map((number) => byNumber.get(number)!)
  }

  /**
   * Estimated probability that an entry of one more round would be new: entries
   * seen once over all sightings (Good 1953, Good-Turing). Null when nothing can
   * be said: after one round, or when entries were dropped.
   */
  unseenMass(): number | null {
    if (this.asked < 2 || this.#dropped > 0 || this.#cut) return null
    if (this.repeated) return 0
    const all = this.#numbered === null ? this.#entries.map(({ times }) => times) : timesOf(this.#numbered)
    let once = 0
    let sightings = 0
    for (let i = 0; i < all.length; i++) {
      sightings += all[i]!
      if (all[i] === 1) once++
    }
    return sightings === 0 ? 0 : once / sightings
  }

  /** How many entries were beyond our bounds, of the list of which most were. */
  get dropped(): number {
    return this.#dropped
  }

  /** Null when no round was answered with a list. */
  facts(): PeersFacts | null {
    if (this.asked === 0) return null
    const entries = this.#numbered === null ? listOfPeers(this.#entries) : ofNumbered(this.#numbered)
    return { asked: this.asked, ...entries, dropped: this.#dropped, unseenMass: this.unseenMass() }
  }
}
