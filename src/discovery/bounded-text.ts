/** Longest text of an advertisement that is stored. */
export const maxRawLength = 4096

/** The first `limit` UTF-16 units of a text, never ending in half a character, lone surrogates replaced. */
export const cut = (text: string, limit: number): string => {
  const end = text.length > limit && /[\uD800-\uDBFF]/.test(text[limit - 1]!) ? limit - 1 : limit
  return text.slice(0, end).toWellFormed()
}

/** A text from outside inside one of our notes: at most 60 characters, quoted, control characters escaped. */
export const quoted = (text: string): string =>
  text.length <= 60 ? JSON.stringify(text.toWellFormed()) : `${JSON.stringify(cut(text, 60))}…`

/** The JSON text of any value; `null` where it has none (a function, a cycle, nesting beyond the stack). */
export const jsonText = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? "null"
  } catch {
    return "null"
  }
}
