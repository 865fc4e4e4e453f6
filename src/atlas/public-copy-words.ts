/** Whether SQL reads a table or view of this name. */
const reads = (sql: string, name: string): boolean => new RegExp(`\\b(?:from|join)\\s+"?${name}"?(?![\\w.])`, "i").test(sql)

/**
 * Names that lead to tables of which everything is withheld: the tables themselves and
 * views made of them, also by way of other views.
 *
 * @param emptied tables that had rows
 */
export const madeOfEmptied = (
  emptied: ReadonlyArray<string>,
  views: ReadonlyArray<{ readonly name: string; readonly sql: string }>
): ReadonlyMap<string, ReadonlyArray<string>> => {
  const known = new Map<string, ReadonlyArray<string>>(emptied.map((table) => [table, [table]]))
  for (let isNew = true; isNew;) {
    isNew = false
    for (const { name, sql } of views) {
      const tables = new Set([...known].flatMap(([one, of]) => reads(sql, one) ? of : []))
      if (tables.size <= (known.get(name)?.length ?? 0)) continue
      known.set(name, [...tables].toSorted())
      isNew = true
    }
  }
  return known
}

/** Tables of a watch, of which a part may be shown. */
const watched = ["sighting", "watch_event"]

/** What stands with the answer to a query of which something is withheld as a whole; null for nothing. */
export const withheldFrom = (emptied: ReadonlyMap<string, ReadonlyArray<string>>) => (sql: string): string | null => {
  const tables = [...new Set([...emptied].flatMap(([name, of]) => reads(sql, name) ? of : []))].toSorted()
  const parts = [
    ...tables.length === 0 ? [] : [`all rows of table ${tables.join(" and ")}, though there are some`],
    ...watched.some((table) => reads(sql, table)) ? ["when onions were up; looks that are older than a month; watched servers that nobody announces publicly or whose operators asked to be left out"] : []
  ]
  return parts.length === 0 ? null : `Withheld here: ${parts.join("; ")}.`
}
