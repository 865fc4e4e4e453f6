-- title: Suspicion of a server, explained
-- question: What is the score of a server made of, with the rows behind each indicator and why others were not tested?
-- level: indicator of one server
-- caveat: A score from the table's threshold on says that a violation of the protocol can be reproduced, not who does it or why; below it, little is said at all. Every indicator has innocent causes (src/analysis/suspicion/indicators.json).
-- parameter: host text = null; a host of the server, default the server with the highest score of each crawl
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), servers AS (
  SELECT c.*, se.server_id, min(e.host) AS host, bool_or(e.host = lower($host)) AS is_named
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  GROUP BY ALL
), one AS (
  SELECT s.*, su.score, su.tested_weight, coalesce(su.explanation, 'not analysed yet: observatory analyze') AS explanation
  FROM servers s
  LEFT JOIN suspicion su USING (crawl_id, server_id)
  WHERE $host IS NULL OR s.is_named
  QUALIFY $host IS NOT NULL OR row_number() OVER (PARTITION BY s.crawl_id ORDER BY su.score DESC NULLS LAST, s.server_id) = 1
)
SELECT o.server_id, o.host, o.score, o.tested_weight,
  i.name AS indicator, i.value, i.share, i.weight, i.points, i.base_rate, i.untested, i.detail, o.explanation,
  o.network, o.crawl_id, o.crawl_state, o.simulated
FROM one o
LEFT JOIN indicator i USING (crawl_id, server_id)
ORDER BY o.network, o.server_id, i.points DESC NULLS LAST, i.weight DESC NULLS LAST, indicator
