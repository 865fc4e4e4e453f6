-- title: Evidence of a cluster
-- question: What speaks for and against the members of operator clusters being one operator's, pair by pair?
-- level: pair of servers
-- caveat: Only what counted; table evidence has the rest, with why it did not. Every comparison has innocent explanations, see comparison_weight.
-- parameter: cluster integer = null; number of an operator cluster, default all
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), member AS (
  SELECT m.crawl_id, m.cluster_id, m.server_id
  FROM cluster_member m JOIN cluster k USING (crawl_id, cluster_id)
  WHERE k.kind = 'operator' AND ($cluster IS NULL OR k.cluster_id = $cluster)
)
SELECT a.cluster_id, e.server_a, e.server_b,
  round(p.same_operator, 4) AS same_operator,
  e.comparison, e.level,
  round(e.bits, 1) AS bits,
  e.value AS shared_value,
  e.detail AS raw_values_of_both_servers,
  c.network, e.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN evidence e USING (crawl_id)
JOIN pair p USING (crawl_id, server_a, server_b)
JOIN comparison_weight w USING (crawl_id, comparison, level)
JOIN member a ON a.crawl_id = e.crawl_id AND a.server_id = e.server_a
JOIN member b ON b.crawl_id = e.crawl_id AND b.server_id = e.server_b AND b.cluster_id = a.cluster_id
WHERE e.counted AND w.question = 'same operator'
ORDER BY c.network, a.cluster_id, e.server_a, e.server_b, e.bits DESC, e.comparison
