import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Option, Schema } from "effect"
import { NotVisitedReason, VisitReason } from "../domain/reason.ts"
import { endpointFields, endpointOf } from "./endpoint-row.ts"
import type { CrawlId, LedgerFact } from "./facts.ts"
import { readManyRows, readRows } from "./read-rows.ts"
import type { JoinRow, KnownEndpoint, ResumableCrawl } from "./store.ts"
import type { StoreError } from "./store-error.ts"

const Millis = Schema.Int

const UnfinishedRow = Schema.Struct({
  crawl_id: Schema.Int,
  network: Schema.String,
  started_ms: Millis,
  settings: Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
})

const KnownRow = Schema.Struct({
  ...endpointFields,
  state: Schema.Literals(["parked", "due", "visited", "not visited"]),
  reason: Schema.NullOr(NotVisitedReason),
  detail: Schema.NullOr(Schema.String),
  sources: Schema.Int,
  by_seed: Schema.Boolean,
  addresses: Schema.Array(Schema.String),
  outcome: Schema.NullOr(Schema.Literals(["answered", "failed"])),
  visit_reason: Schema.NullOr(VisitReason),
  reachable: Schema.Boolean
})

/** The server of a visit answered `server.version`, on whatever chain; the view `crawl_endpoint` says the same. */
const answeredVersion = "software IS NOT NULL OR protocol IS NOT NULL OR outcome = 'answered'"

const knownEndpoints = `
WITH known AS (
  SELECT endpoint_id, min(sequence) AS first, arg_max(state, sequence) AS state,
    arg_max({reason: reason, detail: detail}, sequence) AS why
  FROM endpoint_state WHERE crawl_id = $crawlId GROUP BY endpoint_id
), said AS (
  SELECT DISTINCT source_id, advertisement_id FROM advertised WHERE crawl_id = $crawlId
), named AS (
  SELECT ae.endpoint_id, count(DISTINCT s.source_id) AS sources,
    bool_or(s.kind NOT IN ('server', 'features')) AS by_seed
  FROM said JOIN source s USING (source_id) JOIN advertisement_endpoint ae USING (advertisement_id)
  GROUP BY ae.endpoint_id
), located AS (
  SELECT host, list_sort(list(DISTINCT address)) AS addresses
  FROM advertisement
  WHERE address IS NOT NULL AND advertisement_id IN (SELECT advertisement_id FROM said)
  GROUP BY host
), visited AS (
  SELECT endpoint_id, any_value(outcome) AS outcome, any_value(reason) AS visit_reason,
    bool_or(${answeredVersion}) AS reachable
  FROM visit WHERE crawl_id = $crawlId AND kind = 'regular' GROUP BY endpoint_id
)
SELECT e.host, e.port, e.transport, e.network_class, k.state, k.why.reason AS reason, k.why.detail AS detail,
  coalesce(n.sources, 0) AS sources, coalesce(n.by_seed, false) AS by_seed,
  coalesce(l.addresses, []) AS addresses, v.outcome, v.visit_reason, coalesce(v.reachable, false) AS reachable
FROM known k
JOIN endpoint e USING (endpoint_id)
LEFT JOIN named n USING (endpoint_id)
LEFT JOIN located l ON l.host = e.host
LEFT JOIN visited v USING (endpoint_id)
ORDER BY k.first`

/** The newest unfinished crawl of a network, with what its tables know. */
export const readResumable = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  network: string
): Effect.fn.Return<Option.Option<ResumableCrawl>, StoreError> {
  const [crawl] = yield* readRows(
    connection,
    UnfinishedRow,
    `SELECT crawl_id, network, epoch_ms(started_at) AS started_ms, settings
     FROM crawl
     WHERE network = $network AND kind = 'crawl' AND state IN ('running', 'interrupted', 'failed')
     ORDER BY crawl_id DESC LIMIT 1`,
    { network }
  )
  if (crawl === undefined) return Option.none()
  const rows = yield* readRows(connection, KnownRow, knownEndpoints, { crawlId: crawl.crawl_id })
  return Option.some({
    crawlId: crawl.crawl_id,
    network: crawl.network,
    startedAt: crawl.started_ms,
    settings: crawl.settings,
    endpoints: rows.map((row): KnownEndpoint => ({
      endpoint: endpointOf(row),
      state: row.state,
      reason: row.reason,
      detail: row.detail,
      sources: row.sources,
      namedBySeed: row.by_seed,
      announcedAddresses: row.addresses,
      outcome: row.outcome,
      visitReason: row.visit_reason,
      reachable: row.reachable
    }))
  })
})

