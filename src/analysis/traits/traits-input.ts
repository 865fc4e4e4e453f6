import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import type { AnalysedCrawl } from "../analysis-input.ts"
import { strange } from "../strange-visits.ts"

/** Servers whose traits are compared: confirmed, and of the crawl's own chain. */
const compared = `
  SELECT crawl_id, server_id FROM server
  WHERE crawl_id = $crawl_id AND confirmed AND coalesce(chain, $network) = $network`

/** Visits of theirs that were answered; those that showed another chain say nothing about them. */
const answered = `
  SELECT s.server_id, v.*
  FROM (${compared}) s
  JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id
  JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
  WHERE v.chain_verdict IS DISTINCT FROM 'other'
    AND (v.software IS NOT NULL OR v.protocol IS NOT NULL OR v.outcome = 'answered')`

const Text = Schema.NullOr(Schema.String)
const Count = Schema.NullOr(Schema.Int)
const Fee = Schema.NullOr(Schema.Finite)

const claims = `from_json(v.features_hosts, '[{"host":"VARCHAR","tcpPort":"BIGINT","tlsPort":"BIGINT","wsPort":"BIGINT","wssPort":"BIGINT"}]')`

const ServerRow = Schema.Struct({ server_id: Schema.Int })

const VisitRow = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.Literals(["tcp", "tls", "ws", "wss"]),
  address: Text,
  addresses: Schema.Array(Schema.String),
  banner: Text,
  banner_octets: Text,
  donation_address: Text,
  hosts: Schema.NullOr(Schema.Array(Schema.Struct({
    host: Text,
    tcpPort: Count,
    tlsPort: Count,
    wsPort: Count,
    wssPort: Count
  })))
})
export type VisitRow = typeof VisitRow.Type

const CertificateRow = Schema.Struct({
  server_id: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  sha256: Schema.String,
  spki_sha256: Schema.String,
  subject: Schema.String,
  issuer: Schema.String,
  serial: Schema.String,
  self_signed: Schema.Boolean,
  trusted: Schema.Boolean,
  valid_from: Fee,
  valid_to: Fee,
  names: Schema.Array(Schema.String),
  sni: Text,
  claimed: Schema.Array(Text)
})
export type CertificateRow = typeof CertificateRow.Type

const SoftwareRow = Schema.Struct({
  server_id: Schema.Int,
  implementation: Text,
  version_range: Text,
  fingerprint: Text,
  proxy: Schema.NullOr(Schema.Array(Schema.String))
})
export type SoftwareRow = typeof SoftwareRow.Type

const PlaceRow = Schema.Struct({ address: Schema.String, asn: Count, cloud_provider: Text, country: Text })
export type PlaceRow = typeof PlaceRow.Type

const HostRow = Schema.Struct({ host: Schema.String, addresses: Schema.Array(Schema.String) })

const ReadingRow = Schema.Struct({
  server_id: Schema.Int,
  snapshot_id: Schema.Int,
  implementation: Text,
  tip_height: Count,
  tip_hash: Schema.String,
  fee_targets: Schema.Array(Schema.Int),
  fees: Schema.Array(Fee),
  histogram_text: Text,
  /** JSON of ours, read where it is used: bins of tens of thousands of readings are millions of numbers. */
  histogram: Text,
  relay_fee: Fee
})
export type ReadingRow = typeof ReadingRow.Type

const ListRow = Schema.Struct({ server_id: Schema.Int, seen_share: Schema.Finite, lists_itself: Schema.Boolean })
const FeeRow = Schema.Struct({ server_id: Schema.Int, relay_fee: Schema.Finite })

const WatchedRow = Schema.Struct({ server_id: Schema.Int, from_ms: Schema.Finite, to_ms: Schema.Finite })
const TipArrivalRow = Schema.Struct({ server_id: Schema.Int, run_id: Schema.Int, height: Schema.Int, block_hash: Schema.String, steady_ms: Schema.Finite })
const WatchEventRow = Schema.Struct({
  server_id: Schema.Int, kind: Schema.String, earliest_ms: Schema.Finite, latest_ms: Schema.Finite, value_before: Text, value_after: Text
})
const WatchedSoftwareRow = Schema.Struct({ server_id: Schema.Int, value: Schema.String, first_ms: Schema.Finite, last_ms: Schema.Finite })

