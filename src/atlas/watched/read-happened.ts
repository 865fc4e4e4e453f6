import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import { memberSql } from "../members.ts"
import { HappenedRow, OutageRow } from "../shapes/watched.ts"
import { spanParameters, type WatchedSpan } from "./read-span.ts"

/** Times in milliseconds since 1970. */
const EventRow = Schema.Struct({ ...HappenedRow.fields, earliest: Schema.Finite, latest: Schema.Finite })
/** Something that happened to one server. */
export type EventRow = typeof EventRow.Type

const eventsSql = `
  WITH ${memberSql}, watched AS (
    SELECT DISTINCT m.server_id, m.endpoint_id, e.host FROM member m JOIN endpoint e USING (endpoint_id)
  )
  SELECT w.server_id AS "serverId", w.endpoint_id AS "endpointId", w.host, x.kind,
    epoch_ms(x.earliest)::DOUBLE AS earliest, epoch_ms(x.latest)::DOUBLE AS latest,
    x.value_before AS "before", x.value_after AS "after", x.cause
  FROM watch_event x JOIN watched w USING (endpoint_id)
  WHERE x.network = $network AND x.vantage = $vantage
    AND x.latest >= make_timestamp_ms($from::BIGINT) AND x.earliest <= make_timestamp_ms($until::BIGINT)
  ORDER BY x.latest, w.endpoint_id, x.kind`

/** What happened to a crawl's watched servers within a span, in order of time. */
export const readEvents = Effect.fnUntraced(function*(crawlId: number, span: WatchedSpan) {
  const database = yield* Database
  return yield* database.rows(EventRow, eventsSql, { crawl_id: crawlId, ...spanParameters(span) })
})

const OutageOfMany = Schema.Struct({ ...OutageRow.fields, from: Schema.Finite, to: Schema.Finite })
/** An outage of many; times in milliseconds since 1970. */
export type OutageOfMany = typeof OutageOfMany.Type

const outagesSql = `
  SELECT kind, value_after AS "where", epoch_ms(earliest)::DOUBLE AS "from", epoch_ms(latest)::DOUBLE AS "to",
    (detail->>'$.over')::BOOLEAN AS over, (detail->>'$.silent')::INTEGER AS silent, (detail->>'$.up')::INTEGER AS up
  FROM watch_event
  WHERE endpoint_id IS NULL AND kind IN ('vantage outage', 'network outage') AND network = $network AND vantage = $vantage
    AND latest >= make_timestamp_ms($from::BIGINT) AND earliest <= make_timestamp_ms($until::BIGINT)
  ORDER BY earliest, kind, value_after`

/** Outages of many within a span, in order of time. */
export const readOutages = Effect.fnUntraced(function*(span: WatchedSpan) {
  const database = yield* Database
  return yield* database.rows(OutageOfMany, outagesSql, spanParameters(span))
})

const TimesRow = Schema.Struct({ serverId: Schema.Int, from: Schema.Finite, to: Schema.Finite })

const timesSql = `
  WITH ${memberSql}
  SELECT m.server_id AS "serverId", epoch_ms(min(s.seen_at))::DOUBLE AS "from", epoch_ms(max(s.seen_at))::DOUBLE AS "to"
  FROM (SELECT DISTINCT server_id, endpoint_id FROM member) m JOIN sighting s USING (endpoint_id) JOIN crawl c ON c.crawl_id = s.crawl_id
  WHERE c.network = $network AND c.vantage = $vantage
    AND s.seen_at BETWEEN make_timestamp_ms($from::BIGINT) AND make_timestamp_ms($until::BIGINT)
  GROUP BY m.server_id ORDER BY m.server_id`

/** Between which looks each server was watched within a span. */
export const readWatchedTimes = Effect.fnUntraced(function*(crawlId: number, span: WatchedSpan) {
  const database = yield* Database
  return yield* database.rows(TimesRow, timesSql, { crawl_id: crawlId, ...spanParameters(span) })
})
