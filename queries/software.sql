-- title: Software
-- question: Which software do the servers that answered say they run?
-- level: server
-- caveat: As claimed in server.version; anyone can claim anything. Servers are known once a crawl has ended.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), answered AS (
  SELECT c.*, s.server_id, arg_min(v.software, v.visit_id) AS software
  FROM chosen c
  JOIN server s USING (crawl_id)
  JOIN server_endpoint se USING (crawl_id, server_id)
  JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
  WHERE s.confirmed AND coalesce(s.chain, c.network) = c.network
  GROUP BY ALL
)
SELECT software AS software_claimed,
  count(*) AS servers,
  round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY crawl_id), 1) AS percent_of_servers,
  network, crawl_id, crawl_state, simulated
FROM answered
GROUP BY software, network, crawl_id, crawl_state, simulated
ORDER BY network, servers DESC, software_claimed
