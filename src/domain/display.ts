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
  return shown.length <= limit ? shown : `${head(shown, limit - 1)}…`
}

const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00

/** The first units of a text; half a character would be shown as a broken one, so it is left out. */
const head = (text: string, units: number): string => text.slice(0, isLow(text, units) ? units - 1 : units)

/** Shorten in the middle, for hosts and onions: both ends tell them apart. */
export const middleTruncate = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const tail = Math.floor((limit - 1) / 2)
  const from = text.length - tail
  return `${head(text, limit - 1 - tail)}…${text.slice(isLow(text, from) ? from + 1 : from)}`
}
