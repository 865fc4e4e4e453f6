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
)
SELECT
  s.crawl_id, s.server_id, p.network, p.simulated, p.host, p.hosts, p.network_classes,
  s.endpoints, p.endpoints_reachable, s.confirmed, p.reachable, s.chain,
  p.server_version, p.protocol_version, p.tip_height, p.addresses, p.certificates,
  coalesce(nb.servers, 0) AS named_by_servers,
  coalesce(n.servers, 0) AS names_servers,
  g.cluster_id, g.operator_posterior, g.backend_id, g.machine_id, g.behaviour_cluster_id, g.community_id,
  su.score AS honeypot_score
FROM server s
JOIN per_server p USING (crawl_id, server_id)
LEFT JOIN named_by nb USING (crawl_id, server_id)
LEFT JOIN names n USING (crawl_id, server_id)
LEFT JOIN server_group g ON g.crawl_id = s.crawl_id AND g.server_id = s.server_id
LEFT JOIN suspicion su ON su.crawl_id = s.crawl_id AND su.server_id = s.server_id;
COMMENT ON VIEW server_summary IS 'One row is one server of the latest finished crawl of its network. Level: server: count servers here.';
COMMENT ON COLUMN server_summary.crawl_id IS 'Latest finished crawl of the network. Never null.';
COMMENT ON COLUMN server_summary.server_id IS 'The server. Never null.';
COMMENT ON COLUMN server_summary.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN server_summary.simulated IS 'True: a simulated network, nothing here is a finding. Never null.';
COMMENT ON COLUMN server_summary.host IS 'Host that became known first. Never null.';
COMMENT ON COLUMN server_summary.hosts IS 'All its hosts, sorted. Never null.';
COMMENT ON COLUMN server_summary.network_classes IS 'Kinds of its hosts: ipv4, ipv6, onion, name. Never null.';
COMMENT ON COLUMN server_summary.endpoints IS 'Endpoints joined in it. Never null.';
COMMENT ON COLUMN server_summary.endpoints_reachable IS 'Endpoints that answered server.version; most hosts are visited at one endpoint only. Never null.';
COMMENT ON COLUMN server_summary.confirmed IS 'At least one endpoint answered server.version. Never null.';
COMMENT ON COLUMN server_summary.reachable IS 'True: an endpoint answered. False: visits failed on the server''s side. Null: unknown.';
COMMENT ON COLUMN server_summary.chain IS 'Chain shown by headers; null while unverified or unreached.';
COMMENT ON COLUMN server_summary.server_version IS 'Software as claimed; the first in text order if its endpoints differ. Null when none of them says.';
COMMENT ON COLUMN server_summary.protocol_version IS 'Protocol agreed on; the first in text order if its endpoints differ. Null when none of them says.';
COMMENT ON COLUMN server_summary.tip_height IS 'Highest tip its endpoints claimed. Null when none of them showed one.';
COMMENT ON COLUMN server_summary.addresses IS 'Addresses dialled. Never null.';
COMMENT ON COLUMN server_summary.certificates IS 'SHA-256 of the certificates presented. Never null.';
COMMENT ON COLUMN server_summary.named_by_servers IS 'Other servers whose peer lists name it. Never null.';
COMMENT ON COLUMN server_summary.names_servers IS 'Other servers that its peer lists name. Never null.';
COMMENT ON COLUMN server_summary.cluster_id IS 'Operator cluster: servers probably under one operator. Null for none or when not analysed.';
COMMENT ON COLUMN server_summary.operator_posterior IS 'Probability of its strongest link to another server of its operator cluster. Null without one.';
COMMENT ON COLUMN server_summary.backend_id IS 'Shared infrastructure: servers behind one node or proxy, which says nothing of who runs them. Null for none or when not analysed.';
COMMENT ON COLUMN server_summary.machine_id IS 'Servers probably on one machine. Null for none or when not analysed.';
COMMENT ON COLUMN server_summary.behaviour_cluster_id IS 'Servers of one behaviour fingerprint: one software in one configuration. Null for none or when not analysed.';
COMMENT ON COLUMN server_summary.community_id IS 'Louvain community of the announcement graph at resolution 1: who lists whom. Null when not analysed, and of servers nobody lists who list nobody.';
COMMENT ON COLUMN server_summary.honeypot_score IS 'Suspicion score, 0 to 100, see table suspicion; independent of cluster_id, and no verdict about anybody. Null when not analysed yet, for a server that never answered or is of another chain, and where no indicator could be tested.';
