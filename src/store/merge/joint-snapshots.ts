import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { archiveTables } from "../archive/table-roles.ts"
import { run } from "../duckdb.ts"
import { lastSnapshot } from "../last-numbers.ts"
import { readRows } from "../read-rows.ts"
import type { StoreError } from "../store-error.ts"
import { inTransaction } from "../together.ts"

const statements = (crawlId: number, columns: ReadonlyArray<string>): ReadonlyArray<string> => [
  `CREATE OR REPLACE TEMP TABLE joint_snapshot AS SELECT snapshot_id AS old, (${lastSnapshot} + row_number() OVER (ORDER BY snapshot_id))::INTEGER AS new
    FROM snapshot WHERE state = 'kept' AND servers_of IN (SELECT member_crawl_id FROM joint_member WHERE crawl_id = ${crawlId})`,
  // An instant of one observer's stays one: what others asked at another time is not mixed into it.
  `INSERT INTO snapshot BY NAME SELECT s.* REPLACE (j.new AS snapshot_id, ${crawlId} AS servers_of) FROM snapshot s JOIN joint_snapshot j ON j.old = s.snapshot_id`,
  // Two servers of the observer's may be one here: of those asked in one snapshot one is left, an answer before none.
  `INSERT INTO snapshot_reading BY NAME
    SELECT ${columns.map((column) => column === "snapshot_id" ? "j.new AS snapshot_id" : column === "server_id" ? "e.server_id" : `r.${column}`).join(", ")}
    FROM snapshot_reading r
    JOIN joint_snapshot j ON j.old = r.snapshot_id
    JOIN server_endpoint e ON e.crawl_id = ${crawlId} AND e.endpoint_id = r.endpoint_id
    QUALIFY row_number() OVER (PARTITION BY j.new, e.server_id ORDER BY r.state <> 'compared', r.endpoint_id) = 1`
]

/**
 * Gives joint crawls, whose endpoints are joined to servers, the snapshots that
 * observers took of theirs: copies with the servers as they are joined here.
 * Those that have them are left alone.
 */
export const copySnapshots = Effect.fn("copySnapshots")(function*(
  connection: DuckDBConnection,
  crawls: ReadonlyArray<number>
): Effect.fn.Return<void, StoreError> {
  const doing = "Cannot copy snapshots to a joint crawl"
  const columns = (yield* archiveTables(connection)).find(({ name }) => name === "snapshot_reading")!.columns
  for (const crawlId of crawls) {
    const [row] = yield* readRows(connection, Schema.Struct({ n: Schema.Int }), `SELECT count(*)::INTEGER AS n FROM snapshot WHERE servers_of = ${crawlId}`)
    if (row!.n > 0) continue
    yield* inTransaction(connection, doing, Effect.forEach(statements(crawlId, columns), (sql) => run(connection, "write failed", doing, sql), { discard: true }))
  }
})
