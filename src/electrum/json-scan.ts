/**
 * Deepest nesting of objects and arrays we read. The deepest reply any known
 * server gives (a verbose transaction) has 6 levels; 32 leaves room, and no
 * recursion of ours or of a library comes near the stack's end at that depth.
 */
export const maxDepth = 32

/** Elements of a list whose places are noted. */
const maxNoted = 10_000

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const space = 0x20

/** What a scan tells of a JSON text before it is parsed. */
export interface JsonScan {
  readonly tooDeep: boolean
  /**
   * Where each element of the list that is the root's `result` begins, and one
   * place more for its end: element i is the text from `cuts[i]` to `cuts[i+1] - 1`.
   * Null when the result is no list, or one that is too long.
   */
  readonly cuts: ReadonlyArray<number> | null
}

/** Whether the bracket at this place opens the value of the key `result`. */
const isResult = (text: string, bracket: number): boolean => {
  let at = bracket - 1
  while (text.charCodeAt(at) === space) at--
  if (text.charCodeAt(at) !== colon) return false
  at--
  while (text.charCodeAt(at) === space) at--
  return text.startsWith("\"result\"", at - 7)
}

/** Where the string that begins before `from` ends; the end of the text where it does not. */
const endOfString = (text: string, from: number): number => {
  let at = from
  for (; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === quote) return at
    if (character === backslash) at++
  }
  return at
}

/** Look through a JSON text once, character by character, never recursing, stopping at the first excess of depth. */
export const scanJson = (text: string): JsonScan => {
  let depth = 0
  let inResult = false
  let cuts: Array<number> | null = null
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === quote) i = endOfString(text, i + 1)
    else if (character === comma) {
      if (inResult && depth === 2 && cuts!.length <= maxNoted) cuts!.push(i + 1)
    } else if (character === 0x5b || character === 0x7b) {
      if (++depth > maxDepth) return { tooDeep: true, cuts: null }
      if (depth === 2 && character === 0x5b && isResult(text, i)) {
        inResult = true
        cuts = [i + 1]
      }
    } else if (character === 0x5d || character === 0x7d) {
      if (depth-- === 2 && inResult) {
        inResult = false
        cuts!.push(i + 1)
      }
    }
  }
  return { tooDeep: false, cuts: inResult || cuts === null || cuts.length > maxNoted ? null : cuts }
}
