import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"
import { memberSql } from "./members.ts"
import type { ServerDetail } from "./shapes/server-detail.ts"
import type { ServerRow } from "./shapes/server-row.ts"

const NamingRow = Schema.Struct({
  namer: Schema.Int,
  named: Schema.Int,
  times_seen: Schema.Int,
  times_asked: Schema.Int
})

/** Announcements from and to one server; of several endpoints the one that said it most often. */
const namingSql = `
  WITH ${memberSql}, own AS (SELECT endpoint_id FROM member WHERE server_id = $server_id), said AS (
    SELECT a.*, s.endpoint_id FROM advertised a JOIN source s ON s.source_id = a.source_id AND s.kind = 'server'
    WHERE a.crawl_id = $crawl_id AND a.times_seen > 0 AND a.times_asked > 0
      AND (s.endpoint_id IN (FROM own)
        OR a.advertisement_id IN (SELECT advertisement_id FROM advertisement_endpoint WHERE endpoint_id IN (FROM own)))
  ), named AS (
    SELECT f.server_id AS namer, t.server_id AS named,
      arg_max({seen: said.times_seen, asked: said.times_asked}, said.times_seen / said.times_asked) AS times
    FROM said
    JOIN member f ON f.endpoint_id = said.endpoint_id
    JOIN advertisement_endpoint ae ON ae.advertisement_id = said.advertisement_id
    JOIN member t ON t.endpoint_id = ae.endpoint_id
    WHERE f.server_id <> t.server_id AND (f.server_id = $server_id OR t.server_id = $server_id)
    GROUP BY f.server_id, t.server_id
  )
  SELECT namer, named, times.seen AS times_seen, times.asked AS times_asked FROM named
  ORDER BY times.seen / times.asked DESC, namer, named`

const PairRow = Schema.Struct({
  serverId: Schema.Int,
  sameOperator: Schema.NullOr(Schema.Finite),
  sharedInfrastructure: Schema.NullOr(Schema.Finite),
  sameMachine: Schema.NullOr(Schema.Finite),
  heldBy: Schema.NullOr(Schema.String)
})

const BehaviourRow = Schema.Struct({
  distance: Schema.NullOr(Schema.Finite),
  unusual: Schema.Array(Schema.String),
  neighbours: Schema.Array(Schema.Int),
  similarities: Schema.Array(Schema.Finite)
})

/** Pairs shown of a server, the most probable. */
const mostPairs = 100

/** How a server stands to others: who names it, whom it names, the pairs it is in, who behaves like it. */
export const readRelations = Effect.fnUntraced(function*(
  crawlId: number,
  serverId: number,
  servers: ReadonlyMap<number, ServerRow>
) {
  const database = yield* Database
  const given = { crawl_id: crawlId, server_id: serverId }
  const hostOf = (id: number) => servers.get(id)?.host ?? ""
  const naming = yield* database.rows(NamingRow, namingSql, given)
  const pairs = yield* database.rows(
    PairRow,
    `SELECT CASE WHEN server_a = $server_id THEN server_b ELSE server_a END AS "serverId", same_operator AS "sameOperator",
      shared_infrastructure AS "sharedInfrastructure", same_machine AS "sameMachine", held_by AS "heldBy"
    FROM pair WHERE crawl_id = $crawl_id AND (server_a = $server_id OR server_b = $server_id)
    ORDER BY same_operator DESC, shared_infrastructure DESC, same_machine DESC, "serverId" LIMIT ${mostPairs}`,
    given
  )
  const [behaviour] = yield* database.rows(
    BehaviourRow,
    "SELECT distance, unusual, neighbours, similarities FROM behaviour_vector WHERE crawl_id = $crawl_id AND server_id = $server_id",
    given
  )
  const ends = (which: "namer" | "named", other: "namer" | "named"): ServerDetail["names"] =>
    naming.filter((row) => row[which] === serverId).map((row) => ({
      serverId: row[other],
      host: hostOf(row[other]),
      timesSeen: row.times_seen,
      timesAsked: row.times_asked
    }))
  return {
    namedBy: ends("named", "namer"),
    names: ends("namer", "named"),
    pairs: pairs.map((pair) => ({ ...pair, host: hostOf(pair.serverId) })),
    behaviour: behaviour === undefined ? null : {
      distance: behaviour.distance,
      unusual: behaviour.unusual,
      neighbours: behaviour.neighbours.map((id, i) => ({ serverId: id, host: hostOf(id), similarity: behaviour.similarities[i] ?? 0 }))
    }
  } satisfies Pick<ServerDetail, "behaviour" | "namedBy" | "names" | "pairs">
})
