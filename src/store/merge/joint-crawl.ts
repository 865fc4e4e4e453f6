import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect, Schema } from "effect"
import { archiveTables } from "../archive/table-roles.ts"
import { run } from "../duckdb.ts"
import { lastCrawl, lastSequence, lastVisit } from "../last-numbers.ts"
import { readRows } from "../read-rows.ts"
import type { StoreError } from "../store-error.ts"
import { inTransaction } from "../together.ts"

/** Crawls that began further apart than this are not put together: what differs would be time. */
const togetherHours = 24

const MembersRow = Schema.Struct({ network: Schema.String, members: Schema.Array(Schema.Int), vantages: Schema.Array(Schema.String), topology: Schema.Boolean, joint: Schema.NullOr(Schema.Int) })

/**
 * The newest finished crawl of each observer of a network, where there are several,
 * and the joint crawl of just these if there is one. Runners that shared a crawl are
 * one observer with all that they did for it: also those that were killed and those
 * that were started again, if one of them finished it.
 */
const membersSql = `
  WITH part AS (
    SELECT c.crawl_id, c.network, c.vantage, c.started_at, c.state, (c.settings->>'$.sharedCrawl') IS NOT NULL AS shared,
      coalesce(c.settings->>'$.visit', '') = 'topology' AS topology,
      CASE WHEN shared THEN concat_ws(' ', c.settings->>'$.sharedCrawl', c.settings->>'$.sharedBeganAt') ELSE c.crawl_id::VARCHAR END AS whole,
      CASE WHEN shared THEN 'runners at ' || c.vantage ELSE m.observer END AS observer
    FROM merged_crawl m JOIN crawl c USING (crawl_id)
    WHERE c.kind = 'crawl'
  ), finished AS (
    SELECT *, max(started_at) OVER together AS latest FROM part
    WINDOW together AS (PARTITION BY network, observer, whole)
    QUALIFY bool_or(state = 'finished') OVER together
  ), newest AS (
    SELECT crawl_id, network, vantage, topology, latest AS started_at FROM finished
    QUALIFY dense_rank() OVER (PARTITION BY network, observer ORDER BY latest DESC, whole DESC) = 1
  ), near AS (
    SELECT *, max(started_at) OVER (PARTITION BY network) AS latest FROM newest
    QUALIFY started_at >= latest - INTERVAL ${togetherHours} HOURS
  ), chosen AS (
    SELECT network, list(crawl_id ORDER BY crawl_id) AS members, list(DISTINCT vantage ORDER BY vantage) AS vantages,
      bool_or(topology) AS topology
    FROM near GROUP BY network HAVING count(*) > 1
  )
  SELECT network, members, vantages, topology,
    (SELECT any_value(crawl_id) FROM (SELECT crawl_id, list(member_crawl_id ORDER BY member_crawl_id) AS its FROM joint_member GROUP BY crawl_id) j WHERE j.its = chosen.members) AS joint
  FROM chosen ORDER BY network`

/** A visit that answered says most; one that failed on the server's side more than one that failed on ours. */
const bestVisits = (members: string): string => `
  SELECT ce.visit_id FROM crawl_endpoint ce JOIN visit v ON v.visit_id = ce.visit_id
  WHERE ce.crawl_id IN (${members})
  QUALIFY row_number() OVER (PARTITION BY ce.endpoint_id ORDER BY
    CASE WHEN ce.reachable THEN 0 WHEN ce.reachable = false THEN 1 ELSE 2 END, v.outcome, v.started_at DESC, ce.visit_id) = 1`

