import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import { memberSql } from "../members.ts"
import type { ServerRow } from "../shapes/server-row.ts"
import { LatenessRow } from "../shapes/watched.ts"
import { spanParameters, type WatchedSpan } from "./read-span.ts"

/** Steps of the distribution on each side of the median. */
const binsASide = 12

/** Round limits of a distribution, milliseconds. */
const roundLimits = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000]

/**
 * A tip counts once a server, block and run. Only servers of one implementation, in
 * one run by one steady clock, are held against each other, and three of them at the
 * least. The operator analysis takes all servers together, and off what is usual for each.
 */
const residualSql = `
  WITH ${memberSql}, made AS (
    SELECT unnest(from_json($implementations, '[{"id":"INTEGER","implementation":"VARCHAR"}]'), recursive := true)
  ), arrived AS (
    SELECT m.server_id, arg_min(x.endpoint_id, x.steady_ms) AS endpoint_id, x.run_id, x.block_hash, min(x.steady_ms) AS steady_ms
    FROM tip_arrival x JOIN member m USING (endpoint_id) JOIN crawl c ON c.crawl_id = x.crawl_id
    WHERE c.network = $network AND c.vantage = $vantage
      AND x.arrived_at BETWEEN make_timestamp_ms($from::BIGINT) AND make_timestamp_ms($until::BIGINT)
    GROUP BY m.server_id, x.run_id, x.block_hash
  ), residual AS (
    SELECT a.server_id, a.endpoint_id, k.implementation, a.steady_ms - median(a.steady_ms) OVER alike AS late,
      count(*) OVER alike AS servers
    FROM arrived a LEFT JOIN made k ON k.id = a.server_id
    WINDOW alike AS (PARTITION BY a.run_id, a.block_hash, k.implementation)
  ), compared AS (
    SELECT * FROM residual WHERE servers >= 3 AND implementation IS NOT NULL
  )`

const ScaleRow = Schema.Struct({ spread: Schema.NullOr(Schema.Finite), alone: Schema.Int })

const scaleSql = `${residualSql}
  SELECT quantile_cont(abs(late), 0.95)::DOUBLE AS spread,
    ((SELECT count(DISTINCT server_id) FROM arrived) - count(DISTINCT server_id))::INTEGER AS alone
  FROM compared`

const latenessSql = `${residualSql}, per AS (
    SELECT server_id, arg_max(endpoint_id, late) AS endpoint_id, implementation, count(*)::INTEGER AS blocks,
      quantile_cont(late, [0.1, 0.25, 0.5, 0.75, 0.9])::DOUBLE[] AS q,
      histogram(least(2 * $side - 1, greatest(0, floor((late / $limit + 1) * $side)))::BIGINT) AS bins
    FROM compared GROUP BY server_id, implementation
  )
  SELECT p.server_id AS "serverId", p.endpoint_id AS "endpointId", e.host, p.implementation, p.blocks,
    p.q[1] AS p10, p.q[2] AS p25, p.q[3] AS median, p.q[4] AS p75, p.q[5] AS p90,
    list_transform(range(2 * $side), lambda i: coalesce(p.bins[i], 0)::INTEGER) AS bins
  FROM per p JOIN endpoint e USING (endpoint_id)
  ORDER BY p.implementation, p.q[3], p.server_id`

/** Lateness of new tips. */
export interface Lateness {
  readonly limitMs: number
  /** Servers with tips that are compared with nobody. */
  readonly alone: number
  readonly rows: ReadonlyArray<LatenessRow>
}

/** How late tips came from each server that announced them over a held connection, by implementation and median. */
export const readLateness = Effect.fnUntraced(function*(
  crawlId: number,
  span: WatchedSpan,
  servers: ReadonlyArray<ServerRow>
) {
  const database = yield* Database
  const given = {
    crawl_id: crawlId,
    ...spanParameters(span),
    implementations: JSON.stringify(servers.flatMap(({ implementation, serverId }) => implementation === null ? [] : [{ id: serverId, implementation }]))
  }
  const [scale] = yield* database.rows(ScaleRow, scaleSql, given)
  const spread = scale?.spread ?? 0
  const limitMs = roundLimits.find((limit) => limit >= spread) ?? spread
  const rows = scale?.spread == null ? [] : yield* database.rows(LatenessRow, latenessSql, { ...given, limit: limitMs, side: binsASide })
  const lateness: Lateness = { limitMs, alone: scale?.alone ?? 0, rows }
  return lateness
})
