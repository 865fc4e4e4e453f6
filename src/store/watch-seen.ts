import { Schema } from "effect"
import type { Endpoint } from "../domain/endpoint.ts"
import type { Answering } from "../domain/watch.ts"
import { endpointFields } from "./endpoint-row.ts"

/** Rows and queries of what was seen of watched endpoints: how they stand, looks, silences, listings, identities. */

const State = Schema.Literals(["up", "down", "unknown"])

/** What of an endpoint can change while it is watched. */
export const IdentityKind = Schema.Literals(["key", "certificate", "address", "software"])

export const StandingRow = Schema.Struct({
  ...endpointFields,
  seen_ms: Schema.Int,
  due_ms: Schema.Int,
  state: State,
  reason: Schema.NullOr(Schema.String),
  down_since_ms: Schema.NullOr(Schema.Int)
})

/** How a watched endpoint stands, as stored. Times in milliseconds since 1970. */
export interface StoredStanding {
  readonly endpoint: Endpoint
  readonly at: number
  readonly dueAt: number
  readonly state: Answering
  readonly reason: string | null
  readonly downSince: number | null
}

export const standingsQuery = `
WITH mine AS (
  SELECT s.*, s.rowid AS place FROM sighting s JOIN crawl c USING (crawl_id) WHERE c.network = $network AND c.vantage = $vantage
), up AS (
  SELECT endpoint_id, max(seen_at) AS at FROM mine WHERE state = 'up' GROUP BY endpoint_id
), down AS (
  SELECT m.endpoint_id, min(m.seen_at) AS since
  FROM mine m LEFT JOIN up USING (endpoint_id)
  WHERE m.state = 'down' AND (up.at IS NULL OR m.seen_at >= up.at)
  GROUP BY m.endpoint_id
)
SELECT e.host, e.port, e.transport, e.network_class, epoch_ms(m.seen_at) AS seen_ms, epoch_ms(m.due_at) AS due_ms,
  m.state, m.reason, CASE WHEN m.state <> 'up' THEN epoch_ms(d.since) END AS down_since_ms
FROM mine m JOIN endpoint e USING (endpoint_id) LEFT JOIN down d USING (endpoint_id)
-- As they were stored: the date of the one before may be that of a clock that was wrong.
QUALIFY row_number() OVER (PARTITION BY m.endpoint_id ORDER BY m.place DESC) = 1
ORDER BY e.endpoint_key`

export const LookRow = Schema.Struct({
  endpoint_key: Schema.String,
  seen_ms: Schema.Array(Schema.Int),
  due_ms: Schema.Array(Schema.Int),
  states: Schema.Array(State),
  reasons: Schema.Array(Schema.NullOr(Schema.String)),
  ways: Schema.Array(Schema.Literals(["visit", "held"])),
  asn: Schema.NullOr(Schema.Int),
  country: Schema.NullOr(Schema.String)
})

/** All looks at one endpoint between two times, in columns, with where it is. */
export type StoredLooks = typeof LookRow.Type

export const looksQuery = `
WITH mine AS (
  SELECT s.*, s.rowid AS place FROM sighting s JOIN crawl c USING (crawl_id)
  WHERE c.network = $network AND c.vantage = $vantage AND s.seen_at BETWEEN $since AND $until
), placed AS (
  SELECT p.endpoint_id, p.asn, coalesce(p.country_located, p.country_registered) AS country
  FROM endpoint_place p JOIN latest_crawl l USING (crawl_id) WHERE l.network = $network
)
SELECT e.endpoint_key,
  list(epoch_ms(m.seen_at) ORDER BY m.seen_at, m.place) AS seen_ms,
  list(epoch_ms(m.due_at) ORDER BY m.seen_at, m.place) AS due_ms,
  list(m.state ORDER BY m.seen_at, m.place) AS states,
  list(m.reason ORDER BY m.seen_at, m.place) AS reasons,
  list(m.way ORDER BY m.seen_at, m.place) AS ways,
  any_value(try_cast(p.asn AS INTEGER)) AS asn, any_value(p.country) AS country
FROM mine m JOIN endpoint e USING (endpoint_id) LEFT JOIN placed p USING (endpoint_id)
GROUP BY e.endpoint_key ORDER BY e.endpoint_key`

