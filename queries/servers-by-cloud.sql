-- title: Servers by cloud
-- question: Which companies rent out the machines that servers stand on?
-- level: server
-- caveat: By the ranges that clouds publish, else by autonomous system; the row without a provider has the others, those at home and those of which nothing is known alike. A server with addresses at several counts at each.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), placed AS (
  SELECT c.*, se.server_id, ce.reachable, p.cloud_provider
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  JOIN endpoint_place p ON p.crawl_id = se.crawl_id AND p.endpoint_id = se.endpoint_id
), per_server AS (
  SELECT crawl_id, network, crawl_state, simulated, server_id, cloud_provider,
    coalesce(bool_or(reachable), false) AS answered
  FROM placed
  GROUP BY crawl_id, network, crawl_state, simulated, server_id, cloud_provider
  -- A server is unknown only where nothing is known of any of its endpoints.
  QUALIFY cloud_provider IS NOT NULL OR count(cloud_provider) OVER (PARTITION BY crawl_id, server_id) = 0
)
SELECT cloud_provider,
  count(*) AS servers,
  count(*) FILTER (answered) AS servers_answered,
  network, crawl_id, crawl_state, simulated
FROM per_server
GROUP BY cloud_provider, network, crawl_id, crawl_state, simulated
ORDER BY network, cloud_provider IS NULL, servers DESC, cloud_provider
