-- title: Servers by autonomous system
-- question: In whose networks do servers stand?
-- level: server
-- caveat: A server with addresses in several systems counts in each; the row without asn has those of which none is known: onions, and names that were not resolved by us.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), placed AS (
  SELECT c.*, se.server_id, ce.reachable, p.asn, p.org
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  JOIN endpoint_place p ON p.crawl_id = se.crawl_id AND p.endpoint_id = se.endpoint_id
), per_server AS (
  SELECT crawl_id, network, crawl_state, simulated, server_id, asn, any_value(org) AS org,
    coalesce(bool_or(reachable), false) AS answered
  FROM placed
  GROUP BY crawl_id, network, crawl_state, simulated, server_id, asn
  -- A server is unknown only where nothing is known of any of its endpoints.
  QUALIFY asn IS NOT NULL OR count(asn) OVER (PARTITION BY crawl_id, server_id) = 0
)
SELECT asn, any_value(org) AS org,
  count(*) AS servers,
  count(*) FILTER (answered) AS servers_answered,
  network, crawl_id, crawl_state, simulated
FROM per_server
GROUP BY asn, network, crawl_id, crawl_state, simulated
ORDER BY network, asn IS NULL, servers DESC, asn
