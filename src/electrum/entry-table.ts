/** Texts remembered; beyond that the table begins anew. */
const maxTexts = 50_000

/** Longer texts are no peer anybody could use, and are not remembered. */
const maxLength = 512

/** Places for texts met lately; a power of two. */
const places = 65_536

/** Characters that choose a text's place: the address, in which entries differ. */
const tellingCharacters = 24

/** Where a piece of a text belongs. Two pieces may share a place: the later one gets it. */
const placeOf = (text: string, start: number, end: number): number => {
  let hash = end - start
  const stop = Math.min(end, start + tellingCharacters)
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 16)) & (places - 1)
}

interface Met {
  readonly text: string
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

  /**
   * The value of a piece of a text that is JSON; throws like JSON.parse where it
   * is none. Texts met lately are found without cutting the piece out.
   */
  value(text: string, start = 0, end = text.length): unknown {
    const place = placeOf(text, start, end)
    const met = this.#met[place]
    if (met !== undefined && met.text.length === end - start && text.startsWith(met.text, start)) return met.value
    const piece = text.slice(start, end)
    const known = this.#byText.get(piece)
    if (known !== undefined) {
      this.#met[place] = known
      return known.value
    }
    const parsed = JSON.parse(piece) as unknown
    if (piece.length > maxLength || typeof parsed !== "object" || parsed === null) return parsed
    if (this.#byText.size >= maxTexts) this.#clear()
    const canonical = JSON.stringify(parsed)
    let value = this.#byCanonicalText.get(canonical)
    if (value === undefined) {
      value = parsed
      this.#byCanonicalText.set(canonical, value)
      this.#canonicalTexts.set(value, canonical)
    }
    // The text is a piece of a whole reply, which must not stay in memory for it.
    const kept = piece === canonical ? canonical : Buffer.from(piece).toString()
    this.#byText.set(kept, this.#met[place] = { text: kept, value })
    return value
  }

  #clear(): void {
    this.#byText.clear()
    this.#byCanonicalText.clear()
    this.#canonicalTexts.clear()
    this.#met.fill(undefined)
  }

  /** The JSON text of a value, remembered or made. */
  textOf(value: unknown): string {
    return this.#canonicalTexts.get(value as object) ?? JSON.stringify(value)
  }
}
