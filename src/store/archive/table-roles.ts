import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { readRows } from "../read-rows.ts"
import type { StoreError } from "../store-error.ts"

/**
 * What a table is to one crawl: rows of its own (by crawl, visit or snapshot),
 * which leave the file when it is dropped; rows that others refer to as well
 * (`referenced`, and what was looked up about hosts and addresses), of which an
 * archive has a copy; or nothing (`local`), which stays where it is.
 */
export type TableRole = "crawl" | "visit" | "snapshot" | "referenced" | "looked up" | "copied" | "local"

export interface ArchiveTable {
  readonly name: string
  readonly role: TableRole
  readonly columns: ReadonlyArray<string>
}

/** Tables whose columns do not say it. */
const exceptions: Readonly<Record<string, TableRole>> = {
  endpoint: "referenced",
  source: "referenced",
  advertisement: "referenced",
  advertisement_endpoint: "referenced",
  certificate: "referenced",
  chain_certificate: "referenced",
  enrichment: "looked up",
  host_address: "looked up",
  earlier_host_address: "looked up",
  // Whoever asked to be left out stays left out, wherever the rows are.
  opt_out: "copied",
  // What servers may still hold against us, and what is due, is about now.
  cost_ledger: "local",
  probe_due: "local",
  archived_crawl: "local",
  merged_crawl: "local",
  joint_member: "local"
}

const roleOf = (name: string, columns: ReadonlyArray<string>): TableRole =>
  // A reading of a snapshot may have no visit.
  exceptions[name] ?? (columns.includes("crawl_id") ? "crawl" : columns.includes("snapshot_id") ? "snapshot" : columns.includes("visit_id") ? "visit" : "local")

const ColumnsRow = Schema.Struct({ name: Schema.String, columns: Schema.Array(Schema.String) })

/** The tables of a database and what they are to a crawl, by name. A table that nobody thought of is never dropped from without its columns saying whose rows it has. */
export const archiveTables = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  database?: string
): Effect.fn.Return<ReadonlyArray<ArchiveTable>, StoreError> {
  const rows = yield* readRows(
    connection,
    ColumnsRow,
    `SELECT c.table_name AS name, list(c.column_name ORDER BY c.column_index) AS columns
     FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
     WHERE NOT t.internal AND NOT t.temporary AND c.database_name = coalesce($database, current_database())
     GROUP BY ALL ORDER BY ALL`,
    { database: database ?? null }
  )
  return rows.map(({ columns, name }) => ({ name, columns, role: roleOf(name, columns) }))
})

/** Whether a table's rows belong to one crawl alone. */
export const isOwn = ({ role }: ArchiveTable): boolean => role === "crawl" || role === "visit" || role === "snapshot"

/** The condition under which a table's rows are a crawl's own; takes parameter `$crawl_id`. */
export const ownRows = ({ role }: ArchiveTable): string =>
  role === "visit"
    ? "visit_id IN (SELECT visit_id FROM visit WHERE crawl_id = $crawl_id)"
    : role === "snapshot"
    ? "snapshot_id IN (SELECT snapshot_id FROM snapshot WHERE crawl_id = $crawl_id)"
    : "crawl_id = $crawl_id"
