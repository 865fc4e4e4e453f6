/**
 * The one place where text from the network is made fit for a person's eyes:
 * control, escape, direction and invisible characters become visible escapes,
 * long text is cut. Stored values are never cleaned.
 */
export const forDisplay = (text: string, limit = 500): string => {
  const shown = text.replace(
    /\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/gu,
    (character) => {
      const code = character.codePointAt(0)!
      if (character === "\n") return "\\n"
      if (character === "\t") return "\\t"
      if (character === "\r") return "\\r"
      return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`
    }
  )
  return shown.length <= limit ? shown : `${shown.slice(0, limit - 1)}…`
}

/** Shorten in the middle, for hosts and onions: both ends tell them apart. */
export const middleTruncate = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const tail = Math.floor((limit - 1) / 2)
  return `${text.slice(0, limit - 1 - tail)}…${text.slice(text.length - tail)}`
}
