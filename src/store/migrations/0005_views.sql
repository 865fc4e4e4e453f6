-- How the tables are read.

CREATE VIEW latest_crawl AS
SELECT network, coalesce(max(crawl_id) FILTER (state = 'finished'), max(crawl_id)) AS crawl_id
FROM crawl
WHERE kind = 'crawl' AND state IN ('finished', 'limited')
GROUP BY network;
COMMENT ON VIEW latest_crawl IS 'One row is one network with its newest finished crawl; before any has finished, the newest that --limit or --max-time ended. Level: crawl.';
COMMENT ON COLUMN latest_crawl.network IS 'Name of the chain crawled.';
COMMENT ON COLUMN latest_crawl.crawl_id IS 'Its newest finished crawl; single visits never count.';

CREATE VIEW default_crawl AS
SELECT network, coalesce(max(crawl_id) FILTER (state = 'finished'), max(crawl_id)) AS crawl_id
FROM crawl
WHERE kind = 'crawl'
GROUP BY network;
COMMENT ON VIEW default_crawl IS 'One row is one network with the crawl that named queries show: the newest finished one, or before any has finished the newest. Level: crawl.';
COMMENT ON COLUMN default_crawl.network IS 'Name of the chain crawled.';
COMMENT ON COLUMN default_crawl.crawl_id IS 'The crawl; see crawl.state for whether it is finished.';

CREATE VIEW latest_visit AS
SELECT c.network, c.simulated, v.endpoint_id, v.visit_id, v.crawl_id, v.started_at, v.outcome, v.reason
FROM visit v JOIN crawl c USING (crawl_id)
WHERE c.kind = 'crawl'
QUALIFY row_number() OVER (PARTITION BY c.network, v.endpoint_id ORDER BY v.crawl_id DESC, v.visit_id DESC) = 1;
COMMENT ON VIEW latest_visit IS 'One row is the newest visit of one endpoint in one network, from any crawl; single visits on request never count. Level: endpoint.';
COMMENT ON COLUMN latest_visit.network IS 'Network it was visited for.';
COMMENT ON COLUMN latest_visit.simulated IS 'True: invented behaviour of a simulated network.';
COMMENT ON COLUMN latest_visit.endpoint_id IS 'The endpoint.';
COMMENT ON COLUMN latest_visit.visit_id IS 'Its newest visit; see visit for all columns.';
COMMENT ON COLUMN latest_visit.crawl_id IS 'Crawl of that visit.';
COMMENT ON COLUMN latest_visit.started_at IS 'When it began, UTC.';
COMMENT ON COLUMN latest_visit.outcome IS 'answered or failed.';
COMMENT ON COLUMN latest_visit.reason IS 'Why it failed; null when answered.';

CREATE VIEW crawl_endpoint AS
WITH standing AS (
  SELECT crawl_id, endpoint_id,
    arg_max(state, sequence) AS state,
    arg_max({reason: reason, detail: detail}, sequence) AS why,
    min(changed_at) AS known_at
  FROM endpoint_state
  GROUP BY crawl_id, endpoint_id
), visited AS (
  SELECT * FROM visit
  QUALIFY row_number() OVER (PARTITION BY crawl_id, endpoint_id ORDER BY visit_id DESC) = 1
)
SELECT
  crawl_id, endpoint_id, c.network, c.simulated, c.state AS crawl_state,
  e.host, e.port, e.transport, e.network_class, e.endpoint_key,
  coalesce(s.state, 'visited') AS state,
  CASE WHEN v.visit_id IS NULL THEN s.why.reason END AS not_visited_reason,
  CASE WHEN v.visit_id IS NULL THEN s.why.detail END AS not_visited_detail,
  coalesce(s.known_at, v.started_at) AS known_at,
  v.visit_id,
  CASE
    WHEN v.visit_id IS NULL THEN NULL
    WHEN v.software IS NOT NULL OR v.protocol IS NOT NULL OR v.outcome = 'answered' THEN true
    WHEN v.reason IN ('us', 'proxy', 'policy', 'throttled') THEN NULL
    ELSE false
  END AS reachable,
  v.outcome, v.reason, v.phase, v.detail
