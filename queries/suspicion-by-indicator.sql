-- title: Suspicion by indicator
-- question: How often was each indicator of suspicion tested, how often did it find something, and how often is that expected of honest servers?
-- level: server
-- caveat: Nothing here is a verdict: every indicator has innocent causes (src/analysis/suspicion/indicators.json). Untested is not innocent, and base rates are assumed where that file says so.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT coalesce(i.name, 'not analysed yet: observatory analyze') AS indicator,
  any_value(i.weight) AS weight,
  count(i.share) AS servers_tested,
  count(*) FILTER (i.share > 0) AS servers_with_a_share,
  round(count(*) FILTER (i.share > 0) / nullif(count(i.share), 0), 4) AS share_of_tested,
  any_value(i.base_rate) AS base_rate,
  max(i.points) AS most_points,
  count(i.untested) AS servers_untested,
  mode(i.untested) AS most_frequent_reason,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
LEFT JOIN indicator i USING (crawl_id)
GROUP BY c.network, c.crawl_id, c.crawl_state, c.simulated, i.name
ORDER BY c.network, weight DESC NULLS LAST, indicator
