-- title: Concentration
-- question: How many operators, systems, clouds, countries or programs hold more than half of the network?
-- level: server or operator (probable), as the column level says
-- caveat: Limits are over which clusters are one operator's and over where the unknown might belong. The figures if_apart are those if every server were its own operator: by operator no index can be lower.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT n.level, n.dimension, n.counted AS servers_or_operators_known, n.unknown AS servers_or_operators_unknown,
  n.value_groups, n.largest, round(100 * n.largest_share, 1) AS largest_percent,
  round(n.hhi, 3) AS hhi, round(n.hhi_low, 3) AS hhi_low, round(n.hhi_high, 3) AS hhi_high, round(n.hhi_if_servers_apart, 3) AS hhi_if_apart,
  round(n.nakamoto, 1) AS nakamoto, n.nakamoto_low, n.nakamoto_high, n.nakamoto_if_servers_apart AS nakamoto_if_apart,
  n.recommendation, c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN concentration n USING (crawl_id)
ORDER BY c.network, n.dimension <> 'operator', n.dimension, n.level DESC
