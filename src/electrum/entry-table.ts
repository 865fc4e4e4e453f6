/** Texts remembered; beyond that the table begins anew. */
const maxTexts = 50_000

/** Longer texts are no peer anybody could use, and are not remembered. */
const maxLength = 512

/**
 * The values of list elements by their JSON text, shared by all visits. The same
 * few hundred peers come from hundreds of servers: each is parsed once, and
 * equal entries are one object, so that whoever works on entries can recognise
 * them by identity. Values must not be changed.
 */
export class EntryTable {
  readonly #byText = new Map<string, object>()
  readonly #byCanonicalText = new Map<string, object>()
  readonly #canonicalTexts = new Map<object, string>()

  /** The value of a JSON text; throws like JSON.parse where it is none. */
  value(text: string): unknown {
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const parsed = JSON.parse(text) as unknown
    if (text.length > maxLength || typeof parsed !== "object" || parsed === null) return parsed
    if (this.#byText.size >= maxTexts) {
      this.#byText.clear()
      this.#byCanonicalText.clear()
      this.#canonicalTexts.clear()
    }
    const canonical = JSON.stringify(parsed)
    let value = this.#byCanonicalText.get(canonical)
    if (value === undefined) {
      value = parsed
      this.#byCanonicalText.set(canonical, value)
      this.#canonicalTexts.set(value, canonical)
    }
    // The text is a piece of a whole reply, which must not stay in memory for it.
    this.#byText.set(text === canonical ? canonical : Buffer.from(text).toString(), value)
    return value
  }

  /** The JSON text of a value, remembered or made. */
  textOf(value: unknown): string {
    return this.#canonicalTexts.get(value as object) ?? JSON.stringify(value)
  }
}