FROM standing s
FULL JOIN visited v USING (crawl_id, endpoint_id)
JOIN crawl c USING (crawl_id)
JOIN endpoint e USING (endpoint_id);
COMMENT ON VIEW crawl_endpoint IS 'One row is one endpoint known in one crawl, where it stands there and what its visit came to. Level: endpoint.';
COMMENT ON COLUMN crawl_endpoint.crawl_id IS 'The crawl.';
COMMENT ON COLUMN crawl_endpoint.endpoint_id IS 'The endpoint.';
COMMENT ON COLUMN crawl_endpoint.network IS 'Name of the chain crawled.';
COMMENT ON COLUMN crawl_endpoint.simulated IS 'True: a simulated network.';
COMMENT ON COLUMN crawl_endpoint.crawl_state IS 'State of the crawl; anything but finished means that numbers are incomplete.';
COMMENT ON COLUMN crawl_endpoint.host IS 'Host of the endpoint.';
COMMENT ON COLUMN crawl_endpoint.port IS 'Port of the endpoint.';
COMMENT ON COLUMN crawl_endpoint.transport IS 'tcp, tls, ws or wss.';
COMMENT ON COLUMN crawl_endpoint.network_class IS 'ipv4, ipv6, onion or name.';
COMMENT ON COLUMN crawl_endpoint.endpoint_key IS 'host:port:letter.';
COMMENT ON COLUMN crawl_endpoint.state IS 'parked, due, visited or not visited.';
COMMENT ON COLUMN crawl_endpoint.not_visited_reason IS 'Why there was no visit: its reachability is unknown, not false.';
COMMENT ON COLUMN crawl_endpoint.not_visited_detail IS 'That reason in more words.';
COMMENT ON COLUMN crawl_endpoint.known_at IS 'When the crawl first knew it, UTC.';
COMMENT ON COLUMN crawl_endpoint.visit_id IS 'Its visit; null without one.';
COMMENT ON COLUMN crawl_endpoint.reachable IS 'True: server.version was answered, on whatever chain. False: a visit failed on the server''s side. Null: not visited, or failed on ours (us, proxy, policy, throttled).';
COMMENT ON COLUMN crawl_endpoint.outcome IS 'answered or failed; null without a visit.';
COMMENT ON COLUMN crawl_endpoint.reason IS 'Why the visit failed.';
COMMENT ON COLUMN crawl_endpoint.phase IS 'In which phase it failed.';
COMMENT ON COLUMN crawl_endpoint.detail IS 'Raw text behind the reason, not cleaned.';

CREATE VIEW peer_edge AS
SELECT
  a.crawl_id,
  s.endpoint_id AS from_endpoint_id,
  f.server_id AS from_server_id,
  fe.host AS from_host,
  ae.endpoint_id AS to_endpoint_id,
  t.server_id AS to_server_id,
  te.host AS to_host,
  max(a.times_seen) AS times_seen,
  max(a.times_asked) AS times_asked,
  min(a.first_seen_at) AS first_seen_at
FROM advertised a
JOIN source s ON s.source_id = a.source_id AND s.kind = 'server'
JOIN advertisement_endpoint ae ON ae.advertisement_id = a.advertisement_id
JOIN endpoint fe ON fe.endpoint_id = s.endpoint_id
JOIN endpoint te ON te.endpoint_id = ae.endpoint_id
LEFT JOIN server_endpoint f ON f.crawl_id = a.crawl_id AND f.endpoint_id = s.endpoint_id
LEFT JOIN server_endpoint t ON t.crawl_id = a.crawl_id AND t.endpoint_id = ae.endpoint_id
GROUP BY a.crawl_id, s.endpoint_id, f.server_id, fe.host, ae.endpoint_id, t.server_id, te.host;
COMMENT ON VIEW peer_edge IS 'One row is one endpoint whose peer list named one endpoint, in one crawl. What servers claim of themselves in features is not in it. Level: endpoint to endpoint; group by server ids for servers.';
COMMENT ON COLUMN peer_edge.crawl_id IS 'The crawl.';
COMMENT ON COLUMN peer_edge.from_endpoint_id IS 'Endpoint whose peer list it was.';
COMMENT ON COLUMN peer_edge.from_server_id IS 'Its server; null until the crawl has joined servers.';
COMMENT ON COLUMN peer_edge.from_host IS 'Its host.';
COMMENT ON COLUMN peer_edge.to_endpoint_id IS 'Endpoint named.';
COMMENT ON COLUMN peer_edge.to_server_id IS 'Its server; null until the crawl has joined servers.';
COMMENT ON COLUMN peer_edge.to_host IS 'Its host.';
COMMENT ON COLUMN peer_edge.times_seen IS 'In at least how many answers it was named.';
COMMENT ON COLUMN peer_edge.times_asked IS 'How often the endpoint answered with a list: a peer list may be a random subset.';
COMMENT ON COLUMN peer_edge.first_seen_at IS 'When it was first stored, UTC.';