/** Endpoints by which a watch from the crawl's vantage saw the servers. */
const watchedEndpoints = `
  SELECT s.server_id, se.endpoint_id, c.vantage, c.network
  FROM (${compared}) s
  JOIN crawl c ON c.crawl_id = s.crawl_id
  JOIN server_endpoint se ON se.crawl_id = s.crawl_id AND se.server_id = s.server_id`

/** What a watch saw until the day that is counted with the crawl, at the most a month of it. */
const readWatchRows = Effect.fnUntraced(function*(of: { readonly crawl_id: number; readonly network: string }) {
  const database = yield* Database
  const lately = (time: string, table: string) =>
    `x.crawl_id <= $crawl_id AND x.${time} > (SELECT max(${time}) FROM ${table} WHERE crawl_id <= $crawl_id) - INTERVAL 30 DAYS`
  const watched = yield* database.rows(
    WatchedRow,
    `SELECT w.server_id, epoch_ms(min(x.seen_at))::DOUBLE AS from_ms, epoch_ms(max(x.seen_at))::DOUBLE AS to_ms
    FROM (${watchedEndpoints}) w JOIN sighting x ON x.endpoint_id = w.endpoint_id
    WHERE ${lately("seen_at", "sighting")}
    GROUP BY w.server_id ORDER BY w.server_id`,
    of
  )
  if (watched.length === 0) return { watched, arrivals: [], events: [], software: [] }
  const arrivals = yield* database.rows(
    TipArrivalRow,
    `SELECT w.server_id, x.run_id, x.height, x.block_hash, x.steady_ms
    FROM (${watchedEndpoints}) w JOIN tip_arrival x ON x.endpoint_id = w.endpoint_id
    WHERE ${lately("arrived_at", "tip_arrival")}
    ORDER BY w.server_id, x.arrived_at, x.block_hash`,
    of
  )
  const events = yield* database.rows(
    WatchEventRow,
    `SELECT w.server_id, x.kind, epoch_ms(x.earliest)::DOUBLE AS earliest_ms, epoch_ms(x.latest)::DOUBLE AS latest_ms, x.value_before, x.value_after
    FROM (${watchedEndpoints}) w
    JOIN watch_event x ON x.endpoint_id = w.endpoint_id AND x.network = w.network AND x.vantage = w.vantage
    WHERE x.cause IS NULL AND x.latest > (SELECT max(latest) FROM watch_event) - INTERVAL 30 DAYS
    ORDER BY w.server_id, x.latest, x.kind`,
    of
  )
  const software = yield* database.rows(
    WatchedSoftwareRow,
    `SELECT w.server_id, x.value, epoch_ms(x.first_seen)::DOUBLE AS first_ms, epoch_ms(x.last_seen)::DOUBLE AS last_ms
    FROM (${watchedEndpoints}) w
    JOIN identity_interval x ON x.endpoint_id = w.endpoint_id AND x.network = w.network AND x.vantage = w.vantage
    WHERE x.kind = 'software' AND x.last_seen > (SELECT max(last_seen) FROM identity_interval) - INTERVAL 30 DAYS
    ORDER BY w.server_id, x.first_seen, x.value`,
    of
  )
  return { watched, arrivals, events, software }
})