export const SilenceRow = Schema.Struct({
  endpoint_key: Schema.String,
  up_ms: Schema.Int,
  down_ms: Schema.Int,
  reason: Schema.NullOr(Schema.String),
  cause: Schema.NullOr(Schema.String)
})

/** Of events, not of looks: these may have left the database. */
export const silencesQuery = `
SELECT e.endpoint_key, epoch_ms(w.earliest) AS up_ms, epoch_ms(w.latest) AS down_ms, w.value_after AS reason, w.cause
FROM watch_event w JOIN endpoint e USING (endpoint_id)
WHERE w.network = $network AND w.vantage = $vantage AND w.kind IN ('went silent', 'came back', 'restarted') AND w.earliest < $since
QUALIFY row_number() OVER (PARTITION BY w.endpoint_id ORDER BY w.earliest DESC, w.latest DESC) = 1 AND w.kind = 'went silent'
ORDER BY e.endpoint_key`

export const ListingRow = Schema.Struct({ endpoint_key: Schema.String, started_ms: Schema.Int, ended_ms: Schema.Int, listers: Schema.Int })

export const listingsQuery = `
WITH done AS (
  SELECT crawl_id, started_at, ended_at FROM crawl
  WHERE network = $network AND vantage = $vantage AND kind = 'crawl' AND state = 'finished'
    AND ended_at >= $since
), named AS (
  SELECT crawl_id, to_host AS host, count(DISTINCT from_host)::INTEGER AS listers FROM peer_edge
  WHERE crawl_id IN (SELECT crawl_id FROM done) AND from_host <> to_host AND times_seen > 0
  GROUP BY ALL
)
SELECT e.endpoint_key, epoch_ms(d.started_at) AS started_ms, epoch_ms(d.ended_at) AS ended_ms, coalesce(n.listers, 0) AS listers
FROM (SELECT DISTINCT s.endpoint_id FROM sighting s JOIN crawl c USING (crawl_id) WHERE c.network = $network AND c.vantage = $vantage) w
JOIN endpoint e USING (endpoint_id)
CROSS JOIN done d
LEFT JOIN named n ON n.crawl_id = d.crawl_id AND n.host = e.host
ORDER BY e.endpoint_key, d.ended_at`

export const IdentityRow = Schema.Struct({
  endpoint_key: Schema.String,
  kind: IdentityKind,
  value: Schema.String,
  at_ms: Schema.Int
})

export const identitiesQuery = `
WITH seen AS (
  SELECT e.endpoint_key, v.started_at, v.address, v.addresses, v.software, t.certificate_sha256, k.spki_sha256
  FROM visit v JOIN crawl c USING (crawl_id) JOIN endpoint e USING (endpoint_id)
  LEFT JOIN tls_session t USING (visit_id)
  LEFT JOIN certificate k ON k.sha256 = t.certificate_sha256
  WHERE c.network = $network AND c.vantage = $vantage AND v.started_at >= $since
    AND v.kind IN ('regular', 'revisit', 'held') AND v.outcome = 'answered'
    AND v.endpoint_id IN (SELECT endpoint_id FROM sighting)
)
SELECT endpoint_key, 'key' AS kind, spki_sha256 AS value, epoch_ms(started_at) AS at_ms FROM seen WHERE spki_sha256 IS NOT NULL
UNION ALL SELECT endpoint_key, 'certificate', certificate_sha256, epoch_ms(started_at) FROM seen WHERE certificate_sha256 IS NOT NULL
UNION ALL SELECT endpoint_key, 'software', software, epoch_ms(started_at) FROM seen WHERE software IS NOT NULL
UNION ALL SELECT endpoint_key, 'address', array_to_string(list_sort(addresses), ' '), epoch_ms(started_at) FROM seen WHERE len(addresses) > 0
ORDER BY at_ms, endpoint_key, kind`
