-- title: Differences between vantages
-- question: Which endpoints look different from different places, and in what?
-- level: endpoint, by what is compared
-- caveat: No verdict: the way between, limits, several servers behind one name and time do it too, see innocent_causes. What failed on our side, or was not asked, is not compared. A crawl of one vantage has nothing to compare.
-- parameter: crawl integer = null; number of a joint crawl, default the latest crawl of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), looked AS (
  SELECT c.crawl_id, greatest(1, count(DISTINCT j.vantage)) AS vantages FROM chosen c LEFT JOIN joint_member j USING (crawl_id) GROUP BY ALL
)
SELECT coalesce(d.subject, CASE WHEN l.vantages = 1 THEN 'nothing to compare: one vantage' ELSE 'no difference' END) AS difference,
  d.endpoint_key AS endpoint, d.values_seen, d.at_several_addresses, d.innocent_causes, d.other_cause,
  l.vantages AS vantages_of_crawl,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN looked l USING (crawl_id)
LEFT JOIN vantage_difference d ON d.crawl_id = c.crawl_id
ORDER BY c.network, difference, endpoint