CREATE VIEW server_metadata AS
WITH member AS (
  SELECT crawl_id, server_id, min(cluster_id) AS cluster_id FROM cluster_member GROUP BY crawl_id, server_id
)
SELECT
  ce.crawl_id, ce.endpoint_id, se.server_id, ce.host, ce.network, ce.simulated,
  coalesce(v.address, CASE WHEN ce.network_class IN ('ipv4', 'ipv6') THEN ce.host END) AS ip,
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
  CAST(NULL AS VARCHAR) AS country,
  CAST(NULL AS VARCHAR) AS city,
  CAST(NULL AS BIGINT) AS asn,
  CAST(NULL AS VARCHAR) AS org,
  CAST(NULL AS VARCHAR) AS cloud_provider,
  CAST(NULL AS DOUBLE) AS honeypot_score,
  m.cluster_id,
  CASE
    WHEN ce.visit_id IS NULL THEN 'not visited: ' || coalesce(ce.not_visited_reason, ce.state)
      || coalesce(' (' || ce.not_visited_detail || ')', '')
    WHEN ce.outcome = 'failed' THEN 'failed: ' || coalesce(ce.reason, 'unknown') || coalesce(' (' || ce.phase || ')', '')
  END AS notes
FROM latest_crawl l
JOIN crawl_endpoint ce ON ce.crawl_id = l.crawl_id
LEFT JOIN visit v ON v.visit_id = ce.visit_id
LEFT JOIN tls_session ts ON ts.visit_id = ce.visit_id
LEFT JOIN certificate x ON x.sha256 = ts.certificate_sha256
LEFT JOIN server_endpoint se ON se.crawl_id = ce.crawl_id AND se.endpoint_id = ce.endpoint_id
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
COMMENT ON COLUMN server_metadata.country IS 'Country code of the address; null when not looked up.';
COMMENT ON COLUMN server_metadata.city IS 'City of the address; null when not looked up.';
COMMENT ON COLUMN server_metadata.asn IS 'Autonomous system number of the address; null when not looked up.';
COMMENT ON COLUMN server_metadata.org IS 'Organisation of the autonomous system; null when not looked up.';
COMMENT ON COLUMN server_metadata.cloud_provider IS 'Cloud provider of the address; null when not looked up.';
COMMENT ON COLUMN server_metadata.honeypot_score IS 'Suspicion score, 0 to 1; null when not computed.';
COMMENT ON COLUMN server_metadata.cluster_id IS 'Group of servers it belongs to (the first of several); null for none or when not analysed.';
COMMENT ON COLUMN server_metadata.notes IS 'Why it was not visited, or why its visit failed; null when it answered.';

