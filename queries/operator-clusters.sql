-- title: Operator clusters
-- question: Which groups of servers have probably one operator, and by what?
-- level: group of servers
-- caveat: A probability, never a certainty, and nobody is named. Who takes care leaves nothing to see, so servers in no group may have one operator too. observatory analyze --explain NUMBER says why.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), member AS (
  SELECT m.crawl_id, m.cluster_id, list_sort(list(DISTINCT e.host)) AS hosts
  FROM chosen c
  JOIN cluster_member m USING (crawl_id)
  JOIN server_endpoint se ON se.crawl_id = m.crawl_id AND se.server_id = m.server_id
  JOIN endpoint e USING (endpoint_id)
  GROUP BY m.crawl_id, m.cluster_id
)
SELECT k.cluster_id, k.servers,
  round(k.posterior, 4) AS probability_of_all,
  round(k.weakest_link, 4) AS probability_of_weakest_link,
  k.evidence AS strongest_comparisons,
  m.hosts,
  c.network, k.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN cluster k USING (crawl_id)
JOIN member m ON m.crawl_id = k.crawl_id AND m.cluster_id = k.cluster_id
WHERE k.kind = 'operator'
ORDER BY c.network, k.servers DESC, k.cluster_id
