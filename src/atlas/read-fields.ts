import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"
import { AtlasError } from "./atlas-error.ts"
import type { Field } from "./shapes/server-detail.ts"

const NamesRow = Schema.Struct({ name: Schema.String, comment: Schema.NullOr(Schema.String) })

const MetadataRow = Schema.Record(Schema.String, Schema.Json)

/** What `untested` says of columns that are null. */
const isUnknown = Schema.is(Schema.Record(Schema.String, Schema.String))

/**
 * The text of view `server_metadata` for any crawl and a few endpoints. The view
 * shows the latest crawl of each network; common table expressions of the names
 * it reads from stand in for those, so that there is one definition of the columns
 * and only the endpoints wanted are computed.
 */
const metadataSql = (view: string): string | undefined => {
  const body = /^CREATE VIEW server_metadata AS WITH ([^]*?);?\s*$/.exec(view)?.[1]
  return body === undefined ? undefined : `WITH wanted AS (
      SELECT endpoint_id FROM server_endpoint WHERE crawl_id = $crawl_id AND server_id = $server_id
      UNION
      SELECT ce.endpoint_id FROM main.crawl_endpoint ce JOIN endpoint own ON own.endpoint_id = $server_id
      WHERE ce.crawl_id = $crawl_id AND ce.host = own.host AND NOT EXISTS (SELECT 1 FROM server WHERE crawl_id = $crawl_id)
    ), latest_crawl AS (
      SELECT network, crawl_id FROM crawl WHERE crawl_id = $crawl_id
    ), crawl_endpoint AS (
      SELECT * FROM main.crawl_endpoint WHERE crawl_id = $crawl_id AND endpoint_id IN (FROM wanted)
    ), visit AS (
      SELECT * FROM main.visit WHERE crawl_id = $crawl_id AND endpoint_id IN (FROM wanted)
    ), ${body}`
}

/** Columns of `server_metadata` for the endpoints of a server, with what each means and why it is not known. */
export const readFields = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
  const database = yield* Database
  const names = yield* database.rows(
    NamesRow,
    `SELECT column_name AS name, comment FROM duckdb_columns() WHERE table_name = 'server_metadata' ORDER BY column_index`
  )
  const [view] = yield* database.rows(
    Schema.Struct({ sql: Schema.String }),
    "SELECT sql FROM duckdb_views() WHERE view_name = 'server_metadata'"
  )
  const sql = metadataSql(view?.sql ?? "")
  if (sql === undefined) {
    return yield* new AtlasError({ reason: "cannot read", message: "The view server_metadata has another form than this program's." })
  }
  const rows = yield* database.rows(MetadataRow, sql, { crawl_id: crawlId, server_id: serverId })
  return new Map(rows.map((row) => {
    const { endpoint_id, untested } = row
    const unknown = isUnknown(untested) ? untested : {}
    const fields = names.filter(({ name }) => name !== "untested").map(({ comment, name }): Field => ({
      name,
      comment: comment ?? "",
      value: row[name] ?? null,
      unknown: unknown[name] ?? null
    }))
    return [endpoint_id as number, fields] as const
  }))
})
