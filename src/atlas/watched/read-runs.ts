import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import { memberSql } from "../members.ts"
import { spanParameters, type WatchedSpan } from "./read-span.ts"

/** What looks tell about a stretch of time: `changed` is between a look that it answered and one that it did not. */
export const RunRow = Schema.Struct({
  serverId: Schema.Int,
  endpointId: Schema.Int,
  host: Schema.String,
  port: Schema.Int,
  transport: Schema.String,
  state: Schema.Literals(["up", "down", "changed", "unknown"]),
  /** Milliseconds since 1970. */
  from: Schema.Finite,
  to: Schema.Finite,
  held: Schema.Boolean
})
export type RunRow = typeof RunRow.Type

/**
 * Looks as stretches of one kind, so that what leaves the database grows with what
 * changed and not with how often somebody looked. What counts as observed is as in
 * query `watched-uptime`: a look half an hour later than due leaves a gap, and what
 * failed while our own way was down (view `our_outage`) is not known. A look before the window says how
 * it began.
 */
const sql = `
  WITH ${memberSql}, watched AS (
    SELECT DISTINCT m.server_id, m.endpoint_id, e.host, e.port, e.transport, e.network_class FROM member m JOIN endpoint e USING (endpoint_id)
    WHERE $server_id IS NULL OR m.server_id = $server_id
  ), mine AS (
    SELECT s.endpoint_id, s.seen_at, s.due_at, s.way = 'held' AS held, s.state, w.is_onion, row_number() OVER () AS place
    FROM sighting s JOIN crawl c USING (crawl_id)
    JOIN (SELECT DISTINCT endpoint_id, network_class = 'onion' AS is_onion FROM watched) w USING (endpoint_id)
    WHERE c.network = $network AND c.vantage = $vantage
      AND s.seen_at >= make_timestamp_ms($from::BIGINT) - INTERVAL 1 DAY AND s.seen_at <= make_timestamp_ms($until::BIGINT)
  ), ours AS (
    SELECT DISTINCT m.place
    FROM mine m JOIN our_outage o ON m.seen_at BETWEEN o.began AND o.ended AND (m.is_onion OR NOT o.onions_only)
    WHERE o.network = $network AND o.vantage = $vantage AND m.state = 'down'
  ), look AS (
    SELECT m.* REPLACE (CASE WHEN o.place IS NULL THEN m.state ELSE 'unknown' END AS state)
    FROM mine m LEFT JOIN ours o USING (place)
  ), span AS (
    SELECT endpoint_id, place, seen_at, held, state, lag(state) OVER following AS state_before,
      lag(seen_at) OVER following AS seen_before, lag(due_at) OVER following AS due_before
    FROM look WINDOW following AS (PARTITION BY endpoint_id ORDER BY seen_at, place)
  ), told AS (
    SELECT endpoint_id, place, seen_before AS begun, seen_at AS ended, held,
      CASE WHEN state = 'unknown' OR state_before = 'unknown' OR NOT (held OR seen_at <= due_before + INTERVAL 30 MINUTES) THEN 'unknown'
        WHEN state <> state_before THEN 'changed' ELSE state END AS told
    FROM span WHERE seen_before IS NOT NULL
  ), marked AS (
    SELECT *, told IS DISTINCT FROM lag(told) OVER (PARTITION BY endpoint_id ORDER BY ended, place) AS is_new FROM told
  ), numbered AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY endpoint_id ORDER BY ended, place ROWS UNBOUNDED PRECEDING) AS run FROM marked
  ), run AS (
    SELECT endpoint_id, run, any_value(told) AS state, min(begun) AS begun, max(ended) AS ended, bool_or(held) AS held
    FROM numbered GROUP BY endpoint_id, run
  )
  SELECT w.server_id AS "serverId", w.endpoint_id AS "endpointId", w.host, w.port, w.transport, r.state,
    epoch_ms(r.begun)::DOUBLE AS "from", epoch_ms(r.ended)::DOUBLE AS "to", r.held
  FROM run r JOIN watched w USING (endpoint_id)
  WHERE r.ended > make_timestamp_ms($from::BIGINT)
  ORDER BY w.server_id, w.endpoint_id, r.begun, r.run`

/** Stretches of a crawl's watched servers, or of one of them, in order of server, endpoint and time. */
export const readRuns = Effect.fnUntraced(function*(crawlId: number, span: WatchedSpan, serverId: number | null = null) {
  const database = yield* Database
  return yield* database.rows(RunRow, sql, { crawl_id: crawlId, ...spanParameters(span), server_id: serverId })
})

const ReliabilityRow = Schema.Struct({
  endpointId: Schema.Int,
  window: Schema.String,
  share: Schema.NullOr(Schema.Finite),
  evidenceHours: Schema.Finite
})
export type ReliabilityRow = typeof ReliabilityRow.Type

const reliabilitySql = `
  SELECT endpoint_id AS "endpointId", time_window AS "window", share, evidence AS "evidenceHours"
  FROM reliability WHERE network = $network AND vantage = $vantage AND day <= CAST(make_timestamp_ms($until::BIGINT) AS DATE)
  QUALIFY row_number() OVER (PARTITION BY endpoint_id, time_window ORDER BY day DESC) = 1
  ORDER BY endpoint_id, list_position(['2 hours', '8 hours', '1 day', '1 week', '1 month'], time_window)`

/** The newest decayed reliabilities of each watched endpoint, the shortest window first. */
export const readReliability = Effect.fnUntraced(function*({ network, until, vantage }: WatchedSpan) {
  const database = yield* Database
  return yield* database.rows(ReliabilityRow, reliabilitySql, { network, vantage, until: Math.ceil(until) })
})