/** The rows that traits are made of: one query a table, ordered, so that traits do not depend on how rows lie in the file. */
export const readTraitRows = Effect.fnUntraced(function*(crawl: AnalysedCrawl) {
  const database = yield* Database
  const of = { crawl_id: crawl.crawl_id, network: crawl.network }
  const servers = database.rows(ServerRow, `SELECT server_id FROM (${compared}) ORDER BY server_id`, of)
  const visits = database.rows(
    VisitRow,
    `SELECT v.server_id, e.host, e.port, e.transport, v.address, v.addresses, v.banner, v.banner_octets, v.donation_address,
      ${claims} AS hosts
    FROM (${answered}) v JOIN endpoint e ON e.endpoint_id = v.endpoint_id
    ORDER BY v.server_id, v.endpoint_id, v.visit_id`,
    of
  )
  const certificates = database.rows(
    CertificateRow,
    `SELECT v.server_id, e.host, e.port, x.sha256, x.spki_sha256, x.subject, x.issuer, x.serial, x.self_signed,
      t.verify_error IS NULL AND NOT x.self_signed AS trusted,
      epoch_ms(x.valid_from)::DOUBLE AS valid_from, epoch_ms(x.valid_to)::DOUBLE AS valid_to,
      list_concat(x.san_dns, x.san_ip) AS names, t.sni,
      list_transform(coalesce(${claims}, []), lambda claim: claim.host) AS claimed
    FROM (${answered}) v
    JOIN endpoint e ON e.endpoint_id = v.endpoint_id
    JOIN tls_session t ON t.visit_id = v.visit_id
    JOIN certificate x ON x.sha256 = t.certificate_sha256
    ORDER BY v.server_id, v.endpoint_id, v.visit_id`,
    of
  )
  const software = database.rows(
    SoftwareRow,
    `SELECT v.server_id, i.implementation, i.version_range, d.fingerprint_recipe || ' ' || i.fingerprint_hash AS fingerprint, i.proxy
    FROM (${answered}) v
    JOIN endpoint_identification i ON i.visit_id = v.visit_id
    JOIN identification d ON d.visit_id = v.visit_id
    WHERE i.crawl_id = $crawl_id
    ORDER BY v.server_id, v.endpoint_id, v.visit_id`,
    of
  )
  const places = database.rows(
    PlaceRow,
    `SELECT address, asn, cloud_provider, coalesce(country_located, country_registered) AS country
    FROM address_facts WHERE network = $network`,
    { network: crawl.network }
  )
  const hosts = database.rows(
    HostRow,
    "SELECT host, addresses FROM host_address WHERE network = $network AND len(addresses) > 0",
    { network: crawl.network }
  )
  const readings = database.rows(
    ReadingRow,
    `WITH ${strange}
    SELECT r.server_id, r.snapshot_id, r.implementation, r.tip_height, r.tip_hash, r.fee_targets, r.fees, r.histogram_text,
      CAST(r.histogram AS VARCHAR) AS histogram,
      coalesce(r.min_relay_fee, r.relay_fee) AS relay_fee
    FROM snapshot p
    JOIN snapshot_reading r ON r.snapshot_id = p.snapshot_id
    JOIN (${compared}) s ON s.server_id = r.server_id
    ANTI JOIN strange x ON x.server_id = r.server_id AND x.visit_id = r.visit_id
    WHERE p.servers_of = $crawl_id AND p.state = 'kept' AND r.state = 'compared' AND r.tip_hash IS NOT NULL
    ORDER BY r.server_id, r.snapshot_id`,
    of
  )
  const lists = database.rows(
    ListRow,
    `SELECT v.server_id, max(1 - coalesce(least(1, greatest(0, p.unseen_mass)), 0))::DOUBLE AS seen_share,
      v.server_id IN (
        SELECT from_server_id FROM peer_edge
        WHERE crawl_id = $crawl_id AND from_server_id = to_server_id AND times_seen > 0
      ) AS lists_itself
    FROM (${answered}) v JOIN peers_reply p ON p.visit_id = v.visit_id
    WHERE p.distinct_entries > 0
    GROUP BY v.server_id`,
    of
  )
  const relayFees = database.rows(
    FeeRow,
    `SELECT v.server_id, arg_max(TRY_CAST(o.value AS DOUBLE), v.visit_id) AS relay_fee
    FROM (${answered}) v JOIN observation o ON o.visit_id = v.visit_id
    WHERE o.method = 'blockchain.relayfee' AND o.outcome = 'ok' AND TRY_CAST(o.value AS DOUBLE) BETWEEN 0 AND 1e6
    GROUP BY v.server_id`,
    of
  )
  const watch = readWatchRows(of)
  // As many at a time as the database has connections.
  return yield* Effect.all({ servers, visits, certificates, software, places, hosts, readings, lists, relayFees, watch }, { concurrency: "unbounded" })
})

/** What `readTraitRows` reads. */
export type TraitRows = Effect.Success<ReturnType<typeof readTraitRows>>
