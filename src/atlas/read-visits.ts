import { Effect, Schema, Struct } from "effect"
import { Database } from "../store/database.ts"
import { memberSql } from "./members.ts"
import { ServerDetail, VisitDetail } from "./shapes/server-detail.ts"

/** Visits shown of a server, the newest; and characters of a reply. */
const mostVisits = 40
const mostOfReply = 4_000

/** Visits of this crawl, and those that probes made afterwards until the next crawl of the network began. */
const chosenSql = `
  WITH ${memberSql}, this AS (SELECT network, started_at FROM crawl WHERE crawl_id = $crawl_id), runs AS (
    SELECT c.crawl_id FROM crawl c, this
    WHERE c.crawl_id = $crawl_id OR (c.kind <> 'crawl' AND c.network = this.network AND c.started_at >= this.started_at
      AND c.started_at < coalesce(
        (SELECT min(n.started_at) FROM crawl n WHERE n.kind = 'crawl' AND n.network = this.network AND n.started_at > this.started_at),
        'infinity'::TIMESTAMP))
  ), chosen AS (
    SELECT * FROM visit
    WHERE crawl_id IN (FROM runs) AND endpoint_id IN (SELECT endpoint_id FROM member WHERE server_id = $server_id)
    ORDER BY started_at DESC, visit_id DESC LIMIT ${mostVisits}
  )`

const VisitRow = Schema.Struct(Struct.omit(VisitDetail.fields, ["observations"]))

const ObservationRow = Schema.Struct({
  visit_id: Schema.Int,
  probe: Schema.String,
  method: Schema.NullOr(Schema.String),
  outcome: Schema.String,
  latencyMs: Schema.NullOr(Schema.Finite),
  replyBytes: Schema.NullOr(Schema.Int),
  reply: Schema.NullOr(Schema.String)
})

/** The visits of a server's endpoints with what each probe saw, the newest first. */
export const readVisits = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
  const database = yield* Database
  const given = { crawl_id: crawlId, server_id: serverId }
  const visits = yield* database.rows(
    VisitRow,
    `${chosenSql}
    SELECT visit_id AS "visitId", crawl_id AS "crawlId", endpoint_id AS "endpointId", kind, started_at AS "startedAt",
      outcome, reason, phase, detail
    FROM chosen ORDER BY started_at DESC, visit_id DESC`,
    given
  )
  const observations = Map.groupBy(
    yield* database.rows(
      ObservationRow,
      `${chosenSql}
      SELECT o.visit_id, o.probe, o.method, o.outcome, o.latency_ms AS "latencyMs", o.reply_bytes AS "replyBytes",
        o.reply_raw[:${mostOfReply}] AS reply
      FROM chosen JOIN observation o USING (visit_id) ORDER BY o.visit_id, o.sent_ms, o.probe`,
      given
    ),
    (row) => row.visit_id
  )
  return visits.map((visit): VisitDetail => ({
    ...visit,
    observations: (observations.get(visit.visitId) ?? []).map(({ latencyMs, method, outcome, probe, reply, replyBytes }) =>
      ({ probe, method, outcome, latencyMs, replyBytes, reply }))
  }))
})

/** Certificates that a server's endpoints presented in the crawl's regular visits. */
export const readCertificates = Effect.fnUntraced(function*(crawlId: number, serverId: number) {
  const database = yield* Database
  return yield* database.rows(
    ServerDetail.fields.certificates.value,
    `WITH ${memberSql}
    SELECT DISTINCT x.sha256, x.spki_sha256 AS "spkiSha256", x.subject, x.issuer, x.valid_from AS "validFrom", x.valid_to AS "validTo",
      list_concat(x.san_dns, x.san_ip) AS names, x.self_signed AS "selfSigned", x.key_type AS "keyType"
    FROM member m
    JOIN visit v ON v.crawl_id = $crawl_id AND v.endpoint_id = m.endpoint_id AND v.kind = 'regular'
    JOIN tls_session t USING (visit_id)
    JOIN certificate x ON x.sha256 = t.certificate_sha256
    WHERE m.server_id = $server_id ORDER BY x.sha256`,
    { crawl_id: crawlId, server_id: serverId }
  )
})