CREATE VIEW server_summary AS
WITH per_endpoint AS (
  SELECT se.crawl_id, se.server_id, ce.*, v.software, v.protocol, v.address, v.banner, v.tip_height, ts.certificate_sha256
  FROM latest_crawl l
  JOIN server_endpoint se ON se.crawl_id = l.crawl_id
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  LEFT JOIN visit v ON v.visit_id = ce.visit_id
  LEFT JOIN tls_session ts ON ts.visit_id = ce.visit_id
), per_server AS (
  SELECT
    crawl_id, server_id,
    any_value(network) AS network,
    any_value(simulated) AS simulated,
    arg_min(host, endpoint_id) AS host,
    list_sort(list(DISTINCT host)) AS hosts,
    list_sort(list(DISTINCT network_class)) AS network_classes,
    count(*) FILTER (reachable) AS endpoints_reachable,
    bool_or(reachable) AS reachable,
    min(software) AS server_version,
    min(protocol) AS protocol_version,
    max(tip_height) AS tip_height,
    list_sort(coalesce(list(DISTINCT address) FILTER (address IS NOT NULL), [])) AS addresses,
    list_sort(coalesce(list(DISTINCT certificate_sha256) FILTER (certificate_sha256 IS NOT NULL), [])) AS certificates
  FROM per_endpoint
  GROUP BY crawl_id, server_id
), edge AS (
  SELECT DISTINCT crawl_id, from_server_id, to_server_id
  FROM peer_edge
  WHERE crawl_id IN (SELECT crawl_id FROM latest_crawl) AND from_server_id <> to_server_id
), named_by AS (
  SELECT crawl_id, to_server_id AS server_id, count(*) AS servers FROM edge GROUP BY ALL
), names AS (
  SELECT crawl_id, from_server_id AS server_id, count(*) AS servers FROM edge GROUP BY ALL
), grouped AS (
  SELECT crawl_id, server_id, min(cluster_id) AS cluster_id FROM cluster_member GROUP BY crawl_id, server_id
)
SELECT
  s.crawl_id, s.server_id, p.network, p.simulated, p.host, p.hosts, p.network_classes,
  s.endpoints, p.endpoints_reachable, s.confirmed, p.reachable, s.chain,
  p.server_version, p.protocol_version, p.tip_height, p.addresses, p.certificates,
  coalesce(nb.servers, 0) AS named_by_servers,
  coalesce(n.servers, 0) AS names_servers,
  co.community,
  g.cluster_id
FROM server s
JOIN per_server p USING (crawl_id, server_id)
LEFT JOIN named_by nb USING (crawl_id, server_id)
LEFT JOIN names n USING (crawl_id, server_id)
LEFT JOIN community co ON co.crawl_id = s.crawl_id AND co.server_id = s.server_id AND co.resolution = 1
LEFT JOIN grouped g ON g.crawl_id = s.crawl_id AND g.server_id = s.server_id;
COMMENT ON VIEW server_summary IS 'One row is one server of the latest finished crawl of its network. Level: server: count servers here.';
COMMENT ON COLUMN server_summary.crawl_id IS 'Latest finished crawl of the network.';
COMMENT ON COLUMN server_summary.server_id IS 'The server.';
COMMENT ON COLUMN server_summary.network IS 'Name of the chain crawled.';
COMMENT ON COLUMN server_summary.simulated IS 'True: a simulated network, nothing here is a finding.';
COMMENT ON COLUMN server_summary.host IS 'Host that became known first.';
COMMENT ON COLUMN server_summary.hosts IS 'All its hosts, sorted.';
COMMENT ON COLUMN server_summary.network_classes IS 'Kinds of its hosts: ipv4, ipv6, onion, name.';
COMMENT ON COLUMN server_summary.endpoints IS 'Endpoints joined in it.';
COMMENT ON COLUMN server_summary.endpoints_reachable IS 'Endpoints that answered server.version; most hosts are visited at one endpoint only.';
COMMENT ON COLUMN server_summary.confirmed IS 'At least one endpoint answered server.version.';
COMMENT ON COLUMN server_summary.reachable IS 'True: an endpoint answered. False: visits failed on the server''s side. Null: unknown.';
COMMENT ON COLUMN server_summary.chain IS 'Chain shown by headers; null while unverified or unreached.';
COMMENT ON COLUMN server_summary.server_version IS 'Software as claimed; the first in text order if its endpoints differ.';
COMMENT ON COLUMN server_summary.protocol_version IS 'Protocol agreed on; the first in text order if its endpoints differ.';
COMMENT ON COLUMN server_summary.tip_height IS 'Highest tip its endpoints claimed.';
COMMENT ON COLUMN server_summary.addresses IS 'Addresses dialled.';
COMMENT ON COLUMN server_summary.certificates IS 'SHA-256 of the certificates presented.';
COMMENT ON COLUMN server_summary.named_by_servers IS 'Other servers whose peer lists name it.';
COMMENT ON COLUMN server_summary.names_servers IS 'Other servers that its peer lists name.';
COMMENT ON COLUMN server_summary.community IS 'Louvain community at resolution 1; null when not analysed.';
COMMENT ON COLUMN server_summary.cluster_id IS 'Group of servers it belongs to (the first of several); null for none or when not analysed.';
