-- title: Ports
-- question: Which ports are announced, and which of them answered?
-- level: endpoint
-- caveat: endpoints_unknown were not visited or failed on our side; most hosts are visited at one endpoint only.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT ce.port, ce.transport,
  count(*) AS endpoints,
  count(ce.visit_id) AS endpoints_visited,
  count(*) FILTER (ce.reachable) AS endpoints_answered,
  count(*) FILTER (ce.reachable = false) AS endpoints_failed,
  count(*) FILTER (ce.reachable IS NULL) AS endpoints_unknown,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN crawl_endpoint ce USING (crawl_id)
GROUP BY ALL
ORDER BY c.network, endpoints DESC, ce.port, ce.transport
