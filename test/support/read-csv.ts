/** Records of a text by RFC 4180, each ending with CR LF; a cell of nothing at all is null, of quotes alone an empty text. */
export const readCsv = (text: string): ReadonlyArray<ReadonlyArray<string | null>> => {
  const records: Array<ReadonlyArray<string | null>> = []
  let cells: Array<string | null> = []
  let at = 0
  while (at < text.length) {
    let cell: string | null = null
    if (text[at] === "\"") {
      let end = at + 1
      for (;;) {
        const mark = text.indexOf("\"", end)
        if (mark < 0) throw new Error("a quoted cell does not end")
        if (text[mark + 1] !== "\"") {
          cell = text.slice(at + 1, mark).replaceAll("\"\"", "\"")
          at = mark + 1
          break
        }
        end = mark + 2
      }
    } else {
      const [end] = [text.indexOf(",", at), text.indexOf("\r\n", at)].filter((it) => it >= 0).toSorted((a, b) => a - b)
      if (end === undefined) throw new Error("a record does not end")
      cell = end === at ? null : text.slice(at, end)
      at = end
    }
    cells.push(cell)
    if (text[at] === ",") at += 1
    else if (text.startsWith("\r\n", at)) {
      records.push(cells)
      cells = []
      at += 2
    } else throw new Error(`something follows a cell: ${text.slice(at, at + 20)}`)
  }
  return records
}
