CREATE VIEW endpoint_history AS
WITH seen AS (
  SELECT
    ce.network, ce.endpoint_id,
    min(ce.known_at) AS first_known,
    min(v.started_at) FILTER (ce.reachable) AS first_seen,
    max(v.started_at) FILTER (ce.reachable) AS last_seen,
    count(ce.reachable) AS uptime_observations,
    count(*) FILTER (ce.reachable) AS answered,
    max(v.started_at) FILTER (ce.reachable IS NOT NULL) - min(v.started_at) FILTER (ce.reachable IS NOT NULL) AS watched
  FROM crawl_endpoint ce
  JOIN crawl c ON c.crawl_id = ce.crawl_id AND c.kind = 'crawl'
  LEFT JOIN visit v ON v.visit_id = ce.visit_id
  GROUP BY ce.network, ce.endpoint_id
)
SELECT
  network, endpoint_id, first_known, first_seen, last_seen,
  CASE WHEN uptime_observations >= 20 AND watched >= INTERVAL 24 HOURS THEN answered / uptime_observations END AS uptime_share,
  uptime_observations,
  CASE
    WHEN uptime_observations < 20 THEN 'fewer than 20 observations'
    WHEN watched < INTERVAL 24 HOURS THEN 'observed for less than 24 hours'
  END AS uptime_gap
FROM seen;
COMMENT ON VIEW endpoint_history IS 'One row is one endpoint over all crawls of one network and all vantages; single visits on request never count. Level: endpoint.';
COMMENT ON COLUMN endpoint_history.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN endpoint_history.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN endpoint_history.first_known IS 'When a crawl first knew it, UTC: somebody had named it. Never null.';
COMMENT ON COLUMN endpoint_history.first_seen IS 'When the first visit began that it answered with server.version, UTC; null when it never did.';
COMMENT ON COLUMN endpoint_history.last_seen IS 'When the latest such visit began, UTC; null when it never did.';
COMMENT ON COLUMN endpoint_history.uptime_share IS 'Share of the observations in which it answered server.version, 0 to 1, each counting alike whenever it was made. Null below 20 observations, and where they lie within less than 24 hours.';
COMMENT ON COLUMN endpoint_history.uptime_observations IS 'Visits that it answered or that failed on its side. What failed on ours (us, proxy, policy, throttled) and what was not visited does not count. Never null.';
COMMENT ON COLUMN endpoint_history.uptime_gap IS 'Why uptime_share is null; null when it is not.';
