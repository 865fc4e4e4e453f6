import { Effect, Schema, Struct } from "effect"
import { drawnPartition } from "../analysis/graph/drawn-partition.ts"
import { Database } from "../store/database.ts"
import { memberSql } from "./members.ts"
import type { Announcements } from "./read-edges.ts"
import { ServerRow } from "./shapes/server-row.ts"

/** What the database says of a server; who names it is counted from the announcements. */
const StoredRow = Schema.Struct(Struct.omit(ServerRow.fields, ["namedBy", "names", "mutual"]))

const PartitionRow = Schema.Struct({ resolution: Schema.Finite, modularity: Schema.NullOr(Schema.Finite) })

const partitionsSql = "SELECT DISTINCT resolution, modularity FROM community WHERE crawl_id = $crawl_id ORDER BY resolution"

/** Texts of servers are cut in lists: some send megabytes for a version. */
const shortSql = (column: string): string =>
  `CASE WHEN len(v.${column}) > 200 THEN v.${column}[:200] || '… (' || len(v.${column}) || ' characters)' ELSE v.${column} END AS ${column}`

/**
 * One row a server, all of them in one query. What its endpoints differ in is
 * said of the first of them (place) or not at all (implementation).
 */
const sql = `
  WITH ${memberSql}, hidden AS (
    SELECT h."serverId" AS server_id, h.host
    FROM (SELECT unnest(from_json($hidden, '[{"serverId": "INTEGER", "host": "VARCHAR"}]')) AS h)
  ), met AS (
    SELECT m.server_id, ce.endpoint_id, ce.host, ce.network_class, ce.reachable,
      coalesce(ce.reason, CASE WHEN ce.visit_id IS NULL THEN 'not visited: ' || coalesce(ce.not_visited_reason, ce.state) END) AS reason,
      ce.visit_id IS NOT NULL AS visited,
      ${shortSql("software")}, ${shortSql("protocol")}, v.chain, v.tip_height,
      CASE WHEN p.address IS NOT NULL THEN [p.address] ELSE coalesce(p.addresses, []) END AS addresses,
      ti.median_ms, i.implementation, i.version_range,
      ts.version AS tls, ts.wallet_accepts, x.self_signed,
      coalesce(p.country_located, p.country_registered) AS country, p.city, p.latitude, p.longitude, p.asn, p.org, p.cloud_provider AS cloud,
      h.first_seen, h.last_seen, h.uptime_share, h.uptime_observations
    FROM member m
    JOIN crawl_endpoint ce ON ce.crawl_id = $crawl_id AND ce.endpoint_id = m.endpoint_id
    LEFT JOIN visit v ON v.visit_id = ce.visit_id
    LEFT JOIN timing ti ON ti.visit_id = ce.visit_id
    LEFT JOIN endpoint_identification i ON i.visit_id = ce.visit_id
    LEFT JOIN tls_session ts ON ts.visit_id = ce.visit_id
    LEFT JOIN certificate x ON x.sha256 = ts.certificate_sha256
    LEFT JOIN endpoint_place p ON p.crawl_id = $crawl_id AND p.endpoint_id = ce.endpoint_id
    LEFT JOIN endpoint_history h ON h.network = ce.network AND h.endpoint_id = ce.endpoint_id
    WHERE NOT EXISTS (SELECT 1 FROM hidden n WHERE n.server_id = m.server_id AND n.host = ce.host)
  ), per_server AS (
    SELECT server_id,
      arg_min(host, endpoint_id) AS host,
      list(DISTINCT host ORDER BY host) AS hosts,
      list(DISTINCT network_class ORDER BY network_class) AS network_classes,
      count(*) AS endpoints,
      count(*) FILTER (reachable) AS endpoints_reachable,
      bool_or(reachable) AS reachable,
      -- A failed visit says more than one that was not made.
      CASE WHEN NOT coalesce(bool_or(reachable), false) THEN arg_min(reason, (NOT visited, endpoint_id)) FILTER (reason IS NOT NULL) END AS reason,
      min(software) AS software,
      min(chain) AS chain,
      CASE WHEN count(DISTINCT implementation) = 1 THEN min(implementation) END AS implementation,
      CASE WHEN count(DISTINCT implementation) = 1 AND count(DISTINCT version_range) = 1 THEN min(version_range) END AS version_range,
      min(protocol) AS protocol,
      max(tip_height) AS tip_height,
      min(median_ms) AS latency_ms,
      list_sort(list_distinct(flatten(list(addresses)))) AS addresses,
      arg_min({country: country, city: city, latitude: latitude, longitude: longitude, asn: asn, org: org, cloud: cloud}, endpoint_id)
        FILTER (coalesce(country, asn::VARCHAR) IS NOT NULL) AS place,
      arg_min({tls: tls, self_signed: self_signed}, endpoint_id) FILTER (tls IS NOT NULL) AS session,
      bool_or(wallet_accepts) AS wallet_accepts,
      min(first_seen) AS first_seen,
      max(last_seen) AS last_seen,
      arg_max({share: uptime_share, observations: uptime_observations}, uptime_observations) AS uptime
    FROM met GROUP BY server_id
  ), joined AS (
    SELECT server_id, chain, confirmed FROM server WHERE crawl_id = $crawl_id
  ), noted AS (
    SELECT m.server_id, count(DISTINCT n.note_id) AS notes
    FROM note n
    JOIN crawl c ON c.crawl_id = $crawl_id AND c.network = n.network
    JOIN met m ON m.host = n.host
    GROUP BY m.server_id
  )
  SELECT p.server_id AS "serverId", p.host, p.hosts, p.network_classes AS "networkClasses",
    p.endpoints, p.endpoints_reachable AS "endpointsReachable", p.reachable, p.reason,
    coalesce(j.confirmed, p.reachable, false) AS confirmed,
    coalesce(j.chain, p.chain) AS chain,
    p.software, p.implementation, p.version_range AS "versionRange", p.protocol, p.tip_height AS "tipHeight",
    p.latency_ms AS "latencyMs", p.addresses,
    p.place.country AS country, p.place.city AS city, p.place.latitude AS latitude, p.place.longitude AS longitude, p.place.asn AS asn, p.place.org AS org, p.place.cloud AS cloud,
    p.session.tls AS tls, p.session.self_signed AS "selfSigned", p.wallet_accepts AS "walletAccepts",
    g.core,
    k.cluster_id AS "clusterId", k.operator_posterior AS "operatorPosterior", k.backend_id AS "backendId",
    k.machine_id AS "machineId", k.behaviour_cluster_id AS "behaviourClusterId", co.community AS "communityId",
    su.score, p.first_seen AS "firstSeen", p.last_seen AS "lastSeen",
    p.uptime.share AS "uptimeShare", p.uptime.observations::INTEGER AS "uptimeObservations",
    coalesce(n.notes, 0)::INTEGER AS notes
  FROM per_server p
  LEFT JOIN joined j USING (server_id)
  LEFT JOIN server_group k ON k.crawl_id = $crawl_id AND k.server_id = p.server_id
  LEFT JOIN graph_place g ON g.crawl_id = $crawl_id AND g.server_id = p.server_id
  LEFT JOIN community co ON co.crawl_id = $crawl_id AND co.server_id = p.server_id AND co.resolution = $resolution
  LEFT JOIN noted n USING (server_id)
  LEFT JOIN suspicion su ON su.crawl_id = $crawl_id AND su.server_id = p.server_id
  ORDER BY p.server_id`

/**
 * Every server of a crawl, by number.
 *
 * @param hidden hosts that are left out of what is said of their servers: its address,
 *   TLS, round trips and times are then those of the others; a server without any is left out
 */
export const readServers = Effect.fnUntraced(function*(
  crawlId: number,
  { mutual, namedBy, names, places }: Announcements,
  hidden: ReadonlyArray<{ readonly serverId: number; readonly host: string }> = []
) {
  const database = yield* Database
  const drawn = drawnPartition(yield* database.rows(PartitionRow, partitionsSql, { crawl_id: crawlId }))
  const rows = yield* database.rows(StoredRow, sql, { crawl_id: crawlId, resolution: drawn?.resolution ?? null, hidden: JSON.stringify(hidden) })
  return rows.map((row): ServerRow => {
    const place = places.get(row.serverId)
    return {
      ...row,
      namedBy: place === undefined ? 0 : namedBy[place]!,
      names: place === undefined ? 0 : names[place]!,
      mutual: place === undefined ? 0 : mutual[place]!
    }
  })
})
