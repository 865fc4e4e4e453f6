import type { DuckDBValue } from "@duckdb/node-api"
import type { PendingAlert, WatchEvent } from "../domain/watch.ts"
import { timestamp } from "./to-duckdb.ts"

/** Whose watch it is. */
export interface WatchOf {
  readonly network: string
  readonly vantage: string
}

/** A row of `reliability`, as it is written. */
export interface ReliabilityRecord {
  readonly endpoint: string
  readonly window: string
  readonly share: number | null
  readonly evidence: number
}

/** What follows from looks, sessions and visits, and takes the place of what was worked out before. */
export interface Derived {
  /** When it was worked out. */
  readonly at: number
  /** Events with a `latest` at or after this time are all among these. */
  readonly eventsSince: number
  readonly events: ReadonlyArray<WatchEvent>
  readonly reliability: ReadonlyArray<ReliabilityRecord>
  readonly identities: ReadonlyArray<{
    readonly endpoint: string
    readonly kind: string
    readonly value: string
    readonly first: number
    readonly last: number
    readonly sightings: number
  }>
}

const eventShape = JSON.stringify([{
  endpoint: "VARCHAR", kind: "VARCHAR", earliest: "BIGINT", latest: "BIGINT",
  before: "VARCHAR", after: "VARCHAR", cause: "VARCHAR", detail: "VARCHAR"
}])

const reliabilityShape = JSON.stringify([{ endpoint: "VARCHAR", window: "VARCHAR", share: "DOUBLE", evidence: "DOUBLE" }])

const intervalShape = JSON.stringify([{
  endpoint: "VARCHAR", kind: "VARCHAR", value: "VARCHAR", first: "BIGINT", last: "BIGINT", sightings: "INTEGER"
}])

const rowsOf = (shape: string): string => `(SELECT unnest(row) FROM (SELECT unnest(from_json($rows, '${shape}')) AS row)) r`

/** Three windows back a look counts five per cent; older ones are no longer counted as seen. Windows as `reliabilityWindows` of the watch has them. */
const sightingCounts = `
SELECT endpoint_id,
  count(*) FILTER (seen_at > $at - INTERVAL 6 HOURS) AS "2 hours",
  count(*) FILTER (seen_at > $at - INTERVAL 1 DAY) AS "8 hours",
  count(*) FILTER (seen_at > $at - INTERVAL 3 DAYS) AS "1 day",
  count(*) FILTER (seen_at > $at - INTERVAL 21 DAYS) AS "1 week",
  count(*) AS "1 month"
FROM sighting WHERE seen_at > $at - INTERVAL 90 DAYS GROUP BY endpoint_id`

type Statement = readonly [sql: string, parameters: Record<string, DuckDBValue>]

/** The statements that put what was worked out in place of what was there of it, in tables `watch_event`, `reliability` and `identity_interval`, and what is to be sent of it beside what still is. */
export const derivedStatements = (
  { network, vantage }: WatchOf,
  derived: Derived,
  alerts: ReadonlyArray<PendingAlert>
): ReadonlyArray<Statement> => {
  const of = { network, vantage }
  const mine = "network = $network AND vantage = $vantage"
  return [
    [`DELETE FROM watch_event WHERE ${mine} AND latest >= $since`, { ...of, since: timestamp(derived.eventsSince) }],
    [
      `INSERT INTO watch_event BY NAME SELECT $network AS network, $vantage AS vantage, e.endpoint_id, r.kind,
         make_timestamp_ms(r.earliest) AS earliest, make_timestamp_ms(r.latest) AS latest,
         r.before AS value_before, r.after AS value_after, r.cause, r.detail
       FROM ${rowsOf(eventShape)} LEFT JOIN endpoint e ON e.endpoint_key = r.endpoint`,
      { ...of, rows: JSON.stringify(derived.events.map((event) => ({
        ...event,
        earliest: Math.round(event.earliest),
        latest: Math.round(event.latest),
        detail: event.detail === null ? null : JSON.stringify(event.detail)
      }))) }
    ],
    [`DELETE FROM reliability WHERE ${mine} AND day = CAST($at AS DATE)`, { ...of, at: timestamp(derived.at) }],
    [
      `INSERT INTO reliability BY NAME
       WITH counted AS (UNPIVOT (${sightingCounts}) ON "2 hours", "8 hours", "1 day", "1 week", "1 month" INTO NAME time_window VALUE sightings)
       SELECT $network AS network, $vantage AS vantage, e.endpoint_id, CAST($at AS DATE) AS day,
         $at AS computed_at, r.window AS time_window, r.share, r.evidence, coalesce(c.sightings, 0)::INTEGER AS sightings
       FROM ${rowsOf(reliabilityShape)} JOIN endpoint e ON e.endpoint_key = r.endpoint
       LEFT JOIN counted c ON c.endpoint_id = e.endpoint_id AND c.time_window = r.window`,
      { ...of, at: timestamp(derived.at), rows: JSON.stringify(derived.reliability) }
    ],
    [`DELETE FROM identity_interval WHERE ${mine}`, of],
    [
      `INSERT INTO identity_interval BY NAME SELECT $network AS network, $vantage AS vantage, e.endpoint_id, r.kind, r.value,
         make_timestamp_ms(r.first) AS first_seen, make_timestamp_ms(r.last) AS last_seen, r.sightings
       FROM ${rowsOf(intervalShape)} JOIN endpoint e ON e.endpoint_key = r.endpoint`,
      { ...of, rows: JSON.stringify(derived.identities) }
    ],
    [`DELETE FROM alert_pending WHERE ${mine} AND created_at < $since`, { ...of, since: timestamp(derived.eventsSince) }],
    ...alerts.map(({ body, id, target }): Statement => [
      "INSERT INTO alert_pending BY NAME SELECT $network AS network, $vantage AS vantage, $id AS alert_id, $target AS target, $at AS created_at, $body AS body",
      { ...of, id, target, body, at: timestamp(derived.at) }
    ])
  ]
}
