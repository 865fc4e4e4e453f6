-- What is known about addresses from elsewhere.

CREATE TABLE enrichment (
  network VARCHAR NOT NULL,
  address VARCHAR NOT NULL,
  fact VARCHAR NOT NULL,
  source_kind VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  source_rank INTEGER NOT NULL,
  data_at TIMESTAMP,
  answers VARCHAR[] NOT NULL,
  reason VARCHAR,
  detail VARCHAR,
  block VARCHAR,
  looked_up_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE enrichment IS 'One row is what one source says about one address in one respect: answers or a reason why there are none. Level: address by fact and source.';
COMMENT ON COLUMN enrichment.network IS 'Network it was looked up for: facts of simulated networks are invented, also about real addresses.';
COMMENT ON COLUMN enrichment.address IS 'The address, IPv4 or IPv6, canonical.';
COMMENT ON COLUMN enrichment.fact IS 'asn (autonomous system that announces it), org (holder of that system), country_registered (by the registry: where the holder is at home), country_located (by a geo file: where it is said to be), city, cloud_provider, or ptr (names by reverse DNS).';
COMMENT ON COLUMN enrichment.source_kind IS 'cymru (Team Cymru''s DNS interface), geo file (--geoip), cloud ranges (--cloud-ranges), cloud table (this project''s own, by autonomous system), or reverse dns.';
COMMENT ON COLUMN enrichment.source IS 'Zone that was asked, or name of the file without its folder.';
COMMENT ON COLUMN enrichment.source_rank IS 'Place of the source: of those with an answer the lowest is shown, geo files in the order given.';
COMMENT ON COLUMN enrichment.data_at IS 'Date of the data, UTC: as the file states it, else when the file was last modified; null for what was asked live.';
COMMENT ON COLUMN enrichment.answers IS 'What the source says, not cleaned; usually one, several where several systems announce an address or it has several names; empty with a reason.';
COMMENT ON COLUMN enrichment.reason IS 'Why there is no answer: no data (the source has none), dns (the lookup failed), malformed (not the form the source documents), policy (our own rules forbid to ask), or us (no name server, no network); null with answers.';
COMMENT ON COLUMN enrichment.detail IS 'More words: registry and date of allocation, region of a cloud, a resolver''s code; not cleaned.';
COMMENT ON COLUMN enrichment.block IS 'Block of addresses that the source speaks of, CIDR or first-last; null where it names none.';
COMMENT ON COLUMN enrichment.looked_up_at IS 'When it was looked up, UTC.';

CREATE TABLE host_address (
  network VARCHAR NOT NULL,
  host VARCHAR NOT NULL,
  addresses VARCHAR[] NOT NULL,
  reason VARCHAR,
  detail VARCHAR,
  resolved_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE host_address IS 'One row is one name that was dialled through a proxy, which does not tell addresses, and what --resolver said afterwards. Level: host.';
COMMENT ON COLUMN host_address.network IS 'Network it was looked up for.';
COMMENT ON COLUMN host_address.host IS 'The name.';
COMMENT ON COLUMN host_address.addresses IS 'All addresses it had; the proxy may have dialled another one. Empty with a reason.';
COMMENT ON COLUMN host_address.reason IS 'Why there are none: no data, dns, policy or us; null with addresses.';
COMMENT ON COLUMN host_address.detail IS 'More words, e.g. the resolver''s code.';
COMMENT ON COLUMN host_address.resolved_at IS 'When it was asked for, UTC.';

CREATE VIEW address_facts AS
WITH answered AS (
  SELECT *, row_number() OVER (PARTITION BY network, address, fact ORDER BY source_rank, looked_up_at DESC, source_kind, source) AS place
  FROM enrichment WHERE len(answers) > 0
), best AS (
  SELECT network, address,
    max(answers[1]) FILTER (fact = 'asn') AS asn,
    any_value(answers) FILTER (fact = 'asn') AS asns,
    array_to_string(any_value(answers) FILTER (fact = 'org'), '; ') AS org,
    max(answers[1]) FILTER (fact = 'country_registered') AS country_registered,
    max(answers[1]) FILTER (fact = 'country_located') AS country_located,
    max(source) FILTER (fact = 'country_located') AS located_by,
    max(answers[1]) FILTER (fact = 'cloud_provider') AS cloud_provider,
    max(detail) FILTER (fact = 'cloud_provider' AND source_kind = 'cloud ranges') AS cloud_detail,
    any_value(answers) FILTER (fact = 'ptr') AS ptr
  FROM answered WHERE place = 1 GROUP BY network, address
), city AS (
  SELECT a.network, a.address, arg_min(a.answers[1], (a.place, a.source)) AS city
  FROM answered a
  JOIN enrichment c ON c.network = a.network AND c.address = a.address AND c.source = a.source
    AND c.source_kind = a.source_kind AND c.fact = 'country_located'
  JOIN best b ON b.network = a.network AND b.address = a.address AND b.country_located = c.answers[1]
  WHERE a.fact = 'city' GROUP BY a.network, a.address
), looked_up AS (
  SELECT network, address, max(looked_up_at) AS looked_up_at,
    max(reason || CASE WHEN reason <> 'malformed' AND detail IS NOT NULL THEN ' (' || detail || ')' ELSE '' END)
      FILTER (fact = 'asn' AND len(answers) = 0) AS asn_reason
  FROM enrichment GROUP BY network, address
)
SELECT l.network, l.address, TRY_CAST(b.asn AS BIGINT) AS asn, coalesce(len(b.asns), 0) AS origins, b.org,
  b.country_located, b.country_registered, b.located_by, c.city, b.cloud_provider, b.cloud_detail, b.ptr, l.looked_up_at,
  CASE WHEN b.asn IS NULL THEN coalesce(l.asn_reason, 'no source was asked') END AS asn_reason
FROM looked_up l
LEFT JOIN best b USING (network, address)
LEFT JOIN city c USING (network, address);
COMMENT ON VIEW address_facts IS 'One row is one address that was looked up, with the answer of the best source for each fact. Level: address.';
COMMENT ON COLUMN address_facts.network IS 'Network it was looked up for.';
COMMENT ON COLUMN address_facts.address IS 'The address.';
COMMENT ON COLUMN address_facts.asn IS 'Autonomous system that announces it; the first named where there are several.';
COMMENT ON COLUMN address_facts.origins IS 'How many systems announce it; 0 when none is known.';
COMMENT ON COLUMN address_facts.org IS 'Holder of that system; of several all, separated by semicolons.';
COMMENT ON COLUMN address_facts.country_located IS 'Country in which a geo file puts it.';
COMMENT ON COLUMN address_facts.country_registered IS 'Country by the registry: where its holder is at home.';
COMMENT ON COLUMN address_facts.located_by IS 'Name of the file that country_located is from.';
COMMENT ON COLUMN address_facts.city IS 'City in which a geo file puts it that agrees with country_located; cities of different files differ by hundreds of kilometres.';
COMMENT ON COLUMN address_facts.cloud_provider IS 'Company that rents out servers there: by published ranges, else by autonomous system.';
COMMENT ON COLUMN address_facts.cloud_detail IS 'Region and service, where published ranges tell.';
COMMENT ON COLUMN address_facts.ptr IS 'Its names by reverse DNS, as its owner wrote them; not cleaned.';
COMMENT ON COLUMN address_facts.looked_up_at IS 'When it was looked up the last time, UTC.';
COMMENT ON COLUMN address_facts.asn_reason IS 'Why asn is null; null when it is not.';

CREATE VIEW host_facts AS
WITH each AS (
  SELECT network, host, addresses, reason, detail, resolved_at, unnest(addresses) AS address FROM host_address
  UNION ALL
  SELECT network, host, addresses, reason, detail, resolved_at, NULL FROM host_address WHERE len(addresses) = 0
), known AS (
  -- The lists hold null where one address has no value: two values, then, not one.
  SELECT e.network, e.host, any_value(e.addresses) AS addresses, any_value(e.reason) AS reason, any_value(e.detail) AS detail,
    count(DISTINCT f.address) AS looked_up,
    list(DISTINCT f.asn) AS asn, list(DISTINCT f.org) AS org,
    list(DISTINCT f.country_located) AS country_located, list(DISTINCT f.country_registered) AS country_registered,
    list(DISTINCT f.city) AS city, list(DISTINCT f.cloud_provider) AS cloud_provider,
    list_sort(list_distinct(flatten(list(coalesce(f.ptr, []))))) AS ptr,
    max(f.asn_reason) AS asn_reason
  FROM each e LEFT JOIN address_facts f ON f.network = e.network AND f.address = e.address
  GROUP BY e.network, e.host
)
SELECT network, host, addresses, reason, detail, looked_up,
  CASE WHEN len(asn) = 1 THEN asn[1] END AS asn,
  CASE WHEN len(org) = 1 THEN org[1] END AS org,
  CASE WHEN len(country_located) = 1 THEN country_located[1] END AS country_located,
  CASE WHEN len(country_registered) = 1 THEN country_registered[1] END AS country_registered,
  CASE WHEN len(city) = 1 THEN city[1] END AS city,
  CASE WHEN len(cloud_provider) = 1 THEN cloud_provider[1] END AS cloud_provider,
  ptr,
  asn_reason
FROM known;
COMMENT ON VIEW host_facts IS 'One row is one name that was dialled through a proxy, with what is the same for all its addresses: which one the proxy took is not known. Level: host.';
COMMENT ON COLUMN host_facts.network IS 'Network it was looked up for.';
COMMENT ON COLUMN host_facts.host IS 'The name.';
COMMENT ON COLUMN host_facts.addresses IS 'All its addresses.';
COMMENT ON COLUMN host_facts.reason IS 'Why it has none; null when it has.';
COMMENT ON COLUMN host_facts.detail IS 'That reason in more words.';
COMMENT ON COLUMN host_facts.looked_up IS 'How many of its addresses were looked up.';
COMMENT ON COLUMN host_facts.asn IS 'Autonomous system of all its addresses; null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.org IS 'Holder of that system, on the same condition.';
COMMENT ON COLUMN host_facts.country_located IS 'Country in which geo files put all its addresses, on the same condition.';
COMMENT ON COLUMN host_facts.country_registered IS 'Country by the registry, on the same condition.';
COMMENT ON COLUMN host_facts.city IS 'City, on the same condition.';
COMMENT ON COLUMN host_facts.cloud_provider IS 'Cloud provider, on the same condition.';
COMMENT ON COLUMN host_facts.ptr IS 'Names of any of its addresses by reverse DNS.';
COMMENT ON COLUMN host_facts.asn_reason IS 'Why one of its addresses has no asn; null when all have one.';

CREATE VIEW endpoint_place AS
SELECT
  ce.crawl_id, ce.endpoint_id, coalesce(v.address, CASE WHEN ce.network_class IN ('ipv4', 'ipv6') THEN ce.host END) AS address,
  coalesce(a.asn, h.asn) AS asn,
  coalesce(a.org, h.org) AS org,
  coalesce(a.country_located, h.country_located) AS country_located,
  coalesce(a.country_registered, h.country_registered) AS country_registered,
  coalesce(a.city, h.city) AS city,
  coalesce(a.cloud_provider, h.cloud_provider) AS cloud_provider,
  coalesce(a.ptr, CASE WHEN len(h.ptr) > 0 THEN h.ptr END) AS reverse_names,
  CASE
    WHEN ce.network_class = 'onion' THEN 'onion services have no address'
    WHEN a.address IS NOT NULL THEN 'asn: ' || a.asn_reason
    WHEN v.address IS NOT NULL OR ce.network_class IN ('ipv4', 'ipv6') THEN 'its address was not looked up'
    WHEN h.host IS NULL AND ce.visit_id IS NULL THEN 'not visited'
    WHEN h.host IS NULL THEN 'its address is not known'
    WHEN h.reason IS NOT NULL THEN 'its address is not known: ' || h.reason || coalesce(' (' || h.detail || ')', '')
    WHEN h.looked_up < len(h.addresses) THEN 'its address was not looked up'
    WHEN h.asn_reason IS NOT NULL THEN 'asn: ' || h.asn_reason
    WHEN len(h.addresses) > 1 THEN 'it has ' || len(h.addresses) || ' addresses: shown is what is the same for all'
  END AS place_note
FROM crawl_endpoint ce
LEFT JOIN visit v ON v.visit_id = ce.visit_id
LEFT JOIN address_facts a ON a.network = ce.network
  AND a.address = coalesce(v.address, CASE WHEN ce.network_class IN ('ipv4', 'ipv6') THEN ce.host END)
LEFT JOIN host_facts h ON h.network = ce.network AND h.host = ce.host AND v.address IS NULL;
COMMENT ON VIEW endpoint_place IS 'One row is one endpoint known in one crawl, with what is known about its address from elsewhere. Level: endpoint.';
COMMENT ON COLUMN endpoint_place.crawl_id IS 'The crawl.';
COMMENT ON COLUMN endpoint_place.endpoint_id IS 'The endpoint.';
COMMENT ON COLUMN endpoint_place.address IS 'Address dialled, or the host where it is one; null through a proxy: then host_facts of its name are shown.';
COMMENT ON COLUMN endpoint_place.asn IS 'Autonomous system that announces the address; the first named where there are several.';
COMMENT ON COLUMN endpoint_place.org IS 'Holder of that system.';
COMMENT ON COLUMN endpoint_place.country_located IS 'Country in which a geo file puts the address.';
COMMENT ON COLUMN endpoint_place.country_registered IS 'Country by the registry: where the holder is at home.';
COMMENT ON COLUMN endpoint_place.city IS 'City in which a geo file puts the address.';
COMMENT ON COLUMN endpoint_place.cloud_provider IS 'Company that rents out servers there: by the ranges it publishes, else by autonomous system.';
COMMENT ON COLUMN endpoint_place.reverse_names IS 'Names of the address by reverse DNS, not cleaned.';
COMMENT ON COLUMN endpoint_place.place_note IS 'Why asn and the like are null, or what they stand for; null where the address dialled was looked up and has an asn.';

-- As before, with what is known about the address.
DROP VIEW server_metadata;
CREATE VIEW server_metadata AS
WITH member AS (
  SELECT crawl_id, server_id, min(cluster_id) AS cluster_id FROM cluster_member GROUP BY crawl_id, server_id
)
SELECT
  ce.crawl_id, ce.endpoint_id, se.server_id, ce.host, ce.network, ce.simulated,
  p.address AS ip,
  ce.port,
  ce.transport IN ('tls', 'wss') AS ssl,
  ce.reachable,
  CAST(NULL AS DOUBLE) AS latency_ms,
  v.banner,
  v.protocol AS protocol_version,
  v.software AS server_version,
  ts.certificate_sha256,
  x.issuer,
  x.valid_from,
  x.valid_to,
  x.san_dns,
  CAST(NULL AS VARCHAR) AS balance_response,
  CAST(NULL AS VARCHAR) AS history_response,
  CAST(NULL AS VARCHAR) AS malformed_response,
  CAST(NULL AS BOOLEAN) AS rate_limit_triggered,
  CAST(NULL AS DOUBLE) AS timing_variance,
  CAST(NULL AS VARCHAR) AS fingerprint_hash,
  coalesce(p.country_located, p.country_registered) AS country,
  p.city,
  p.asn,
  p.org,
  p.cloud_provider,
  CAST(NULL AS DOUBLE) AS honeypot_score,
  m.cluster_id,
  CASE
    WHEN ce.visit_id IS NULL THEN 'not visited: ' || coalesce(ce.not_visited_reason, ce.state)
      || coalesce(' (' || ce.not_visited_detail || ')', '')
    WHEN ce.outcome = 'failed' THEN 'failed: ' || coalesce(ce.reason, 'unknown') || coalesce(' (' || ce.phase || ')', '')
  END AS notes,
  p.country_located,
  p.country_registered,
  p.reverse_names,
  p.place_note
FROM latest_crawl l
JOIN crawl_endpoint ce ON ce.crawl_id = l.crawl_id
LEFT JOIN visit v ON v.visit_id = ce.visit_id
LEFT JOIN tls_session ts ON ts.visit_id = ce.visit_id
LEFT JOIN certificate x ON x.sha256 = ts.certificate_sha256
LEFT JOIN server_endpoint se ON se.crawl_id = ce.crawl_id AND se.endpoint_id = ce.endpoint_id
LEFT JOIN endpoint_place p ON p.crawl_id = ce.crawl_id AND p.endpoint_id = ce.endpoint_id
LEFT JOIN member m ON m.crawl_id = ce.crawl_id AND m.server_id = se.server_id;
COMMENT ON VIEW server_metadata IS 'One row is one endpoint of the latest finished crawl of its network, with the metadata schema of this project; null is not known (yet). Level: endpoint; use server_summary to count servers.';
COMMENT ON COLUMN server_metadata.crawl_id IS 'Latest finished crawl of the network.';
COMMENT ON COLUMN server_metadata.endpoint_id IS 'The endpoint.';
COMMENT ON COLUMN server_metadata.server_id IS 'Its server in this crawl.';
COMMENT ON COLUMN server_metadata.host IS 'Host of the endpoint.';
COMMENT ON COLUMN server_metadata.network IS 'Name of the chain crawled.';
COMMENT ON COLUMN server_metadata.simulated IS 'True: a simulated network, nothing here is a finding.';
COMMENT ON COLUMN server_metadata.ip IS 'Address dialled, or the host where it is an address; null through a proxy and for onions, never an announced address.';
COMMENT ON COLUMN server_metadata.port IS 'Port of the endpoint.';
COMMENT ON COLUMN server_metadata.ssl IS 'The endpoint speaks TLS.';
COMMENT ON COLUMN server_metadata.reachable IS 'True: server.version was answered. False: a visit failed on the server''s side. Null: not visited, or failed on ours (us, proxy, policy, throttled).';
COMMENT ON COLUMN server_metadata.latency_ms IS 'Median ping round trip on an idle session, milliseconds; null where it was not measured.';
COMMENT ON COLUMN server_metadata.banner IS 'Banner as received, not cleaned.';
COMMENT ON COLUMN server_metadata.protocol_version IS 'Protocol agreed on.';
COMMENT ON COLUMN server_metadata.server_version IS 'Software as claimed in server.version.';
COMMENT ON COLUMN server_metadata.certificate_sha256 IS 'SHA-256 of the certificate presented.';
COMMENT ON COLUMN server_metadata.issuer IS 'Its issuer.';
COMMENT ON COLUMN server_metadata.valid_from IS 'Start of its validity, UTC.';
COMMENT ON COLUMN server_metadata.valid_to IS 'End of its validity, UTC.';
COMMENT ON COLUMN server_metadata.san_dns IS 'DNS names among its alternative names.';
COMMENT ON COLUMN server_metadata.balance_response IS 'Answer to a balance query: ok, error, refused, empty, truncated, closed, differs or not asked; null when untested.';
COMMENT ON COLUMN server_metadata.history_response IS 'Answer to a history query, in the same words; null when untested.';
COMMENT ON COLUMN server_metadata.malformed_response IS 'Answer to a malformed request, in the same words; null when untested.';
COMMENT ON COLUMN server_metadata.rate_limit_triggered IS 'A rate limit was seen; null when untested. Never provoked.';
COMMENT ON COLUMN server_metadata.timing_variance IS 'Standard deviation of the ping round trips behind latency_ms, milliseconds; null when untested.';
COMMENT ON COLUMN server_metadata.fingerprint_hash IS 'Hash of the normalised behaviour profile; null when untested.';
COMMENT ON COLUMN server_metadata.country IS 'Country in which a geo file puts the address; where none does, the country it is registered in. See country_located and country_registered. Null when not known, see place_note.';
COMMENT ON COLUMN server_metadata.city IS 'City in which a geo file puts the address; files differ by hundreds of kilometres. Null when not known.';
COMMENT ON COLUMN server_metadata.asn IS 'Autonomous system that announces the address; the first named where there are several. Null when not known, see place_note.';
COMMENT ON COLUMN server_metadata.org IS 'Holder of the autonomous system; null when not known.';
COMMENT ON COLUMN server_metadata.cloud_provider IS 'Company that rents out servers there: by the ranges it publishes, else by autonomous system. Null: none that is known here, or not looked up.';
COMMENT ON COLUMN server_metadata.honeypot_score IS 'Suspicion score, 0 to 1; null when not computed.';
COMMENT ON COLUMN server_metadata.cluster_id IS 'Group of servers it belongs to (the first of several); null for none or when not analysed.';
COMMENT ON COLUMN server_metadata.notes IS 'Why it was not visited, or why its visit failed; null when it answered.';
COMMENT ON COLUMN server_metadata.country_located IS 'Country in which a geo file (--geoip) puts the address; null when not known.';
COMMENT ON COLUMN server_metadata.country_registered IS 'Country by the registry that gave the address out: where its holder is at home. Null when not known.';
COMMENT ON COLUMN server_metadata.reverse_names IS 'Names of the address by reverse DNS, not cleaned; null for none or when not looked up.';
COMMENT ON COLUMN server_metadata.place_note IS 'Why country, asn and the like are null, or what they stand for; null where the address dialled was looked up and has an asn.';
