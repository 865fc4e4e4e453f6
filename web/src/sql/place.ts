/** Where a mistake is, counted as people do. */
export interface Place {
  readonly line: number
  readonly column: number
  /** The word at it, for marking: from here to there in the text. */
  readonly from: number
  readonly to: number
}

/** The place of a 0-based position in a text; a position behind the end is the last sign. */
export const placeOf = (text: string, position: number): Place => {
  const from = Math.max(0, Math.min(position, text.length - 1))
  const before = text.slice(0, from)
  const word = /^(?:[\p{L}\p{N}_]+|"[^"\n]*"?|'[^'\n]*'?|[^\s])/u.exec(text.slice(from))?.[0] ?? " "
  return {
    line: before.split("\n").length,
    column: from - before.lastIndexOf("\n"),
    from,
    to: Math.min(text.length, from + word.length)
  }
}
