const words: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY]
])

/** Not a text that a client could send, which is never longer than a line. */
const mark = "\u0000python number "

const wordsOutsideStrings = /("(?:[^"\\]|\\.)*")|(-?Infinity|NaN)/g

/** JSON as Python reads it: also the bare words NaN and Infinity. Throws a SyntaxError otherwise. */
export const parsePythonJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error
    const marked = text.replace(wordsOutsideStrings, (found, string: string | undefined) =>
      string === undefined ? JSON.stringify(mark + found) : found
    )
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === "string" && value.startsWith(mark) ? words.get(value.slice(mark.length)) : value
    )
  }
}
