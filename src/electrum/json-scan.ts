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
   * place more for its end: element i is the bytes from `cuts[i]` to `cuts[i+1] - 1`.
   * Null when the result is no list, or one that is too long. Valid until the next scan.
   */
  readonly cuts: Int32Array | null
}

/** Who knows elements that were looked through before, and need not be again. */
export interface KnownElements {
  /** To be told first which text is looked through. */
  readonly begin: (json: Uint8Array) => void
  /** Bytes of the known element that begins there as number `index` of the list, 0 when none does. */
  readonly lengthAt: (start: number, index: number) => number
}

/** Where places are noted: a list for each line would be garbage at once. */
const noted = new Int32Array(maxNoted + 2)

const plain: JsonScan = { tooDeep: false, cuts: null }

const resultKey = Buffer.from("\"result\"")

/** Whether the bracket at this place opens the value of the key `result`. */
const isResult = (json: Uint8Array, bracket: number): boolean => {
  let at = bracket - 1
  while (json[at] === space) at--
  if (json[at] !== colon) return false
  at--
  while (json[at] === space) at--
  return resultKey.every((byte, i) => json[at - 7 + i] === byte)
}

/** Where the string that begins before `from` ends; the end of the text where it does not. */
const endOfString = (json: Uint8Array, from: number): number => {
  let at = from
  for (; at < json.length; at++) {
    const byte = json[at]
    if (byte === quote) return at
    if (byte === backslash) at++
  }
  return at
}

/**
 * Look through the bytes of a JSON text once, never recursing, stopping at the
 * first excess of depth. What structures JSON is ASCII, in UTF-8 as in anything
 * that is none. Elements that are known are passed over.
 */
export const scanJson = (json: Uint8Array, known?: KnownElements): JsonScan => {
  known?.begin(json)
  let depth = 0
  let inResult = false
  /** Places noted. */
  let cuts = 0
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]!
    if (byte === quote) i = endOfString(json, i + 1)
    else if (byte === comma) {
      if (inResult && depth === 2 && cuts <= maxNoted) {
        noted[cuts++] = i + 1
        if (known !== undefined) i += known.lengthAt(i + 1, cuts - 1)
      }
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > maxDepth) return { tooDeep: true, cuts: null }
      if (depth === 2 && byte === 0x5b && isResult(json, i)) {
        inResult = true
        noted[0] = i + 1
        cuts = 1
        if (known !== undefined) i += known.lengthAt(i + 1, 0)
      }
    } else if (byte === 0x5d || byte === 0x7d) {
      if (depth-- === 2 && inResult) {
        inResult = false
        noted[cuts++] = i + 1
      }
    }
  }
  return inResult || cuts === 0 || cuts > maxNoted ? plain : { tooDeep: false, cuts: noted.subarray(0, cuts) }
}
