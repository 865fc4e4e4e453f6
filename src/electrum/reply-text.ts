import { isUtf8 } from "node:buffer"

/** Longest reply text that is kept, in UTF-16 units. */
export const maxReplyText = 65_536

/** Most bytes that are kept of a line that is no UTF-8. */
const maxOctets = 65_536

const space = 0x20

/** Length without the spaces that stand before the closing bracket; the whole length where there are none. */
const lengthBeforePadding = (text: string): number => {
  const last = text.at(-1)
  if (last !== "}" && last !== "]") return text.length
  let end = text.length - 1
  while (end > 0 && text.charCodeAt(end - 1) === space) end--
  return end
}

/** A reply's text as it is kept, and what was folded away in it. */
export interface StoredReply {
  readonly text: string
  /** Spaces before the closing bracket. */
  readonly padding: number
}

/**
 * The text of a reply as it is stored. ElectrumX pads replies with spaces before
 * the last bracket (protocol-facts 1.3): they are folded into one space, which
 * still tells padded from unpadded. Long texts are cut without keeping the
 * original in memory.
 */
export const storedReply = (text: string): StoredReply => {
  const end = lengthBeforePadding(text)
  const padding = Math.max(0, text.length - 1 - end)
  const folded = padding > 1 ? `${text.slice(0, end)} ${text.at(-1)}` : text
  return { text: folded.length <= maxReplyText ? folded : detached(folded.slice(0, maxReplyText)), padding }
}

/**
 * The bytes of a line that no text can stand for, because they are no UTF-8: a
 * copy of its first ones as they came, padding not folded. Null for all other
 * lines, whose text says everything.
 */
export const storedOctets = (line: Uint8Array): Uint8Array | null =>
  isUtf8(line) ? null : new Uint8Array(line.subarray(0, maxOctets))

/** The text alone. */
export const storedReplyText = (text: string): string => storedReply(text).text

/** The first `limit` units of a text, well-formed, not holding on to the rest of it. */
export const cutText = (text: string, limit: number): string =>
  text.length <= limit ? text.toWellFormed() : detached(text.slice(0, limit))

// A slice of a long string keeps the long one alive; going through bytes makes a string of its own.
const detached = (slice: string): string => Buffer.from(slice.toWellFormed(), "utf8").toString("utf8")
