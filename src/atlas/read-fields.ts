import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"
import { AtlasError } from "./atlas-error.ts"
import { bounded } from "./bounded.ts"
import type { Field } from "./shapes/server-detail.ts"

const NamesRow = Schema.Struct({ name: Schema.String, comment: Schema.NullOr(Schema.String) })

const MetadataRow = Schema.Record(Schema.String, Schema.Json)

/** What `untested` says of columns that are null. */
const isUnknown = Schema.is(Schema.Record(Schema.String, Schema.String))

/** The endpoints of one server. */
const ofServer = `
      SELECT endpoint_id FROM server_endpoint WHERE crawl_id = $crawl_id AND server_id = $server_id
      UNION
      SELECT ce.endpoint_id FROM main.crawl_endpoint ce JOIN endpoint own ON own.endpoint_id = $server_id
      WHERE ce.crawl_id = $crawl_id AND ce.host = own.host AND NOT EXISTS (SELECT 1 FROM server WHERE crawl_id = $crawl_id)`

const ofCrawl = "SELECT endpoint_id FROM main.crawl_endpoint WHERE crawl_id = $crawl_id"

/**
 * The text of view `server_metadata` for any crawl and the endpoints wanted. The view
 * shows the latest crawl of each network; common table expressions of the names
 * it reads from stand in for those, so that there is one definition of the columns
 * and only the endpoints wanted are computed.
 */
const metadataSql = (view: string, wanted: string): string | undefined => {
  const body = /^CREATE VIEW server_metadata AS WITH ([^]*?);?\s*$/.exec(view)?.[1]
  return body === undefined ? undefined : `WITH wanted AS (${wanted}
    ), latest_crawl AS (
      SELECT network, crawl_id FROM crawl WHERE crawl_id = $crawl_id
    ), crawl_endpoint AS (
      SELECT * FROM main.crawl_endpoint WHERE crawl_id = $crawl_id AND endpoint_id IN (FROM wanted)
    ), visit AS (
      SELECT * FROM main.visit WHERE crawl_id = $crawl_id AND endpoint_id IN (FROM wanted)
    ), ${body}`
}

/** Characters shown of one text in a field. */
const mostOfField = 8_000

/** Columns of `server_metadata` of an endpoint, with what each means and why it is not known; none of an endpoint that was not read. */
export type FieldsOf = (endpointId: number) => ReadonlyArray<Field>

/**
 * Reads the columns for the endpoints of one server, or of all of a crawl (null),
 * which takes no longer than those of four servers: most of the time the view
 * takes is the same for one row and for hundreds.
 */
export const readFields = Effect.fnUntraced(function*(crawlId: number, serverId: number | null) {
  const database = yield* Database
  const names = yield* database.rows(
    NamesRow,
    `SELECT column_name AS name, comment FROM duckdb_columns() WHERE table_name = 'server_metadata' ORDER BY column_index`
  )
  const [view] = yield* database.rows(
    Schema.Struct({ sql: Schema.String }),
    "SELECT sql FROM duckdb_views() WHERE view_name = 'server_metadata'"
  )
  const sql = metadataSql(view?.sql ?? "", serverId === null ? ofCrawl : ofServer)
  if (sql === undefined) {
    return yield* new AtlasError({ reason: "cannot read", message: "The view server_metadata has another form than this program's." })
  }
  const rows = yield* database.rows(MetadataRow, sql, { crawl_id: crawlId, ...(serverId === null ? {} : { server_id: serverId }) })
  const byEndpoint = new Map(rows.map((row) => [row["endpoint_id"], row]))
  const fieldsOf: FieldsOf = (endpointId) => {
    const row = byEndpoint.get(endpointId)
    if (row === undefined) return []
    const { untested } = row
    const unknown = isUnknown(untested) ? untested : {}
    return names.filter(({ name }) => name !== "untested").map(({ comment, name }): Field => ({
      name,
      comment: comment ?? "",
      value: bounded(row[name] ?? null, mostOfField),
      unknown: unknown[name] ?? null
    }))
  }
  return fieldsOf
})
