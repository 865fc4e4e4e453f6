/** Characters of one record, at most: longer ones are no record of a file about addresses. */
const maxRecord = 65_536

/**
 * Cuts text that comes in pieces into CSV records (RFC 4180; LF or CRLF). A
 * quoted field may hold line ends. Empty lines and lines that begin with `#` are left out.
 */
export class CsvRecords {
  #rest = ""
  /** The record begun in earlier lines, whose quotes are not closed yet. */
  #open: string | null = null
  #started = false
  /** Records longer than any we read. */
  overlong = 0

  push(text: string): Array<string> {
    const fresh = !this.#started && text.startsWith("\ufeff") ? text.slice(1) : text
    this.#started ||= text !== ""
    const lines = (this.#rest + fresh).split("\n")
    this.#rest = lines.pop()!
    if (this.#rest.length > maxRecord) {
      this.overlong++
      this.#rest = ""
    }
    return lines.flatMap((line) => this.#line(line))
  }

  /** The last record, where the file does not end with a line end. */
  end(): Array<string> {
    const rest = this.#rest
    this.#rest = ""
    const last = rest === "" ? [] : this.#line(rest)
    return this.#open === null ? last : [...last, this.#open]
  }

  #line(raw: string): Array<string> {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw
    if (this.#open === null) {
      if (line === "" || line.startsWith("#")) return []
      if (isBalanced(line)) return [line]
      this.#open = line
      return []
    }
    const joined = `${this.#open}\n${line}`
    // A quote too many would swallow the rest of the file.
    if (joined.length > maxRecord) {
      this.overlong++
      this.#open = null
      return []
    }
    if (isBalanced(joined)) {
      this.#open = null
      return [joined]
    }
    this.#open = joined
    return []
  }
}

const isBalanced = (text: string): boolean => {
  let quotes = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++
  return quotes % 2 === 0
}

/** The fields of one record, without spaces around them unless quoted. */
export const fieldsOf = (record: string): Array<string> => {
  if (!record.includes('"')) return record.split(",").map((field) => field.trim())
  const fields: Array<string> = []
  const field = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/gy
  while (field.lastIndex <= record.length) {
    const match = field.exec(record)
    // A quote in the middle of a field: no CSV, but nothing to be lost over.
    if (match === null) return record.split(",").map((part) => part.trim())
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!.trim())
    if (!match[0].endsWith(",")) break
  }
  return fields
}