const LedgerRow = Schema.Struct({
  target: Schema.String,
  booked_ms: Millis,
  balance: Schema.Finite,
  back_off_ms: Schema.NullOr(Millis),
  reason: Schema.NullOr(VisitReason)
})

/** The newest booking of each target. */
export const readLedger = Effect.fnUntraced(function*(
  connection: DuckDBConnection,
  vantage: string
): Effect.fn.Return<ReadonlyArray<Omit<LedgerFact, "_tag">>, StoreError> {
  const rows = yield* readRows(
    connection,
    LedgerRow,
    `SELECT target, epoch_ms(booked_at) AS booked_ms, balance, epoch_ms(back_off_until) AS back_off_ms, reason
     FROM cost_ledger WHERE vantage = $vantage
     QUALIFY row_number() OVER (PARTITION BY target ORDER BY booked_at DESC, rowid DESC) = 1
     ORDER BY target`,
    { vantage }
  )
  return rows.map((row) => ({
    target: row.target,
    at: row.booked_ms,
    balance: row.balance,
    backOffUntil: row.back_off_ms,
    reason: row.reason
  }))
})

const Port = Schema.NullOr(Schema.Finite)

const JoinRowRow = Schema.Struct({
  ...endpointFields,
  visit_ms: Schema.NullOr(Millis),
  reachable: Schema.Boolean,
  chain: Schema.NullOr(Schema.String),
  address: Schema.NullOr(Schema.String),
  certificate_sha256: Schema.NullOr(Schema.String),
  features_key: Schema.NullOr(Schema.String),
  features_hosts: Schema.NullOr(Schema.fromJsonString(Schema.Array(Schema.Struct({
    host: Schema.String,
    tcpPort: Port,
    tlsPort: Port,
    wsPort: Port,
    wssPort: Port
  }))))
})

/** All endpoints of a crawl with what server joining looks at, each with its newest visit, in the order they became known to the file. */
export const readJoinRows = (
  connection: DuckDBConnection,
  crawlId: CrawlId
): Effect.Effect<ReadonlyArray<JoinRow>, StoreError> =>
  readManyRows(
    connection,
    JoinRowRow,
    `SELECT e.host, e.port, e.transport, e.network_class, epoch_ms(v.started_at) AS visit_ms,
       coalesce(${answeredVersion}, false) AS reachable,
       v.chain, v.address, t.certificate_sha256, v.features_key, v.features_hosts
     FROM (
       SELECT endpoint_id, max(visit_id) AS visit_id FROM (
         SELECT endpoint_id, NULL AS visit_id FROM endpoint_state WHERE crawl_id = $crawlId
         UNION ALL SELECT endpoint_id, visit_id FROM visit WHERE crawl_id = $crawlId AND kind = 'regular'
       ) GROUP BY endpoint_id
     ) known
     JOIN endpoint e USING (endpoint_id)
     LEFT JOIN visit v ON v.visit_id = known.visit_id
     LEFT JOIN tls_session t ON t.visit_id = known.visit_id
     ORDER BY known.endpoint_id`,
    { crawlId },
    (row): JoinRow => ({
      endpoint: endpointOf(row),
      visitStartedAt: row.visit_ms,
      reachable: row.reachable,
      chain: row.chain,
      address: row.address,
      certificateSha256: row.certificate_sha256,
      featuresKey: row.features_key,
      claimedHosts: row.features_hosts ?? []
    })
  )
