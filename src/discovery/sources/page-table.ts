import { Parser } from "htmlparser2"

/** One row of a table: the texts of its cells, and whether they are headings. */
export interface TableRow {
  readonly cells: ReadonlyArray<string>
  readonly heading: boolean
}

const mostCells = 30
const mostCharacters = 300

/** Deeper than any page is; the parser's time grows with the square of it. */
const mostDepth = 400

/** Thrown to leave a page that nests deeper. */
class TooDeep extends Error {}

const silent = new Set(["script", "style", "template", "noscript"])

/**
 * The rows of all tables of a page, as they are written, read in one pass
 * without a document. Cells are cut to 300 characters, rows to 30 cells; what
 * nests deeper than 400 elements ends the reading.
 *
 * @param most rows read; whatever follows is counted in `dropped`, the rest of a page that nests too deep as one
 */
export const tableRows = (html: string, most: number): { readonly rows: ReadonlyArray<TableRow>; readonly dropped: number } => {
  const rows: Array<TableRow> = []
  let dropped = 0
  let cells: Array<string> | null = null
  let headings = 0
  let cell: string | null = null
  let hidden: string | null = null
  let depth = 0

  const endCell = (): void => {
    if (cell !== null && cells !== null && cells.length < mostCells) cells.push(cell.replace(/\s+/g, " ").trim())
    cell = null
  }
  const endRow = (): void => {
    endCell()
    if (cells !== null && cells.some((text) => text !== "")) {
      if (rows.length < most) rows.push({ cells, heading: headings === cells.length })
      else dropped++
    }
    cells = null
    headings = 0
  }
  const parser = new Parser({
    onopentagname: (name) => {
      if (++depth > mostDepth) throw new TooDeep()
      if (hidden !== null) return
      if (silent.has(name)) hidden = name
      else if (name === "tr") {
        endRow()
        cells = []
      } else if (name === "td" || name === "th") {
        endCell()
        cells ??= []
        cell = ""
        if (name === "th") headings++
      } else if (name === "br" && cell !== null) cell += " "
    },
    ontext: (text) => {
      if (hidden === null && cell !== null && cell.length < mostCharacters) cell = (cell + text).slice(0, mostCharacters)
    },
    onclosetag: (name) => {
      depth--
      if (name === hidden) hidden = null
      else if (hidden !== null) return
      else if (name === "td" || name === "th") endCell()
      else if (name === "tr" || name === "table") endRow()
    }
  })
  try {
    parser.end(html)
  } catch (cause) {
    if (!(cause instanceof TooDeep)) throw cause
    dropped++
  }
  endRow()
  return { rows, dropped }
}
