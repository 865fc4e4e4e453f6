const quote = 0x22
const backslash = 0x5c

/** The place after a string that begins at `at`. */
const afterString = (json: string, at: number): number => {
  let i = at + 1
  while (i < json.length && json.charCodeAt(i) !== quote) i += json.charCodeAt(i) === backslash ? 2 : 1
  return i + 1
}

/** The place after a value that begins at `at`: the next comma or closing bracket of its own level. */
const afterValue = (json: string, at: number): number => {
  let depth = 0
  let i = at
  while (i < json.length) {
    const c = json[i]!
    if (c === "\"") {
      i = afterString(json, i)
      continue
    }
    if (c === "{" || c === "[") depth++
    else if (c === "}" || c === "]") {
      if (depth === 0) return i
      depth--
    } else if (c === "," && depth === 0) return i
    i++
  }
  return i
}

/** The place of the first character from `at` on that is no space. */
const afterSpace = (json: string, at: number): number => {
  let i = at
  while (i < json.length && /\s/.test(json[i]!)) i++
  return i
}

/**
 * The text of an object's member as it was written, e.g. `1e-05` where
 * JSON.parse would say 0.00001; of repeated members the last one, as with
 * JSON.parse. `json` is an object that JSON.parse can read, or the beginning of
 * one: null when it has no such member, or is cut within it.
 */
export const memberText = (json: string, name: string): string | null => {
  let found: string | null = null
  let i = afterSpace(json, 0)
  if (json[i] !== "{") return null
  i = afterSpace(json, i + 1)
  while (json[i] === "\"") {
    const afterName = afterString(json, i)
    if (afterName > json.length) return found
    const key: unknown = JSON.parse(json.slice(i, afterName))
    const start = afterSpace(json, afterSpace(json, afterName) + 1)
    const end = afterValue(json, start)
    if (end >= json.length) return key === name ? null : found
    if (key === name) found = json.slice(start, end).trimEnd()
    i = afterSpace(json, end + 1)
  }
  return found
}
