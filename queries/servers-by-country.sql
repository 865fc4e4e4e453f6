-- title: Servers by country
-- question: In which countries do servers stand, or are their addresses registered?
-- level: server
-- caveat: servers_located are there by a geo file, of servers_registered only the registry says that the holder is at home there; a server with addresses in several countries counts in each; the row without country has those of which none is known.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), placed AS (
  SELECT c.*, se.server_id, ce.reachable, coalesce(p.country_located, p.country_registered) AS country,
    p.country_located IS NOT NULL AS located
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  JOIN endpoint_place p ON p.crawl_id = se.crawl_id AND p.endpoint_id = se.endpoint_id
), per_server AS (
  SELECT crawl_id, network, crawl_state, simulated, server_id, country, country IS NOT NULL AND bool_or(located) AS located,
    coalesce(bool_or(reachable), false) AS answered
  FROM placed
  GROUP BY crawl_id, network, crawl_state, simulated, server_id, country
  -- A server is unknown only where nothing is known of any of its endpoints.
  QUALIFY country IS NOT NULL OR count(country) OVER (PARTITION BY crawl_id, server_id) = 0
)
SELECT country,
  count(*) FILTER (located) AS servers_located,
  count(*) FILTER (country IS NOT NULL AND NOT located) AS servers_registered,
  count(*) AS servers,
  count(*) FILTER (answered) AS servers_answered,
  network, crawl_id, crawl_state, simulated
FROM per_server
GROUP BY country, network, crawl_id, crawl_state, simulated
ORDER BY network, country IS NULL, servers DESC, country
