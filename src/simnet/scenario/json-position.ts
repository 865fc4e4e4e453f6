/** Finds where a value of a JSON text stands. The text has to be valid JSON. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Offset of the value at `path`, or of the innermost parent that exists. */
  find(path: ReadonlyArray<PropertyKey>): number {
    this.#space()
    const start = this.#at
    if (path.length === 0) return start
    const [key, ...rest] = path
    const open = this.#text[this.#at]
    if (open !== "{" && open !== "[") return start
    const close = open === "{" ? "}" : "]"
    this.#at++
    for (let index = 0; ; index++) {
      this.#space()
      if (this.#text[this.#at] === close) return start
      let name: PropertyKey = index
      if (open === "{") {
        const from = this.#at
        this.#string()
        name = JSON.parse(this.#text.slice(from, this.#at)) as string
        this.#space()
        this.#at++
        this.#space()
      }
      if (name === key || String(name) === String(key)) return this.find(rest)
      this.#skip()
      this.#space()
      if (this.#text[this.#at] === ",") this.#at++
    }
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "x")) this.#at++
  }

  #string(): void {
    this.#at++
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === "\\" ? 2 : 1
    this.#at++
  }

  #skip(): void {
    let depth = 0
    do {
      const character = this.#text[this.#at]
      if (character === '"') {
        this.#string()
        continue
      }
      if (character === "{" || character === "[") depth++
      if (character === "}" || character === "]") {
        if (depth === 0) return
        depth--
      }
      if (character === "," && depth === 0) return
      this.#at++
    } while (this.#at < this.#text.length)
  }
}

/** Line number (from 1) of the value at `path` in a valid JSON text; of its parent when it is missing. */
export const lineOfPath = (text: string, path: ReadonlyArray<PropertyKey>): number => {
  const offset = new Scanner(text).find(path)
  return text.slice(0, offset).split("\n").length
}

/** A path as people write it: `servers[3].names[0].tcp`. */
export const showPath = (path: ReadonlyArray<PropertyKey>): string =>
  path.map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${String(part)}`)).join("")
