import { isPublicList } from "./public-list.ts"
import { certificateIndicators } from "./withholding.ts"

/**
 * What is taken out of a copy of a database so that queries may be run on it by
 * anybody: for each table statements in SQL, in this order. A table that is not
 * here is emptied, so that nothing new is public by being forgotten. The temporary
 * tables they read are made by `public-copy.ts` from what `withholding.ts` says.
 */
export interface TableRule {
  readonly table: string
  readonly statements: ReadonlyArray<string>
}

const rule = (table: string, ...statements: ReadonlyArray<string>): TableRule => ({ table, statements })

const isShownEndpoint = (crawl: string, endpoint: string): string =>
  `EXISTS (SELECT 1 FROM shown_endpoint s WHERE s.crawl_id = ${crawl} AND s.endpoint_id = ${endpoint})`
const isShownServer = (crawl: string, server: string): string =>
  `EXISTS (SELECT 1 FROM shown_server s WHERE s.crawl_id = ${crawl} AND s.server_id = ${server})`

const ofVisit = (table: string, ...more: ReadonlyArray<string>): TableRule =>
  rule(table, `DELETE FROM ${table} WHERE visit_id NOT IN (SELECT visit_id FROM visit)`, ...more)
const ofCrawl = (table: string, ...more: ReadonlyArray<string>): TableRule =>
  rule(table, `DELETE FROM ${table} WHERE crawl_id NOT IN (SELECT crawl_id FROM kept_crawl)`, ...more)
const ofServer = (table: string, ...more: ReadonlyArray<string>): TableRule =>
  rule(table, `DELETE FROM ${table} t WHERE NOT ${isShownServer("t.crawl_id", "t.server_id")}`, ...more)
const ofPair = (table: string): TableRule =>
  rule(
    table,
    `DELETE FROM ${table} t WHERE NOT ${isShownServer("t.crawl_id", "t.server_a")} OR NOT ${isShownServer("t.crawl_id", "t.server_b")}
       OR EXISTS (SELECT 1 FROM apart p WHERE p.crawl_id = t.crawl_id AND p.server_a = t.server_a AND p.server_b = t.server_b)`
  )

/** What stands in place of the owner of servers that are not shown. */
const nobody = "'(withheld)'"
const isHiddenOwner = `
  (t.cluster_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM shown_member m WHERE m.crawl_id = t.crawl_id AND m.cluster_id = t.cluster_id))
  OR (t.cluster_id IS NULL AND t.server_id IS NOT NULL AND NOT ${isShownServer("t.crawl_id", "t.server_id")})`

/** Looks that a copy has: those of a month. */
const oldestLook = "(SELECT max(seen_at) FROM sighting) - INTERVAL 31 DAYS"

/** Whether a row's endpoint is one whose times may be told: no onion's, which times join to clearnet. */
const tellsTimes = (network: string): string =>
  `EXISTS (SELECT 1 FROM shown_watched w WHERE w.endpoint_id = t.endpoint_id AND w.network = ${network} AND NOT w.is_onion)`

