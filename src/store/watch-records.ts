import type { DuckDBValue } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import type { PendingAlert } from "../domain/watch.ts"
import { endpointOf } from "./endpoint-row.ts"
import { readRows } from "./read-rows.ts"
import type { StoreError } from "./store-error.ts"
import { timestamp } from "./to-duckdb.ts"
import { together } from "./together.ts"
import { type Derived, derivedStatements, type WatchOf } from "./watch-derived.ts"
import {
  identitiesQuery,
  IdentityKind,
  IdentityRow,
  listingsQuery,
  ListingRow,
  LookRow,
  looksQuery,
  SilenceRow,
  silencesQuery,
  StandingRow,
  standingsQuery,
  type StoredLooks,
  type StoredStanding
} from "./watch-seen.ts"
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

const EventRow = Schema.Struct({
  endpoint: Schema.NullOr(Schema.String),
  kind: Schema.String,
  earliest: Schema.Int,
  after: Schema.NullOr(Schema.String)
})

const AlertRow = Schema.Struct({ id: Schema.String, target: Schema.Literals(["webhook", "command"]), body: Schema.String })

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
