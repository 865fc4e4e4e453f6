import { analysedTables } from "../analysed-tables.ts"
import { type ArchiveTable, isOwn } from "../archive/table-roles.ts"

/** What follows one observer's watch, whose runs and held connections mean nothing to others. */
const watched: ReadonlySet<string> = new Set(["sighting", "held_session", "tip_arrival"])

/** Tables of a crawl's own rows that are read from an observer; analysis is made anew of what was merged. The crawl and its servers first: others refer to them. */
export const mergedTables = (tables: ReadonlyArray<ArchiveTable>): ReadonlyArray<ArchiveTable> => {
  const first = ["crawl", "server_endpoint", "server", "snapshot"]
  const place = ({ name }: ArchiveTable): number => first.includes(name) ? first.indexOf(name) : first.length
  return tables
    .filter((table) => (isOwn(table) || table.role === "copied") && ![analysedTables, watched].some((left) => left.has(table.name)))
    .toSorted((a, b) => place(a) - place(b))
}

/** Columns that hold numbers of one file, by which rows are found, each with its number here. */
const renumbered: Readonly<Record<string, string>> = {
  crawl_id: "$crawl",
  visit_id: "t.visit_id + $visits",
  visit_ids: "list_transform(t.visit_ids, lambda one: one + $visits)",
  snapshot_id: "t.snapshot_id + $snapshots",
  sequence: "t.sequence + $sequences",
  endpoint_id: "(SELECT m.new FROM map_endpoint m WHERE m.old = t.endpoint_id)",
  source_id: "(SELECT m.new FROM map_source m WHERE m.old = t.source_id)",
  advertisement_id: "(SELECT m.new FROM map_advertisement m WHERE m.old = t.advertisement_id)",
  advertisement_ids: `coalesce((SELECT list(m.new ORDER BY u.place) FROM (SELECT unnest(t.advertisement_ids) AS old, generate_subscripts(t.advertisement_ids, 1) AS place) u
    JOIN map_advertisement m ON m.old = u.old), [])`,
  servers_of: "(SELECT m.new FROM map_crawl m WHERE m.old = t.servers_of)"
}

/** A server's number is that of one of its endpoints: of this crawl's servers, or of the crawl that a probe asked them of. */
const serverId = ({ columns, name }: ArchiveTable): string =>
  name === "snapshot_reading"
    ? `(SELECT e.server_id FROM server_endpoint e JOIN map_endpoint m ON m.new = e.endpoint_id WHERE m.old = t.server_id
        AND e.crawl_id = (SELECT s.servers_of FROM snapshot s WHERE s.snapshot_id = t.snapshot_id + $snapshots))`
    : columns.includes("servers_of")
    ? `(SELECT e.server_id FROM server_endpoint e JOIN map_endpoint m ON m.new = e.endpoint_id JOIN map_crawl c ON c.new = e.crawl_id
        WHERE m.old = t.server_id AND c.old = t.servers_of)`
    : "(SELECT m.new FROM map_server m WHERE m.old = t.server_id)"

/** A column's value in this file, of a row `t` of an observer's; takes `$crawl`, `$visits`, `$snapshots` and `$sequences`, which are added. */
export const mergedValue = (table: ArchiveTable, column: string): string =>
  column === "server_id" ? serverId(table) : renumbered[column] ?? `t."${column}"`

/** Columns without which a row cannot be told from others: where they have no counterpart here, the row is left out. */
export const requiredColumns = ({ columns }: ArchiveTable): ReadonlyArray<string> => columns.filter((column) => column === "servers_of" || column === "server_id")