export const publicCopyRules: ReadonlyArray<TableRule> = [
  // Before crawls that are not kept are taken out: what of them is shown goes on with one that is.
  rule(
    "sighting",
    `DELETE FROM sighting t WHERE t.seen_at < ${oldestLook}
       OR NOT EXISTS (SELECT 1 FROM crawl c WHERE c.crawl_id = t.crawl_id AND ${tellsTimes("c.network")})`,
    "UPDATE sighting SET visit_id = NULL, run_id = 0",
    `UPDATE sighting t SET crawl_id = k.crawl_id
     FROM crawl c, (SELECT network, vantage, max(crawl_id) AS crawl_id FROM crawl JOIN kept_crawl USING (crawl_id) GROUP BY ALL) k
     WHERE c.crawl_id = t.crawl_id AND k.network = c.network AND k.vantage = c.vantage AND t.crawl_id NOT IN (SELECT crawl_id FROM kept_crawl)`,
    "DELETE FROM sighting WHERE crawl_id NOT IN (SELECT crawl_id FROM kept_crawl)"
  ),
  rule(
    "watch_event",
    `DELETE FROM watch_event t WHERE t.endpoint_id IS NOT NULL AND NOT ${tellsTimes("t.network")}`,
    "UPDATE watch_event SET detail = NULL WHERE endpoint_id IS NOT NULL OR kind = 'network outage'",
    // Systems and countries in which no shown server is are not told of.
    `UPDATE watch_event SET value_after = '(withheld)' WHERE endpoint_id IS NULL AND value_after IS NOT NULL AND value_after NOT IN (
       SELECT place FROM (
         SELECT unnest(['AS ' || p.asn, 'country ' || coalesce(p.country_located, p.country_registered)]) AS place
         FROM endpoint_place p JOIN shown_endpoint s ON s.crawl_id = p.crawl_id AND s.endpoint_id = p.endpoint_id
       ) WHERE place IS NOT NULL)`
  ),
  rule("schema_version"),
  rule("schema_view"),
  rule("publication"),
  rule(
    "crawl",
    "DELETE FROM crawl WHERE kind = 'crawl' AND crawl_id NOT IN (SELECT crawl_id FROM kept_crawl)",
    // Of how it was called only what views look at: the rest names files and seeds of whoever ran it.
    "UPDATE crawl SET settings = json_object('choice', settings->>'$.choice')"
  ),
  rule(
    "visit",
    `DELETE FROM visit v WHERE NOT ${isShownEndpoint("v.crawl_id", "v.endpoint_id")} AND NOT (
       v.endpoint_id IN (SELECT endpoint_id FROM shown_endpoint)
       AND EXISTS (SELECT 1 FROM crawl c WHERE c.crawl_id = v.crawl_id AND c.kind <> 'crawl'))`,
    "UPDATE visit SET banner_octets = NULL, resolved_by = NULL"
  ),
  ofVisit("observation", "UPDATE observation SET reply_octets = NULL"),
  ofVisit("identification"),
  ofVisit("behaviour"),
  ofVisit("timing"),
  ofVisit("peers_reply"),
  ofVisit("malformed_reply"),
  ofVisit(
    "tls_session",
    // One certificate or key on an onion and on clearnet joins them, which their operator may not have published.
    `UPDATE tls_session SET certificate_sha256 = NULL, chain_sha256 = [] WHERE visit_id IN (
       SELECT v.visit_id FROM visit v JOIN shown_endpoint s ON s.crawl_id = v.crawl_id AND s.endpoint_id = v.endpoint_id
       JOIN onion_server o ON o.crawl_id = s.crawl_id AND o.server_id = s.server_id)
     AND certificate_sha256 IN (SELECT sha256 FROM joining_certificate)`
  ),
  rule(
    "certificate",
    `DELETE FROM certificate WHERE sha256 NOT IN (
       SELECT certificate_sha256 FROM tls_session WHERE certificate_sha256 IS NOT NULL
       UNION ALL SELECT unnest(chain_sha256) FROM tls_session)`,
    "UPDATE certificate SET der = ''::BLOB"
  ),
  rule("endpoint_state", `DELETE FROM endpoint_state t WHERE NOT ${isShownEndpoint("t.crawl_id", "t.endpoint_id")}`),
  ofServer(
    "server",
    `UPDATE server t SET endpoints = (SELECT count(*) FROM shown_endpoint s JOIN server_endpoint USING (crawl_id, server_id, endpoint_id) WHERE s.crawl_id = t.crawl_id AND s.server_id = t.server_id)
     WHERE (crawl_id, server_id) IN (SELECT (crawl_id, server_id) FROM partly_shown)`,
    `UPDATE server t SET confirmed = EXISTS (SELECT 1 FROM server_endpoint se JOIN crawl_endpoint ce USING (crawl_id, endpoint_id)
       JOIN shown_host h ON h.crawl_id = se.crawl_id AND h.server_id = se.server_id AND h.host = ce.host
       WHERE se.crawl_id = t.crawl_id AND se.server_id = t.server_id AND ce.reachable)
     WHERE confirmed AND (crawl_id, server_id) IN (SELECT (crawl_id, server_id) FROM partly_shown)`
  ),
  rule("server_endpoint", `DELETE FROM server_endpoint t WHERE NOT ${isShownEndpoint("t.crawl_id", "t.endpoint_id")}`),
  rule("endpoint", "DELETE FROM endpoint WHERE endpoint_id NOT IN (SELECT endpoint_id FROM shown_endpoint)"),
  rule(
    "source",
    // Of what its user had from files or asked for nothing is told.
    `DELETE FROM source s WHERE NOT (${isPublicList("s")}
       OR (kind IN ('server', 'features') AND endpoint_id IN (SELECT endpoint_id FROM endpoint)))`,
    // As earlier versions stored them: passwords and tokens are in accounts and queries.
    `UPDATE source SET name = regexp_replace(regexp_replace(name, '^(https?://)[^/?#]*@', '\\1', 'i'), '[?#].*$', '?…', 's')
     WHERE kind IN ('list', 'page') AND regexp_matches(name, '^https?://[^/?#]*@|^https?://[^?#]*[?#].', 'i')`
  ),
  rule(
    "reading",
    `DELETE FROM reading r WHERE crawl_id NOT IN (SELECT crawl_id FROM kept_crawl) OR source_id NOT IN (SELECT source_id FROM source)
       OR EXISTS (SELECT 1 FROM source o WHERE o.source_id = r.source_id AND o.endpoint_id IS NOT NULL AND NOT ${isShownEndpoint("r.crawl_id", "o.endpoint_id")})`
  ),
  rule(
    "advertisement",
    "DELETE FROM advertisement WHERE host IS NOT NULL AND host NOT IN (SELECT host FROM open_host)",
    "UPDATE advertisement SET raw_octets = NULL"
  ),
  rule(
    "advertisement_endpoint",
    `DELETE FROM advertisement_endpoint WHERE endpoint_id NOT IN (SELECT endpoint_id FROM endpoint)
       OR advertisement_id NOT IN (SELECT advertisement_id FROM advertisement)`
  ),
  rule("host_address", "DELETE FROM host_address WHERE host NOT IN (SELECT host FROM endpoint)"),
  rule(
    "enrichment",
    `DELETE FROM enrichment WHERE address NOT IN (
       SELECT address FROM visit WHERE address IS NOT NULL UNION ALL SELECT unnest(addresses) FROM visit
       UNION ALL SELECT unnest(addresses) FROM host_address UNION ALL SELECT host FROM endpoint)`,
    // Cities are shown of datacentres only: elsewhere they say where somebody lives.
    `UPDATE enrichment SET answers = [], reason = 'withheld from public outputs', detail = NULL, block = NULL
     WHERE fact IN ('city', 'coordinates') AND (network, address) NOT IN (
       SELECT (network, address) FROM address_facts WHERE cloud_provider IS NOT NULL)`
  ),
  ofCrawl("analysis_run", "UPDATE analysis_run SET options = '{}'"),
  ofCrawl("comparison_weight"),
  ofCrawl("crawl_coverage"),
  ofServer("suspicion"),
  ofServer(
    "indicator",
    `UPDATE indicator SET detail = NULL WHERE name IN (${certificateIndicators.map((name) => `'${name}'`).join(", ")})
     AND (crawl_id, server_id) IN (SELECT (crawl_id, server_id) FROM onion_server)`,
    "UPDATE indicator SET detail = NULL WHERE (crawl_id, server_id) IN (SELECT (crawl_id, server_id) FROM partly_shown)"
  ),
  ofServer(
    "behaviour_vector",
    `UPDATE behaviour_vector SET neighbours = [], similarities = []`,
    "DELETE FROM behaviour_vector WHERE (crawl_id, server_id) IN (SELECT (crawl_id, server_id) FROM partly_shown)"
  ),
  ofServer("graph_layout"),
  ofServer("community"),
  ofServer(
    "graph_place",
    `UPDATE graph_place t SET sole_lister_id = NULL WHERE NOT ${isShownServer("t.crawl_id", "t.sole_lister_id")}`,
    `UPDATE graph_place t SET introduced_by_id = NULL WHERE NOT ${isShownServer("t.crawl_id", "t.introduced_by_id")}`
  ),
  rule(
    "cluster_member",
    "DELETE FROM cluster_member t WHERE NOT EXISTS (SELECT 1 FROM shown_member m WHERE m.crawl_id = t.crawl_id AND m.cluster_id = t.cluster_id AND m.server_id = t.server_id)",
    // What ties it to others may tie it to one that is not shown.
    "UPDATE cluster_member SET evidence = NULL"
  ),
  rule(
    "cluster",
    "DELETE FROM cluster t WHERE NOT EXISTS (SELECT 1 FROM cluster_member m WHERE m.crawl_id = t.crawl_id AND m.cluster_id = t.cluster_id)",
    // How a group came about names all of its members.
    "UPDATE cluster t SET detail = '{}', servers = (SELECT count(*) FROM cluster_member m WHERE m.crawl_id = t.crawl_id AND m.cluster_id = t.cluster_id)"
  ),
  ofPair("pair"),
  ofPair("evidence"),
  ofCrawl(
    "selection_policy",
    `UPDATE selection_policy p SET best_informed = ${nobody} WHERE EXISTS (
       SELECT 1 FROM exposure t WHERE t.crawl_id = p.crawl_id AND t.owner = p.best_informed AND (${isHiddenOwner}))`
  ),
  ofCrawl(
    "concentration",
    `UPDATE concentration p SET largest = ${nobody} WHERE EXISTS (
       SELECT 1 FROM exposure t WHERE t.crawl_id = p.crawl_id AND t.owner = p.largest AND (${isHiddenOwner}))`
  ),
  ofCrawl("exposure", `UPDATE exposure t SET owner = ${nobody}, cluster_id = NULL, server_id = NULL WHERE ${isHiddenOwner}`),
  rule("differential", `DELETE FROM differential t WHERE NOT ${isShownServer("t.servers_of", "t.server_id")} OR NOT ${isShownEndpoint("t.servers_of", "t.endpoint_id")}`),
  rule("snapshot", "DELETE FROM snapshot WHERE servers_of NOT IN (SELECT crawl_id FROM kept_crawl)"),
  rule(
    "snapshot_reading",
    `DELETE FROM snapshot_reading t WHERE NOT EXISTS (
       SELECT 1 FROM snapshot n JOIN shown_server s ON s.crawl_id = n.servers_of WHERE n.snapshot_id = t.snapshot_id AND s.server_id = t.server_id)
       OR endpoint_id NOT IN (SELECT endpoint_id FROM endpoint)`
  )
]
