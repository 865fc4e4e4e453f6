-- title: Unusual behaviour
-- question: Which servers behave unlike others of the same implementation, and in what?
-- level: server
-- caveat: A configuration, a proxy, a fork or a patched build is unusual too: a reason to look, no verdict. Needs observatory analyze. distance is null among fewer than eight servers of one implementation.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), host AS (
  SELECT se.crawl_id, se.server_id, arg_min(e.host, e.endpoint_id) AS host
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  GROUP BY ALL
)
SELECT h.host AS server_host, b.implementation, b.distance, b.surprise,
  [trait || ' = ' || coalesce(b.traits ->> ('$."' || trait || '"'), '') FOR trait IN b.unusual] AS unusual,
  b.known AS traits_known, b.profile,
  count(*) OVER (PARTITION BY c.crawl_id, b.profile) AS servers_alike,
  b.server_id, c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN behaviour_vector b USING (crawl_id)
JOIN host h ON h.crawl_id = b.crawl_id AND h.server_id = b.server_id
ORDER BY c.network, b.distance DESC NULLS LAST, server_host
