/** One entry of a `servers.json`, with where it stands in the text. */
export interface ListEntry {
  readonly host: string
  readonly tlsPort: number | null
  readonly tcpPort: number | null
  /** From the first character of its name to the last of its value. */
  readonly start: number
  readonly end: number
}

const blank = /[ \t\r\n]/

/** Where a JSON string that begins at a place ends (behind its closing quote). */
const stringEnd = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text[at] !== "\"") at += text[at] === "\\" ? 2 : 1
  return at + 1
}

/** Where a JSON value that begins at a place ends; the text is known to be JSON. */
const valueEnd = (text: string, start: number): number => {
  if (text[start] === "\"") return stringEnd(text, start)
  if (text[start] !== "{" && text[start] !== "[") {
    let at = start
    while (at < text.length && !/[,}\]\s]/.test(text[at]!)) at++
    return at
  }
  let depth = 0
  let at = start
  do {
    const character = text[at]!
    if (character === "\"") {
      at = stringEnd(text, at)
      continue
    }
    if (character === "{" || character === "[") depth++
    if (character === "}" || character === "]") depth--
    at++
  } while (depth > 0)
  return at
}

const skipBlanks = (text: string, from: number): number => {
  let at = from
  while (at < text.length && blank.test(text[at]!)) at++
  return at
}

const portOf = (value: unknown): number | null => {
  const port = typeof value === "string" && /^[0-9]{1,5}$/.test(value) ? Number(value) : value
  return typeof port === "number" && Number.isInteger(port) && port >= 1 && port <= 65535 ? port : null
}

/**
 * The entries of a list as the wallet ships it, `{"host": {"s": "50002", …}, …}`,
 * in their order; a sentence where it is none.
 */
export const readListText = (text: string): ReadonlyArray<ListEntry> | string => {
  try {
    const parsed = JSON.parse(text) as unknown
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return "it is no JSON object of hosts"
  } catch (cause) {
    return `it is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`
  }
  const entries: Array<ListEntry> = []
  let at = skipBlanks(text, skipBlanks(text, 0) + 1)
  while (text[at] === "\"") {
    const start = at
    const nameEnd = stringEnd(text, start)
    const value = skipBlanks(text, skipBlanks(text, nameEnd) + 1)
    const end = valueEnd(text, value)
    const ports = JSON.parse(text.slice(value, end)) as unknown
    const of = (letter: string): number | null =>
      typeof ports === "object" && ports !== null && !Array.isArray(ports) ? portOf((ports as Readonly<Record<string, unknown>>)[letter]) : null
    entries.push({ host: JSON.parse(text.slice(start, nameEnd)) as string, tlsPort: of("s"), tcpPort: of("t"), start, end })
    at = skipBlanks(text, end)
    if (text[at] === ",") at = skipBlanks(text, at + 1)
  }
  return entries
}

/** The text without some of its entries; everything else stays as it was written. */
export const withoutEntries = (text: string, entries: ReadonlyArray<ListEntry>, isOut: (entry: ListEntry) => boolean): string => {
  const kept = entries.filter((entry) => !isOut(entry))
  if (kept.length === entries.length) return text
  const first = entries[0]!
  const last = entries.at(-1)!
  if (kept.length === 0) return text.slice(0, first.start).trimEnd() + text.slice(last.end).trimStart()
  let result = text.slice(0, first.start)
  kept.forEach((entry, i) => {
    result += text.slice(entry.start, entry.end)
    // What stood behind the entry leads to the next one; the last one keeps what stood behind the last.
    if (i < kept.length - 1) result += text.slice(entry.end, entries[entries.indexOf(entry) + 1]!.start)
  })
  return result + text.slice(last.end)
}
