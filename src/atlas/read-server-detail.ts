import { Effect, Schema, Struct } from "effect"
import { Database } from "../store/database.ts"
import { readNotesOf } from "../store/notes.ts"
import { memberSql } from "./members.ts"
import type { FieldsOf } from "./read-fields.ts"
import { readHistory, readListings } from "./read-history.ts"
import { readRelations } from "./read-relations.ts"
import { readScore } from "./read-suspicion.ts"
import { readCertificates, readVisits } from "./read-visits.ts"
import { EndpointDetail, type ServerDetail } from "./shapes/server-detail.ts"
import type { ServerRow } from "./shapes/server-row.ts"

const EndpointRow = Schema.Struct(Struct.omit(EndpointDetail.fields, ["fields"]))

const endpointsSql = `
  WITH ${memberSql}
  SELECT ce.endpoint_id AS "endpointId", ce.host, ce.port, ce.transport, ce.reachable,
    coalesce(ce.reason, CASE WHEN ce.visit_id IS NULL
      THEN 'not visited: ' || coalesce(ce.not_visited_reason, ce.state) || coalesce(' (' || ce.not_visited_detail || ')', '') END) AS reason,
    m.evidence
  FROM member m JOIN crawl_endpoint ce ON ce.crawl_id = $crawl_id AND ce.endpoint_id = m.endpoint_id
  WHERE m.server_id = $server_id ORDER BY ce.endpoint_id`

/** Everything about one server in one crawl, and how it was in others. */
export const readServerDetail = Effect.fnUntraced(function*(
  crawlId: number,
  server: ServerRow,
  servers: ReadonlyMap<number, ServerRow>,
  fieldsOf: FieldsOf
) {
  const database = yield* Database
  const { serverId } = server
  const endpoints = yield* database.rows(EndpointRow, endpointsSql, { crawl_id: crawlId, server_id: serverId })
  const detail: ServerDetail = {
    crawlId,
    server,
    endpoints: endpoints.map((row): EndpointDetail => ({ ...row, fields: fieldsOf(row.endpointId) })),
    visits: yield* readVisits(crawlId, serverId),
    certificates: yield* readCertificates(crawlId, serverId),
    ...(yield* readRelations(crawlId, serverId, servers)),
    score: yield* readScore(crawlId, serverId),
    history: yield* readHistory(crawlId, serverId),
    listings: yield* readListings(crawlId, serverId),
    notes: yield* readNotesOf(crawlId, server.hosts)
  }
  return detail
})
