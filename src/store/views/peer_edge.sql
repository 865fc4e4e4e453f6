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
COMMENT ON COLUMN peer_edge.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN peer_edge.from_endpoint_id IS 'Endpoint whose peer list it was. Never null.';
COMMENT ON COLUMN peer_edge.from_server_id IS 'Its server; null until the crawl has joined servers.';
COMMENT ON COLUMN peer_edge.from_host IS 'Its host. Never null.';
COMMENT ON COLUMN peer_edge.to_endpoint_id IS 'Endpoint named. Never null.';
COMMENT ON COLUMN peer_edge.to_server_id IS 'Its server; null until the crawl has joined servers.';
COMMENT ON COLUMN peer_edge.to_host IS 'Its host. Never null.';
COMMENT ON COLUMN peer_edge.times_seen IS 'In at least how many answers it was named. Never null.';
COMMENT ON COLUMN peer_edge.times_asked IS 'How often the endpoint answered with a list: a peer list may be a random subset. Never null.';
COMMENT ON COLUMN peer_edge.first_seen_at IS 'When it was first stored, UTC. Never null.';
