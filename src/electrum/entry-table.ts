import type { KnownElements } from "./json-scan.ts"

/** Texts remembered, and bytes of them; beyond either the table begins anew. */
const maxTexts = 50_000
const maxBytes = 8_000_000

/** Longer texts are no peer anybody could use, and are not remembered. */
const maxLength = 512

/** Places for elements met lately; a power of two. */
const places = 65_536

/** Bytes that choose an element's place: the address, in which entries differ. A multiple of four. */
const tellingBytes = 24

/** Where an element belongs that begins with these bytes, `tellingBytes` at the most. Two may share a place: the later one gets it. */
const placeOf = (json: DataView, start: number, stop: number): number => {
  let hash = 0
  let i = start
  for (; i + 4 <= stop; i += 4) {
    hash = Math.imul(hash ^ json.getInt32(i), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; i < stop; i++) hash = Math.imul(hash ^ json.getUint8(i), 0x01000193)
  return (hash ^ (hash >>> 16)) & (places - 1)
}

/**
 * An element as received is a record of the table's own bytes: its length, its number as
 * `numbersOf` counts, and then its bytes. All that recognising it takes stands together,
 * which is most of the time it takes. Records are called by where they begin; this is none.
 */
const noRecord = 0

/** Bytes of length and number, four each. */
const headBytes = 8

/** Elements by their numbers, of one generation of a table. Whoever keeps it has them when the table has begun anew. */
export interface Numbering {
  readonly values: ReadonlyArray<unknown>
  /** Characters of each element's JSON text. */
  readonly lengths: ReadonlyArray<number>
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * The values of list elements by their JSON text, shared by all visits. The same
 * few hundred peers come from hundreds of servers: each is parsed once, and
 * equal entries are one object, so that whoever works on entries can recognise
 * them by identity. Values must not be changed.
 */
export class EntryTable implements KnownElements {
  readonly #met = new Int32Array(places)
  readonly #byText = new Map<string, number>()
  readonly #byCanonicalText = new Map<string, object>()
  readonly #shared = new Map<object, { readonly text: string; readonly number: number }>()
  #numbering = { values: [] as Array<object>, lengths: [] as Array<number> }
  /** Elements of lists by their numbers. */
  #lists = new WeakMap<ReadonlyArray<unknown>, ReadonlyArray<number>>()
  #bytes = new Uint8Array(65_536)
  #view = viewOf(this.#bytes)
  /** Nothing begins where `noRecord` would. */
  #used = headBytes
  /** The line being looked through, and which of its elements were known: of a list that is noted `lengthAt` tells of each. */
  #line = this.#view
  readonly #found: Array<number> = []

  begin(json: Uint8Array): void {
    this.#line = viewOf(json)
  }

  lengthAt(start: number, index: number): number {
    const line = this.#line
    const stop = start + tellingBytes
    const met = stop > line.byteLength ? noRecord : this.#met[placeOf(line, start, stop)]!
    const length = met === noRecord ? 0 : this.#lengthOf(met)
    const isKnown = length > 0 && start + length <= line.byteLength && this.#is(met, length, line, start)
    this.#found[index] = isKnown ? met : noRecord
    return isKnown ? length : 0
  }

  /** The value of an element: JSON from `start` to `end`; throws like JSON.parse where it is none. */
  value(json: Buffer, start = 0, end = json.length): unknown {
    const met = this.#meet(json, viewOf(json), start, end)
    return met === noRecord ? JSON.parse(json.toString("utf8", start, end)) : this.#numbering.values[this.#numberOf(met)]
  }

  /**
   * The values of a list's elements: element i is the JSON from `cuts[i]` to
   * `cuts[i+1] - 1`, of the line that was looked through last. Throws like JSON.parse.
   */
  values(json: Buffer, cuts: ArrayLike<number>): ReadonlyArray<unknown> {
    const length = cuts.length - 1
    const { numbering } = this
    // oxlint-disable-next-line unicorn/no-new-array -- of its final size at once: of which there are two a visit
    const values = new Array<unknown>(length)
    // oxlint-disable-next-line unicorn/no-new-array -- as above
    const numbers = new Array<number>(length)
    let areAllMet = true
    for (let i = 0; i < length; i++) {
      const start = cuts[i]!
      const end = cuts[i + 1]! - 1
      // None either when the table has begun anew for an element before.
      const found = this.#found[i] ?? noRecord
      const met = found !== noRecord && this.#lengthOf(found) === end - start ? found : this.#meet(json, this.#line, start, end)
      const number = met === noRecord ? -1 : this.#numberOf(met)
      values[i] = number === -1 ? JSON.parse(json.toString("utf8", start, end)) : this.#numbering.values[number]
      numbers[i] = number
      areAllMet &&= number !== -1
    }
    if (areAllMet && numbering === this.numbering) this.#lists.set(values, numbers)
    return values
  }

  /**
   * The numbers of a list's elements, in their order: equal elements have one
   * number, as long as this generation lasts. Undefined of a list that `values`
   * did not give, or not all of whose elements are shared.
   */
  numbersOf(list: ReadonlyArray<unknown>): ReadonlyArray<number> | undefined {
    return this.#lists.get(list)
  }

  /** What the numbers of this generation stand for: another object when the table has begun anew. It grows. */
  get numbering(): Numbering {
    return this.#numbering
  }

  #lengthOf(met: number): number {
    return this.#view.getInt32(met)
  }

  #numberOf(met: number): number {
    return this.#view.getInt32(met + 4)
  }

  /**
   * The record of an element that is shared; none of one that is not. Those met lately
   * are recognised by their bytes, without a text being made of them.
   */
  #meet(json: Buffer, view: DataView, start: number, end: number): number {
    const place = placeOf(view, start, Math.min(end, start + tellingBytes))
    const met = this.#met[place]!
    if (met !== noRecord && this.#lengthOf(met) === end - start && this.#is(met, end - start, view, start)) return met
    const text = json.toString("utf8", start, end)
    const known = this.#byText.get(text)
    if (known !== undefined) return this.#met[place] = known
    if (text.length > maxLength) return noRecord
    const parsed = JSON.parse(text) as unknown
    if (typeof parsed !== "object" || parsed === null) return noRecord
    if (this.#byText.size >= maxTexts || this.#used >= maxBytes) this.#clear()
    const canonical = JSON.stringify(parsed)
    let value = this.#byCanonicalText.get(canonical)
    if (value === undefined) {
      value = parsed
      this.#byCanonicalText.set(canonical, value)
      this.#shared.set(value, { text: canonical, number: this.#numbering.values.length })
      this.#numbering.values.push(value)
      this.#numbering.lengths.push(canonical.length)
    }
    const now = this.#keep(json, start, end, this.#shared.get(value)!.number)
    this.#byText.set(text, now)
    return this.#met[place] = now
  }

  /** Whether these bytes begin with that element, which has `length`; there are as many. */
  #is(met: number, length: number, json: DataView, start: number): boolean {
    const bytes = this.#view
    const end = start + length
    let i = start
    let at = met + headBytes
    for (; i + 4 <= end; i += 4, at += 4) if (json.getInt32(i) !== bytes.getInt32(at)) return false
    for (; i < end; i++, at++) if (json.getUint8(i) !== bytes.getUint8(at)) return false
    return true
  }

  #keep(json: Uint8Array, start: number, end: number, number: number): number {
    const met = this.#used
    const next = met + headBytes + end - start
    if (next > this.#bytes.length) {
      const more = new Uint8Array(2 * next)
      more.set(this.#bytes)
      this.#bytes = more
      this.#view = viewOf(more)
    }
    this.#view.setInt32(met, end - start)
    this.#view.setInt32(met + 4, number)
    this.#bytes.set(json.subarray(start, end), met + headBytes)
    this.#used = next
    return met
  }

  #clear(): void {
    this.#met.fill(noRecord)
    this.#found.length = 0
    this.#byText.clear()
    this.#byCanonicalText.clear()
    this.#shared.clear()
    this.#numbering = { values: [], lengths: [] }
    this.#lists = new WeakMap()
    this.#bytes = new Uint8Array(65_536)
    this.#view = viewOf(this.#bytes)
    this.#used = headBytes
  }

  /**
   * The JSON text of a value that is the one object for all its equals, for as
   * long as this generation lasts; undefined for values that are not shared.
   */
  sharedText(value: unknown): string | undefined {
    return this.#shared.get(value as object)?.text
  }
}
