import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { readRows } from "../read-rows.ts"
import type { StoreError } from "../store-error.ts"

const texts = (words: ReadonlyArray<string>): string => words.map((word) => `'${word}'`).join(", ")

/** Holds for a row whose column has none of these words; null is none of them. */
const noneOf = (column: string, ...words: ReadonlyArray<string>): string => `coalesce(${column} NOT IN (${texts(words)}), true)`

/** The key of an endpoint as `endpointKey` of the domain has it. */
const endpointKeySql = `concat(CASE WHEN contains(host, ':') THEN concat('[', host, ']') ELSE host END, ':', port, ':',
  CASE transport WHEN 'tcp' THEN 't' WHEN 'tls' THEN 's' WHEN 'ws' THEN 'w' ELSE 'x' END)`

/** Holds for rows of a table that nobody writes, and over which whoever reads all observers together would stumble. */
const wrongRows: Readonly<Record<string, string>> = {
  crawl: `${noneOf("kind", "crawl", "visit", "probe")} OR ${noneOf("state", "running", "finished", "limited", "interrupted", "failed", "abandoned")}
    OR ((settings->'$.exclude') IS NOT NULL AND TRY_CAST((settings->'$.exclude') AS VARCHAR[]) IS NULL)`,
  endpoint: `${noneOf("transport", "tcp", "tls", "ws", "wss")} OR ${noneOf("network_class", "ipv4", "ipv6", "onion", "name")}
    OR coalesce(port NOT BETWEEN 1 AND 65535, true) OR endpoint_key IS DISTINCT FROM ${endpointKeySql}`,
  endpoint_state: noneOf("state", "parked", "due", "visited", "not visited"),
  visit: noneOf("outcome", "answered", "failed")
}

const NumberRow = Schema.Struct({ table_name: Schema.String, column_name: Schema.String, data_type: Schema.String })
const CountRow = Schema.Struct({ n: Schema.Int })

/** Where values may be infinite or no number at all. */
const openTypes = ["TIMESTAMP", "DATE", "DOUBLE"]

/**
 * The first of tables that were read from a partition which has rows that there
 * cannot be: words outside closed lists, keys that are not those of their
 * endpoint, times and numbers without end; null where none has. One such row
 * would make views, the joint crawl or the analysis fail for all observers.
 *
 * @param readAs where the rows of a table lie
 */
export const unsoundTable = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  tables: ReadonlyArray<string>,
  readAs: (table: string) => string
): Effect.fn.Return<string | null, StoreError> {
  const open = yield* readRows(
    connection,
    NumberRow,
    `SELECT table_name, column_name, data_type FROM duckdb_columns() c WHERE database_name = current_database() AND data_type IN (${texts(openTypes)})
      AND EXISTS (FROM duckdb_columns() r WHERE r.database_name = 'temp' AND r.table_name = concat('read_', c.table_name) AND r.column_name = c.column_name)`
  )
  const byTable = Map.groupBy(open, ({ table_name }) => table_name)
  for (const table of tables) {
    const conditions = [
      ...wrongRows[table] === undefined ? [] : [wrongRows[table]],
      ...(byTable.get(table) ?? []).map(({ column_name, data_type }) => `coalesce(NOT isfinite(TRY_CAST("${column_name}" AS ${data_type})), false)`)
    ]
    if (conditions.length === 0) continue
    const [row] = yield* readRows(connection, CountRow, `SELECT count(*) AS n FROM ${readAs(table)} WHERE ${conditions.map((condition) => `(${condition})`).join(" OR ")}`)
    if (row!.n > 0) return table
  }
  return null
})