const statements = (joint: number, members: string, visitTables: ReadonlyArray<string>): ReadonlyArray<string> => [
  `INSERT INTO crawl BY NAME SELECT ${joint} AS crawl_id, 'crawl' AS kind, any_value(network) AS network, bool_or(simulated) AS simulated,
      any_value(chain_title) AS chain_title, any_value(genesis_hash) AS genesis_hash, 'finished' AS state, min(started_at) AS started_at, max(ended_at) AS ended_at,
      0 AS resumptions, string_agg(DISTINCT vantage, ' + ' ORDER BY vantage) AS vantage, bool_or(vantage_ipv4) AS vantage_ipv4, bool_or(vantage_ipv6) AS vantage_ipv6,
      bool_or(vantage_tor) AS vantage_tor, bool_and(vantage_proxy) AS vantage_proxy, max(code_version) AS code_version,
      to_json({joint: list(crawl_id ORDER BY crawl_id), exclude: flatten(list(coalesce(CAST(settings->'$.exclude' AS VARCHAR[]), [])))}) AS settings
    FROM crawl WHERE crawl_id IN (${members})`,
  `INSERT INTO joint_member SELECT ${joint}, crawl_id, vantage FROM crawl WHERE crawl_id IN (${members})`,
  `CREATE OR REPLACE TEMP TABLE joint_visit AS SELECT visit_id AS old,
      (${lastVisit} + row_number() OVER (ORDER BY visit_id))::INTEGER AS new
    FROM (${bestVisits(members)})`,
  `INSERT INTO visit BY NAME SELECT v.* REPLACE (j.new AS visit_id, ${joint} AS crawl_id) FROM visit v JOIN joint_visit j ON j.old = v.visit_id`,
  ...visitTables.map((table) => `INSERT INTO ${table} BY NAME SELECT t.* REPLACE (j.new AS visit_id) FROM ${table} t JOIN joint_visit j ON j.old = t.visit_id`),
  `INSERT INTO endpoint_state BY NAME SELECT ${joint} AS crawl_id, s.* REPLACE (
      ${lastSequence} + row_number() OVER (ORDER BY s.endpoint_id) AS sequence)
    FROM (
      SELECT e.endpoint_id, 0 AS sequence, CASE WHEN bool_or(v.new IS NOT NULL) THEN 'visited' ELSE arg_max(e.state, (e.changed_at, e.sequence)) END AS state,
        CASE WHEN NOT bool_or(v.new IS NOT NULL) THEN arg_max(e.reason, (e.changed_at, e.sequence)) END AS reason,
        CASE WHEN NOT bool_or(v.new IS NOT NULL) THEN arg_max(e.detail, (e.changed_at, e.sequence)) END AS detail, min(e.changed_at) AS changed_at
      FROM endpoint_state e
      LEFT JOIN (SELECT v.endpoint_id, j.new FROM joint_visit j JOIN visit v ON v.visit_id = j.new) v USING (endpoint_id)
      WHERE e.crawl_id IN (${members}) GROUP BY e.endpoint_id
    ) s`,
  `INSERT INTO reading BY NAME SELECT ${joint} AS crawl_id, a.source_id, r.read_at, r.times_asked, len(a.ids)::INTEGER AS entries, r.dropped, a.ids AS advertisement_ids, a.seen AS times_seen
    FROM (SELECT source_id, max(read_at) AS read_at, sum(times_asked)::INTEGER AS times_asked, max(dropped) AS dropped FROM reading WHERE crawl_id IN (${members}) GROUP BY source_id) r
    JOIN (
      SELECT source_id, coalesce(list(id ORDER BY place, id) FILTER (id IS NOT NULL), []) AS ids, coalesce(list(seen ORDER BY place, id) FILTER (id IS NOT NULL), []) AS seen
      FROM (
        SELECT source_id, id, min(place) AS place, sum(seen)::INTEGER AS seen
        FROM (
          SELECT source_id, unnest(advertisement_ids) AS id, unnest(times_seen) AS seen, generate_subscripts(advertisement_ids, 1) AS place FROM reading WHERE crawl_id IN (${members})
          UNION ALL SELECT source_id, NULL, NULL, NULL FROM reading WHERE crawl_id IN (${members}) AND len(advertisement_ids) = 0
        ) GROUP BY source_id, id
      ) GROUP BY source_id
    ) a USING (source_id)`,
  `INSERT INTO collection BY NAME SELECT c.* REPLACE (${joint} AS crawl_id) FROM collection c WHERE c.crawl_id IN (${members})
    QUALIFY row_number() OVER (PARTITION BY c.source_id ORDER BY c.started_at DESC) = 1`,
  `INSERT INTO opt_out BY NAME SELECT DISTINCT o.* REPLACE (${joint} AS crawl_id) FROM opt_out o WHERE o.crawl_id IN (${members})`
]

/** A crawl made of the newest of several observers. */
export interface JointCrawl {
  readonly crawlId: number
  readonly network: string
  readonly members: ReadonlyArray<number>
  readonly vantages: ReadonlyArray<string>
  /** It has visits that asked for the topology only. */
  readonly topology: boolean
  /** False: it was there already. */
  readonly made: boolean
}

/**
 * Makes of each network one crawl of the newest of every observer: each endpoint
 * once, with the visit that says most; each source once, with all that was read.
 * Endpoints are not joined to servers yet.
 */
export const makeJointCrawls = Effect.fn("makeJointCrawls")(function*(
  connection: DuckDBConnection
): Effect.fn.Return<ReadonlyArray<JointCrawl>, StoreError> {
  const doing = "Cannot put crawls together"
  const command = (sql: string) => run(connection, "write failed", doing, sql)
  const visitTables = (yield* archiveTables(connection)).filter(({ role }) => role === "visit").map(({ name }) => name)
  const made: Array<JointCrawl> = []
  for (const { joint, members, network, topology, vantages } of yield* readRows(connection, MembersRow, membersSql)) {
    if (joint !== null) {
      made.push({ crawlId: joint, network, members, topology, vantages, made: false })
      continue
    }
    const [next] = yield* readRows(connection, Schema.Struct({ id: Schema.Int }), `SELECT ${lastCrawl} + 1 AS id`)
    yield* inTransaction(connection, doing, Effect.forEach(statements(next!.id, members.join(", "), visitTables), command, { discard: true }))
    made.push({ crawlId: next!.id, network, members, topology, vantages, made: true })
  }
  return made
})
