-- What software servers behave like.

ALTER TABLE observation ADD COLUMN line_end VARCHAR;
ALTER TABLE observation ADD COLUMN padding INTEGER;
COMMENT ON COLUMN observation.line_end IS 'How the reply line ended: lf or crlf; null without one, or when it was not recorded yet.';
COMMENT ON COLUMN observation.padding IS 'Spaces before the closing bracket of the reply line, by which ElectrumX hides lengths; null when it was not recorded yet.';

CREATE TABLE identification (
  visit_id INTEGER NOT NULL,
  implementation VARCHAR,
  since_release VARCHAR,
  before_release VARCHAR,
  version_range VARCHAR,
  confidence DOUBLE NOT NULL,
  contradictions VARCHAR[] NOT NULL,
  remarks VARCHAR[] NOT NULL,
  candidates JSON NOT NULL,
  readings JSON NOT NULL,
  fingerprint_hash VARCHAR,
  fingerprint_recipe INTEGER NOT NULL
);
COMMENT ON TABLE identification IS 'One row is what the behaviour of one visit says about the software behind it, whatever that calls itself. Level: endpoint (one per visit that brought a reply).';
COMMENT ON COLUMN identification.visit_id IS 'Visit it belongs to.';
COMMENT ON COLUMN identification.implementation IS 'ElectrumX (its forks too), Fulcrum, romanz electrs, Blockstream electrs or mempool electrs; null when nothing known fits well enough or several fit alike.';
COMMENT ON COLUMN identification.since_release IS 'First release that fits; null for no bound.';
COMMENT ON COLUMN identification.before_release IS 'First release after them that no longer fits; null for no bound.';
COMMENT ON COLUMN identification.version_range IS 'Both as one text, e.g. >=1.18 <1.19; any without bounds; null without implementation.';
COMMENT ON COLUMN identification.confidence IS 'Probability of the likeliest implementation, 0 to 1, by likelihoods of ours: all known ones and an unknown one equally likely beforehand.';
COMMENT ON COLUMN identification.contradictions IS 'Claims and traits that do not go together. Proxies, forks, patched builds and old banners make them too: no verdict.';
COMMENT ON COLUMN identification.remarks IS 'What is odd and innocent.';
COMMENT ON COLUMN identification.candidates IS 'Probability by implementation, JSON object; what is missing to 1 is unknown software.';
COMMENT ON COLUMN identification.readings IS 'Which observation said what: JSON list of {rule, saw, fits (implementation to releases), effort (to fake: text, form or wire), source (section of the protocol facts)}.';
COMMENT ON COLUMN identification.fingerprint_hash IS 'SHA-256 of the normalised behaviour: equal for equal software and configuration; ids, heights, fees, names, hosts and claims left out. Null when a reply it needs is missing.';
COMMENT ON COLUMN identification.fingerprint_recipe IS 'Version of the recipe of the hash; hashes of different recipes cannot be compared.';

-- As before, with what it behaves like.
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
