-- title: Sizes of groups
-- question: How many groups of each kind are there, and how large are they?
-- level: group of servers
-- caveat: Only the kind operator says probably one operator, never certainly; the other kinds say what is shared. Needs observatory analyze.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT k.kind, k.servers AS size, count(*) AS groups, sum(k.servers) AS servers_in_them,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN cluster k USING (crawl_id)
GROUP BY ALL
ORDER BY c.network, c.crawl_id, k.kind, size
