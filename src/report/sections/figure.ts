import type { Chart } from "../document/chart.ts"
import type { Cell, Column, Figure, Table } from "../document/document.ts"
import type { Named } from "../facts/read-named.ts"

/** A figure of a named query; title, level and caveat are the query's where nothing else is given. */
export const namedFigure = (
  id: string,
  named: Pick<Named<unknown>, "title" | "level" | "caveat" | "source">,
  given: { readonly title?: string; readonly shows: string; readonly caveat?: string | null; readonly chart?: Chart | null; readonly table: Table }
): Figure => ({
  kind: "figure",
  id,
  title: given.title ?? named.title,
  shows: given.shows,
  level: named.level,
  caveat: given.caveat === undefined ? named.caveat : given.caveat,
  source: named.source,
  chart: given.chart ?? null,
  table: given.table
})

const columnTypes = { text: "text", code: "code", link: "link", count: "count", number: "number", share: "share" } as const

/** Columns as "title: type" texts, e.g. "Servers: count". */
export const columns = (...texts: ReadonlyArray<string>): ReadonlyArray<Column> =>
  texts.map((text) => {
    const parts = text.split(": ")
    const type = parts.at(-1)!
    return type in columnTypes && parts.length > 1
      ? { title: parts.slice(0, -1).join(": "), as: columnTypes[type as keyof typeof columnTypes] }
      : { title: text, as: "text" }
  })

/** The first rows of a table, with a sentence about the others. */
export const firstRows = (rows: ReadonlyArray<ReadonlyArray<Cell>>, most: number, kinds: ReadonlyArray<Column>): Table => ({
  columns: kinds,
  rows: rows.slice(0, most),
  left: rows.length > most ? `${rows.length - most} more rows: the query has them.` : undefined
})

/** Rows with a value first, largest first; what is not known becomes one quiet bar at the end, and what is beyond `most` another. */
export const topBars = <A>(
  rows: ReadonlyArray<A>,
  most: number,
  of: { readonly label: (row: A) => string | null; readonly value: (row: A) => number; readonly rest: string; readonly unknown: string }
): ReadonlyArray<{ readonly label: string; readonly value: number; readonly quiet?: boolean }> => {
  const known = rows.filter((row) => of.label(row) !== null).toSorted((a, b) => of.value(b) - of.value(a))
  const unknown = rows.filter((row) => of.label(row) === null).reduce((sum, row) => sum + of.value(row), 0)
  const rest = known.slice(most)
  return [
    ...known.slice(0, most).map((row) => ({ label: of.label(row)!, value: of.value(row) })),
    ...(rest.length === 0 ? [] : [{ label: `${rest.length} ${of.rest}`, value: rest.reduce((sum, row) => sum + of.value(row), 0), quiet: true }]),
    ...(unknown === 0 ? [] : [{ label: of.unknown, value: unknown, quiet: true }])
  ]
}

/** Rows joined by a key, their numbers added, largest first. */
export const summedBy = <A>(rows: ReadonlyArray<A>, key: (row: A) => string | null, value: (row: A) => number): ReadonlyArray<{ readonly key: string | null; readonly value: number }> => {
  const sums = new Map<string | null, number>()
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + value(row))
  return [...sums].map(([key, value]) => ({ key, value })).toSorted((a, b) => b.value - a.value || ((a.key ?? "~") < (b.key ?? "~") ? -1 : 1))
}
