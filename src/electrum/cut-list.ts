import { maxDepth } from "./json-scan.ts"

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
/** Where the list of a reply can begin at the latest: nothing but the envelope stands before it. */
const envelopeBytes = 256

/** The start of a list that was cut off. */
export interface CutList {
  /** The first complete elements, at most as many as asked for. */
  readonly elements: ReadonlyArray<unknown>
  /** Complete elements after those; how many were never received is not known. */
  readonly more: number
}

/**
 * Read the complete elements from the start of an overlong reply whose result
 * is a list; undefined when it is none. Linear, never recursing, and only the
 * first `limit` elements are parsed.
 */
export const readCutList = (start: Buffer, limit: number): CutList | undefined => {
  const head = /"result"\s*:\s*\[/.exec(start.toString("latin1", 0, envelopeBytes))
  if (head === null) return undefined
  const from = head.index + head[0].length
  let depth = 0
  let inString = false
  let count = 0
  let parsedTo = from
  for (let i = from; i < start.length; i++) {
    const byte = start[i]!
    if (inString) {
      if (byte === backslash) i++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > maxDepth) return undefined
    } else if (byte === 0x5d || byte === 0x7d) {
      if (--depth < 0) break
    } else if (byte === comma && depth === 0) {
      count++
      if (count <= limit) parsedTo = i
    }
  }
  if (count === 0) return { elements: [], more: 0 }
  try {
    const elements = JSON.parse(`[${start.toString("utf8", from, parsedTo)}]`) as ReadonlyArray<unknown>
    return { elements, more: Math.max(0, count - limit) }
  } catch {
    return undefined
  }
}
