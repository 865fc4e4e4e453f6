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
  i.fingerprint_hash,
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
  p.place_note,
  i.implementation,
  i.version_range,
  i.confidence AS identification_confidence,
  i.contradictions
FROM latest_crawl l
JOIN crawl_endpoint ce ON ce.crawl_id = l.crawl_id
LEFT JOIN visit v ON v.visit_id = ce.visit_id
LEFT JOIN tls_session ts ON ts.visit_id = ce.visit_id
LEFT JOIN certificate x ON x.sha256 = ts.certificate_sha256
LEFT JOIN server_endpoint se ON se.crawl_id = ce.crawl_id AND se.endpoint_id = ce.endpoint_id
LEFT JOIN endpoint_place p ON p.crawl_id = ce.crawl_id AND p.endpoint_id = ce.endpoint_id
LEFT JOIN identification i ON i.visit_id = ce.visit_id
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
COMMENT ON COLUMN server_metadata.fingerprint_hash IS 'Hash of the normalised behaviour: equal for equal software and configuration, claims left out; null when a reply it needs is missing. Compare within one identification.fingerprint_recipe only.';
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
COMMENT ON COLUMN server_metadata.implementation IS 'What the server behaves like, whatever it calls itself (server_version): ElectrumX (its forks too), Fulcrum, romanz electrs, Blockstream electrs or mempool electrs; null when untested, or when nothing known fits well enough.';
COMMENT ON COLUMN server_metadata.version_range IS 'Releases of it that fit what was seen, e.g. >=1.18 <1.19; any when nothing tells them apart. A build from between two releases behaves like the later one. Null without implementation.';
COMMENT ON COLUMN server_metadata.identification_confidence IS 'Probability of the likeliest implementation, 0 to 1; null when untested.';
COMMENT ON COLUMN server_metadata.contradictions IS 'Claims and traits that do not go together. Proxies, forks, patched builds and old banners make them too: no verdict. Null when untested.';
