-- title: Suspicion scores
-- question: How many servers have which score of suspicion?
-- level: server
-- caveat: In bands of ten points. From 40 points on a violation of the protocol can be reproduced, or several weaker signs came together: see the explanation of each server. Below, little is said at all. Servers that never answered, or are of another chain, have no score, which is not zero.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT CASE WHEN u.score IS NULL THEN NULL ELSE CAST(10 * least(9, floor(u.score / 10)) AS INTEGER) END AS points_from,
  CASE WHEN u.score IS NULL THEN NULL WHEN u.score >= 90 THEN 100 ELSE CAST(10 * floor(u.score / 10) + 10 AS INTEGER) END AS points_below,
  count(*) AS servers,
  count(*) FILTER (u.score = 0) AS with_no_point,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN suspicion u USING (crawl_id)
GROUP BY ALL
ORDER BY c.network, c.crawl_id, points_from
