-- title: Failures by reason
-- question: Why did visits fail?
-- level: endpoint
-- caveat: One visit is one endpoint. Reasons on our side (us, proxy, policy) say nothing about the server.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT v.reason, v.phase,
  v.reason IN ('us', 'proxy', 'policy', 'throttled') AS our_side,
  count(*) AS endpoints,
  round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY c.crawl_id), 1) AS percent_of_failed_endpoints,
  min(e.endpoint_key) AS example_endpoint,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN visit v USING (crawl_id)
JOIN endpoint e USING (endpoint_id)
WHERE v.outcome = 'failed' AND v.kind = 'regular'
GROUP BY v.reason, v.phase, c.network, c.crawl_id, c.crawl_state, c.simulated
ORDER BY c.network, endpoints DESC, v.reason, v.phase
