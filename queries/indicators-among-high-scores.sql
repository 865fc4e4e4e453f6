-- title: Indicators among high scores
-- question: Which indicators found something, at how many servers in all, and at how many with a high score?
-- level: server
-- caveat: An indicator with a share adds points and is no verdict; each has innocent causes (src/analysis/suspicion/indicators.json).
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: at_least number = 40; score from which on it is high

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT i.name AS indicator, any_value(i.weight) AS weight,
  count(*) FILTER (i.share > 0) AS servers_with_a_share,
  count(*) FILTER (i.share > 0 AND u.score >= $at_least) AS of_these_high,
  count(i.share) AS servers_tested,
  count(i.share) FILTER (u.score >= $at_least) AS high_tested,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN indicator i USING (crawl_id)
JOIN suspicion u ON u.crawl_id = i.crawl_id AND u.server_id = i.server_id
GROUP BY i.name, c.network, c.crawl_id, c.crawl_state, c.simulated
ORDER BY c.network, c.crawl_id, servers_with_a_share DESC, weight DESC, indicator
