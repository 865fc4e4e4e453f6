/** Texts remembered, and bytes of them; beyond either the table begins anew. */
const maxTexts = 50_000
const maxBytes = 8_000_000

/** Longer texts are no peer anybody could use, and are not remembered. */
const maxLength = 512

/** Places for elements met lately; a power of two. */
const places = 65_536

/** Bytes that choose an element's place: the address, in which entries differ. */
const tellingBytes = 24

/** Where an element belongs. Two may share a place: the later one gets it. */
const placeOf = (json: Uint8Array, start: number, end: number): number => {
  let hash = end - start
  const stop = Math.min(end, start + tellingBytes)
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ json[i]!, 0x01000193)
  return (hash ^ (hash >>> 16)) & (places - 1)
}

/** An element as received, as bytes of the table's own, and its value. */
interface Met {
  readonly from: number
  readonly length: number
  readonly value: object
}

/**
 * The values of list elements by their JSON text, shared by all visits. The same
 * few hundred peers come from hundreds of servers: each is parsed once, and
 * equal entries are one object, so that whoever works on entries can recognise
 * them by identity. Values must not be changed.
 */
export class EntryTable {
  readonly #met: Array<Met | undefined> = Array.from({ length: places })
  readonly #byText = new Map<string, Met>()
  readonly #byCanonicalText = new Map<string, object>()
  readonly #canonicalTexts = new Map<object, string>()
  #bytes = new Uint8Array(65_536)
  #used = 0
  /** Grows when the table begins anew: equal entries from before and after are different objects. */
  generation = 0

  /**
   * The value of an element: JSON from `start` to `end`; throws like JSON.parse
   * where it is none. Those met lately are recognised by their bytes, without a
   * text being made of them.
   */
  value(json: Buffer, start = 0, end = json.length): unknown {
    const place = placeOf(json, start, end)
    const met = this.#met[place]
    if (met !== undefined && this.#is(met, json, start, end)) return met.value
    const text = json.toString("utf8", start, end)
    const known = this.#byText.get(text)
    if (known !== undefined) {
      this.#met[place] = known
      return known.value
    }
    const parsed = JSON.parse(text) as unknown
    if (text.length > maxLength || typeof parsed !== "object" || parsed === null) return parsed
    if (this.#byText.size >= maxTexts || this.#used >= maxBytes) this.#clear()
    const canonical = JSON.stringify(parsed)
    let value = this.#byCanonicalText.get(canonical)
    if (value === undefined) {
      value = parsed
      this.#byCanonicalText.set(canonical, value)
      this.#canonicalTexts.set(value, canonical)
    }
    this.#byText.set(text, this.#met[place] = this.#keep(json, start, end, value))
    return value
  }

  #is(met: Met, json: Uint8Array, start: number, end: number): boolean {
    if (met.length !== end - start) return false
    const bytes = this.#bytes
    for (let i = start, at = met.from; i < end; i++, at++) if (json[i] !== bytes[at]) return false
    return true
  }

  #keep(json: Uint8Array, start: number, end: number, value: object): Met {
    const length = end - start
    if (this.#used + length > this.#bytes.length) {
      const more = new Uint8Array(2 * (this.#used + length))
      more.set(this.#bytes)
      this.#bytes = more
    }
    this.#bytes.set(json.subarray(start, end), this.#used)
    this.#used += length
    return { from: this.#used - length, length, value }
  }

  #clear(): void {
    this.#met.fill(undefined)
    this.#byText.clear()
    this.#byCanonicalText.clear()
    this.#canonicalTexts.clear()
    this.#bytes = new Uint8Array(65_536)
    this.#used = 0
    this.generation++
  }

  /**
   * The JSON text of a value that is the one object for all its equals, for as
   * long as this generation lasts; undefined for values that are not shared.
   */
  sharedText(value: unknown): string | undefined {
    return this.#canonicalTexts.get(value as object)
  }
}
