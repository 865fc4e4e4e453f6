/**
 * Deepest nesting of objects and arrays we read. The deepest reply any known
 * server gives (a verbose transaction) has 6 levels; 32 leaves room, and no
 * recursion of ours or of a library comes near the stack's end at that depth.
 */
export const maxDepth = 32

const quote = 0x22
const backslash = 0x5c

/** Whether a JSON text nests deeper than `limit`. Reads each byte once, never recurses, stops at the first excess. */
export const nestsDeeperThan = (text: Uint8Array, limit: number): boolean => {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!
    if (inString) {
      if (byte === backslash) i++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > limit) return true
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return false
}
