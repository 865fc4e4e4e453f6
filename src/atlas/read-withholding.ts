import { Effect, Schema } from "effect"
import { makeExclusions } from "../domain/exclusions.ts"
import { Database } from "../store/database.ts"
import { readOptOuts } from "../store/opt-outs.ts"
import { memberSql } from "./members.ts"
import { isPublicList } from "./public-list.ts"
import { type HasOptedOut, type Withholding, withholdingOf } from "./withholding.ts"

const HostRow = Schema.Struct({
  serverId: Schema.NullOr(Schema.Int),
  host: Schema.String,
  networkClass: Schema.String,
  endpoints: Schema.Int,
  endpointsReachable: Schema.Int,
  announced: Schema.Boolean,
  addresses: Schema.Array(Schema.String),
  joinedByClaims: Schema.Boolean
})

/**
 * Hosts that a crawl met or heard of. Public announcements are other servers'
 * peer lists, lists and pages fetched from an address, lists shipped with a
 * wallet, and IRC. What comes from a file (a list, a scan, an earlier database)
 * or from a name that the user asked for is the user's own and proves nothing;
 * `features` is what a server says of itself, which is where bind hosts leak.
 */
const hostsSql = `
  WITH ${memberSql}, own AS (
    SELECT m.server_id, ce.host, any_value(ce.network_class) AS network_class, count(*) AS endpoints,
      count(*) FILTER (ce.reachable) AS reachable, list_distinct(flatten(list(CASE WHEN v.address IS NOT NULL THEN [v.address] ELSE coalesce(ha.addresses, []) END))) AS addresses,
      bool_or(m.evidence = 'mutual hosts claim') AS claimed, bool_or(m.evidence = 'itself') AS is_first
    FROM member m JOIN crawl_endpoint ce ON ce.crawl_id = $crawl_id AND ce.endpoint_id = m.endpoint_id
    LEFT JOIN visit v ON v.visit_id = ce.visit_id
    -- Through a proxy no address is known but by asking for the name.
    LEFT JOIN host_address ha ON ha.network = ce.network AND ha.host = ce.host
    GROUP BY m.server_id, ce.host
  ), said AS (
    SELECT ad.host, any_value(ad.network_class) AS network_class, list(DISTINCT ad.address) FILTER (ad.address IS NOT NULL) AS addresses,
      coalesce(bool_or(${isPublicList("s")}), false) AS listed,
      min(f.server_id) FILTER (s.kind = 'server') AS first_namer, max(f.server_id) FILTER (s.kind = 'server') AS last_namer
    FROM advertised a
    JOIN source s ON s.source_id = a.source_id
    JOIN advertisement ad ON ad.advertisement_id = a.advertisement_id
    LEFT JOIN member f ON f.endpoint_id = s.endpoint_id
    WHERE a.crawl_id = $crawl_id AND ad.host IS NOT NULL
    GROUP BY ad.host
  ), claiming AS (
    SELECT server_id, count(*) FILTER (claimed AND network_class <> 'onion') > 0 AS clearnet_claimed FROM own GROUP BY server_id
  )
  SELECT o.server_id AS "serverId", coalesce(o.host, s.host) AS host, coalesce(o.network_class, s.network_class, 'name') AS "networkClass",
    coalesce(o.endpoints, 0)::INTEGER AS endpoints, coalesce(o.reachable, 0)::INTEGER AS "endpointsReachable",
    coalesce(s.listed OR s.first_namer IS DISTINCT FROM o.server_id AND s.first_namer IS NOT NULL
      OR s.last_namer IS DISTINCT FROM o.server_id AND s.last_namer IS NOT NULL, false) AS announced,
    list_sort(list_distinct(list_concat(coalesce(o.addresses, []), coalesce(s.addresses, [])))) AS addresses,
    coalesce(o.claimed OR (o.is_first AND c.clearnet_claimed), false) AS "joinedByClaims"
  FROM own o
  FULL JOIN said s ON s.host = o.host
  LEFT JOIN claiming c ON c.server_id = o.server_id
  ORDER BY o.server_id, host`

const ClaimRow = Schema.Struct({ serverId: Schema.Int, host: Schema.String })

const claimsSql = `
  WITH ${memberSql}
  SELECT DISTINCT m.server_id AS "serverId", ad.host
  FROM advertised a
  JOIN source s ON s.source_id = a.source_id AND s.kind = 'features'
  JOIN member m ON m.endpoint_id = s.endpoint_id
  JOIN advertisement ad ON ad.advertisement_id = a.advertisement_id
  WHERE a.crawl_id = $crawl_id AND ad.host IS NOT NULL
  ORDER BY ALL`

const CertificateRow = Schema.Struct({ sha256: Schema.String })

/** Certificates of onions that join them with clearnet, by themselves or by their keys, in whichever crawl that was seen. */
const joiningCertificatesSql = `
  WITH seen AS (
    SELECT DISTINCT e.network_class = 'onion' AS is_onion, x.sha256, x.spki_sha256
    FROM tls_session t JOIN visit v USING (visit_id) JOIN endpoint e USING (endpoint_id) JOIN certificate x ON x.sha256 = t.certificate_sha256
  )
  SELECT DISTINCT o.sha256 FROM seen o
  WHERE o.is_onion AND (o.sha256 IN (SELECT sha256 FROM seen WHERE NOT is_onion)
    OR o.spki_sha256 IN (SELECT spki_sha256 FROM seen WHERE NOT is_onion AND spki_sha256 IS NOT NULL))
  ORDER BY o.sha256`

/**
 * What public outputs leave out of a crawl. Who opted out is on the lists that
 * runs of its network stored, or `hasOptedOut` says so beyond them.
 */
export const readWithholding = Effect.fnUntraced(function*(
  crawlId: number,
  simulated: boolean,
  hasOptedOut: HasOptedOut
) {
  const database = yield* Database
  const stored = makeExclusions(yield* readOptOuts(crawlId))
  const given = { crawl_id: crawlId }
  const withholding: Withholding = withholdingOf({
    simulated,
    hosts: yield* database.rows(HostRow, hostsSql, given),
    claims: yield* database.rows(ClaimRow, claimsSql, given),
    joiningCertificates: new Set((yield* database.rows(CertificateRow, joiningCertificatesSql)).map(({ sha256 }) => sha256)),
    hasOptedOut: (host, addresses) => stored.excludes(host, addresses) !== undefined || hasOptedOut(host, addresses)
  })
  return withholding
})
