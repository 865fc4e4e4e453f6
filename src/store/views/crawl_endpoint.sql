CREATE VIEW crawl_endpoint AS
WITH standing AS (
  SELECT crawl_id, endpoint_id,
    arg_max(state, sequence) AS state,
    arg_max({reason: reason, detail: detail}, sequence) AS why,
    min(changed_at) AS known_at
  FROM endpoint_state
  GROUP BY crawl_id, endpoint_id
), visited AS (
  SELECT * FROM visit WHERE kind = 'regular'
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
COMMENT ON VIEW crawl_endpoint IS 'One row is one endpoint known in one crawl, where it stands there and what its regular visit came to. Level: endpoint.';
COMMENT ON COLUMN crawl_endpoint.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN crawl_endpoint.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN crawl_endpoint.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN crawl_endpoint.simulated IS 'True: a simulated network. Never null.';
COMMENT ON COLUMN crawl_endpoint.crawl_state IS 'State of the crawl; anything but finished means that numbers are incomplete. Never null.';
COMMENT ON COLUMN crawl_endpoint.host IS 'Host of the endpoint. Never null.';
COMMENT ON COLUMN crawl_endpoint.port IS 'Port of the endpoint. Never null.';
COMMENT ON COLUMN crawl_endpoint.transport IS 'tcp, tls, ws or wss. Never null.';
COMMENT ON COLUMN crawl_endpoint.network_class IS 'ipv4, ipv6, onion or name. Never null.';
COMMENT ON COLUMN crawl_endpoint.endpoint_key IS 'host:port:letter. Never null.';
COMMENT ON COLUMN crawl_endpoint.state IS 'parked, due, visited or not visited. Never null.';
COMMENT ON COLUMN crawl_endpoint.not_visited_reason IS 'Why there was no visit: its reachability is unknown, not false. Null when it was visited or still may be.';
COMMENT ON COLUMN crawl_endpoint.not_visited_detail IS 'That reason in more words. Null without reason or when there is no more to say.';
COMMENT ON COLUMN crawl_endpoint.known_at IS 'When the crawl first knew it, UTC. Never null.';
COMMENT ON COLUMN crawl_endpoint.visit_id IS 'Its visit; null without one.';
COMMENT ON COLUMN crawl_endpoint.reachable IS 'True: server.version was answered, on whatever chain. False: a visit failed on the server''s side. Null: not visited, or failed on ours (us, proxy, policy, throttled).';
COMMENT ON COLUMN crawl_endpoint.outcome IS 'answered or failed; null without a visit.';
COMMENT ON COLUMN crawl_endpoint.reason IS 'Why the visit failed. Null when no visit failed.';
COMMENT ON COLUMN crawl_endpoint.phase IS 'In which phase it failed. Null when no visit failed.';
COMMENT ON COLUMN crawl_endpoint.detail IS 'Raw text behind the reason, not cleaned. Null when no visit failed or there is no more to say.';
