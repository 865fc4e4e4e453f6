import type { DuckDBValue } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { Endpoint } from "../domain/endpoint.ts"
import type { Answering, PendingAlert } from "../domain/watch.ts"
import { endpointFields, endpointOf } from "./endpoint-row.ts"
import { readRows } from "./read-rows.ts"
import type { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"
import { together } from "./together.ts"
import { type Derived, derivedStatements, type WatchOf } from "./watch-derived.ts"
import type { Writer } from "./writer.ts"

export interface WatchRunStart extends WatchOf {
  readonly startedAt: number
  readonly anchor: number
  readonly timeScale: number
  readonly settings: Record<string, unknown>
}

/** How time passed in the latest run of a watch. */
export interface LatestRun {
  /** Milliseconds since 1970. */
  readonly anchor: number
  readonly timeScale: number
}

const State = Schema.Literals(["up", "down", "unknown"])

const IdentityKind = Schema.Literals(["key", "certificate", "address", "software"])

const StandingRow = Schema.Struct({
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

const LookRow = Schema.Struct({
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

const IdentityRow = Schema.Struct({
  endpoint_key: Schema.String,
  kind: IdentityKind,
  value: Schema.String,
  at_ms: Schema.Int
})

const ListingRow = Schema.Struct({ endpoint_key: Schema.String, started_ms: Schema.Int, ended_ms: Schema.Int, listers: Schema.Int })

const listingsQuery = `
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

const IntervalRow = Schema.Struct({
  endpoint_key: Schema.String,
  kind: IdentityKind,
  value: Schema.String,
  first_ms: Schema.Int,
  last_ms: Schema.Int,
  sightings: Schema.Int
})

const ReliabilityRow = Schema.Struct({
  endpoint_key: Schema.String,
  time_window: Schema.String,
  at_ms: Schema.Int,
  share: Schema.NullOr(Schema.Finite),
  evidence: Schema.Finite
})

const SilenceRow = Schema.Struct({
  endpoint_key: Schema.String,
  up_ms: Schema.Int,
  down_ms: Schema.Int,
  reason: Schema.NullOr(Schema.String),
  cause: Schema.NullOr(Schema.String)
})

const EventRow = Schema.Struct({
  endpoint: Schema.NullOr(Schema.String),
  kind: Schema.String,
  earliest: Schema.Int,
  after: Schema.NullOr(Schema.String)
})

const AlertRow = Schema.Struct({ id: Schema.String, target: Schema.Literals(["webhook", "command"]), body: Schema.String })

/** Of events, not of looks: these may have left the database. */
const silencesQuery = `
SELECT e.endpoint_key, epoch_ms(w.earliest) AS up_ms, epoch_ms(w.latest) AS down_ms, w.value_after AS reason, w.cause
FROM watch_event w JOIN endpoint e USING (endpoint_id)
WHERE w.network = $network AND w.vantage = $vantage AND w.kind IN ('went silent', 'came back', 'restarted') AND w.earliest < $since
QUALIFY row_number() OVER (PARTITION BY w.endpoint_id ORDER BY w.earliest DESC, w.latest DESC) = 1 AND w.kind = 'went silent'
ORDER BY e.endpoint_key`

/** What a watch reads and writes beside facts. */
export interface WatchRecords {
  /** Begins a run; one that was killed is closed at the latest of what is stored of it. */
  readonly start: (run: WatchRunStart) => Effect.Effect<number, StoreError>
  readonly end: (runId: number, at: number) => Effect.Effect<void, StoreError>
  readonly latestRun: (of: WatchOf) => Effect.Effect<LatestRun | null, StoreError>
  /** The crawl with which looks are counted that are made now: the newest that is over, or null. */
  readonly latestCrawl: (of: WatchOf) => Effect.Effect<{ readonly crawlId: number; readonly startedAt: number; readonly isAnalysed: boolean } | null, StoreError>
  /** Keys of the endpoints of each server that the latest finished crawl joined, by its number. */
  readonly members: (network: string) => Effect.Effect<ReadonlyMap<number, ReadonlyArray<string>>, StoreError>
  readonly standings: (of: WatchOf) => Effect.Effect<ReadonlyArray<StoredStanding>, StoreError>
  readonly looks: (of: WatchOf, since: number, until: number) => Effect.Effect<ReadonlyArray<StoredLooks>, StoreError>
  /** Of each server that had been silent when a time began: between which looks that began. */
  readonly silences: (of: WatchOf, since: number) => Effect.Effect<ReadonlyArray<typeof SilenceRow.Type>, StoreError>
  /** In how many servers' lists each watched server's host was, crawl by crawl, of crawls that ended since a time. */
  readonly listings: (of: WatchOf, since: number) => Effect.Effect<ReadonlyArray<typeof ListingRow.Type>, StoreError>
  /** What visits showed since a time, in order. */
  readonly identitiesSeen: (of: WatchOf, since: number) => Effect.Effect<ReadonlyArray<typeof IdentityRow.Type>, StoreError>
  readonly intervals: (of: WatchOf) => Effect.Effect<ReadonlyArray<typeof IntervalRow.Type>, StoreError>
  /** The newest reliability of each endpoint and window, of days before the one given. */
  readonly reliabilityBefore: (of: WatchOf, at: number) => Effect.Effect<ReadonlyArray<typeof ReliabilityRow.Type>, StoreError>
  /** By what events are known again that were stored, of those that ended since a time. */
  readonly events: (of: WatchOf, since: number) => Effect.Effect<ReadonlyArray<typeof EventRow.Type>, StoreError>
  /** Stores what was worked out and what is to be sent of it: both or neither. */
  readonly saveDerived: (of: WatchOf, derived: Derived, alerts?: ReadonlyArray<PendingAlert>) => Effect.Effect<void, StoreError>
  /** What was not delivered yet, in the order in which it was stored. */
  readonly pendingAlerts: (of: WatchOf) => Effect.Effect<ReadonlyArray<PendingAlert>, StoreError>
  readonly alertDelivered: (of: WatchOf, alert: PendingAlert) => Effect.Effect<void, StoreError>
}

const standingsQuery = `
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

const looksQuery = `
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

const identitiesQuery = `
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

const NumberRow = Schema.Struct({ value: Schema.Int })

export const makeWatchRecords = (writer: Writer): WatchRecords => {
  const read = <A>(row: Schema.ConstraintDecoder<A>, sql: string, parameters: Record<string, DuckDBValue>) =>
    writer.exclusively((connection) => readRows(connection, row, sql, parameters))
  const only = ({ network, vantage }: WatchOf) => ({ network, vantage })
  return {
    start: Effect.fn("Store.watch.start")(function*(run) {
      const [next] = yield* read(NumberRow, "SELECT coalesce(max(run_id), 0) + 1 AS value FROM watch_run", {})
      yield* together(writer, [
        [
          `UPDATE watch_run SET state = 'killed', ended_at = greatest(started_at, (SELECT max(seen_at) FROM sighting s WHERE s.run_id = watch_run.run_id))
           WHERE state = 'running' AND network = $network AND vantage = $vantage`,
          only(run)
        ],
        [
          `INSERT INTO watch_run BY NAME SELECT $run_id AS run_id, $network AS network, $vantage AS vantage, $started_at AS started_at,
             NULL AS ended_at, 'running' AS state, $anchor AS anchor_at, $scale AS time_scale, $settings AS settings`,
          {
            ...only(run),
            run_id: next!.value,
            started_at: timestamp(run.startedAt),
            anchor: timestamp(run.anchor),
            scale: run.timeScale,
            settings: JSON.stringify(run.settings)
          }
        ]
      ])
      return next!.value
    }),
    end: Effect.fn("Store.watch.end")((runId, at) =>
      together(writer, [["UPDATE watch_run SET state = 'ended', ended_at = $at WHERE run_id = $runId", { runId, at: timestamp(at) }]])),
    latestRun: Effect.fn("Store.watch.latestRun")(function*(of) {
      const [row] = yield* read(
        Schema.Struct({ anchor_ms: Schema.Int, time_scale: Schema.Finite }),
        "SELECT epoch_ms(anchor_at) AS anchor_ms, time_scale FROM watch_run WHERE network = $network AND vantage = $vantage ORDER BY run_id DESC LIMIT 1",
        only(of)
      )
      return row === undefined ? null : { anchor: row.anchor_ms, timeScale: row.time_scale }
    }),
    latestCrawl: Effect.fn("Store.watch.latestCrawl")(function*(of) {
      const [row] = yield* read(
        Schema.Struct({ crawl_id: Schema.Int, started_ms: Schema.Int, is_analysed: Schema.Boolean }),
        `SELECT crawl_id, epoch_ms(started_at) AS started_ms, crawl_id IN (SELECT crawl_id FROM analysis_run) AS is_analysed FROM crawl
         WHERE network = $network AND vantage = $vantage AND kind = 'crawl' AND state = 'finished'
         ORDER BY crawl_id DESC LIMIT 1`,
        only(of)
      )
      return row === undefined ? null : { crawlId: row.crawl_id, startedAt: row.started_ms, isAnalysed: row.is_analysed }
    }),
    members: Effect.fn("Store.watch.members")((network) => Effect.map(
      read(
        Schema.Struct({ server_id: Schema.Int, endpoint_key: Schema.String }),
        `SELECT se.server_id, e.endpoint_key FROM latest_crawl l JOIN server_endpoint se USING (crawl_id) JOIN endpoint e USING (endpoint_id)
         WHERE l.network = $network ORDER BY e.endpoint_key`,
        { network }
      ),
      (rows) => new Map([...Map.groupBy(rows, (row) => row.server_id)].map(([id, all]) => [id, all.map((row) => row.endpoint_key)]))
    )),
    standings: Effect.fn("Store.watch.standings")((of) =>
      Effect.map(read(StandingRow, standingsQuery, only(of)), (rows) => rows.map((row): StoredStanding => ({
        endpoint: endpointOf(row),
        at: row.seen_ms,
        dueAt: row.due_ms,
        state: row.state,
        reason: row.reason,
        downSince: row.down_since_ms
      })))),
    looks: Effect.fn("Store.watch.looks")((of, since, until) =>
      read(LookRow, looksQuery, { ...only(of), since: timestamp(since), until: timestamp(until) })),
    silences: Effect.fn("Store.watch.silences")((of, since) => read(SilenceRow, silencesQuery, { ...only(of), since: timestamp(since) })),
    listings: Effect.fn("Store.watch.listings")((of, since) => read(ListingRow, listingsQuery, { ...only(of), since: timestamp(since) })),
    identitiesSeen: Effect.fn("Store.watch.identitiesSeen")((of, since) =>
      read(IdentityRow, identitiesQuery, { ...only(of), since: timestamp(since) })),
    intervals: Effect.fn("Store.watch.intervals")((of) => read(
      IntervalRow,
      `SELECT e.endpoint_key, i.kind, i.value, epoch_ms(i.first_seen) AS first_ms, epoch_ms(i.last_seen) AS last_ms, i.sightings
       FROM identity_interval i JOIN endpoint e USING (endpoint_id) WHERE i.network = $network AND i.vantage = $vantage
       ORDER BY ALL`,
      only(of)
    )),
    reliabilityBefore: Effect.fn("Store.watch.reliabilityBefore")((of, at) => read(
      ReliabilityRow,
      `SELECT e.endpoint_key, r.time_window, epoch_ms(r.computed_at) AS at_ms, r.share, r.evidence
       FROM reliability r JOIN endpoint e USING (endpoint_id)
       WHERE r.network = $network AND r.vantage = $vantage AND r.day < CAST($at AS DATE)
       QUALIFY row_number() OVER (PARTITION BY r.endpoint_id, r.time_window ORDER BY r.day DESC) = 1`,
      { ...only(of), at: timestamp(at) }
    )),
    events: Effect.fn("Store.watch.events")((of, since) => read(
      EventRow,
      `SELECT e.endpoint_key AS endpoint, w.kind, epoch_ms(w.earliest) AS earliest, w.value_after AS after
       FROM watch_event w LEFT JOIN endpoint e USING (endpoint_id) WHERE w.network = $network AND w.vantage = $vantage AND w.latest >= $since`,
      { ...only(of), since: timestamp(since) }
    )),
    saveDerived: Effect.fn("Store.watch.saveDerived")((of, derived, alerts = []) => together(writer, derivedStatements(of, derived, alerts))),
    pendingAlerts: Effect.fn("Store.watch.pendingAlerts")((of) => read(
      AlertRow,
      "SELECT alert_id AS id, target, body FROM alert_pending WHERE network = $network AND vantage = $vantage ORDER BY created_at, rowid",
      only(of)
    )),
    alertDelivered: Effect.fn("Store.watch.alertDelivered")((of, { id, target }) => together(writer, [[
      "DELETE FROM alert_pending WHERE network = $network AND vantage = $vantage AND alert_id = $id AND target = $target",
      { ...only(of), id, target }
    ]]))
  }
}
