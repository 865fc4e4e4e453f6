-- title: Tips
-- question: Which chain tips do servers show, and who lags behind?
-- level: server
-- caveat: Visits of one crawl are minutes or hours apart: a lag of a few blocks is time, not fault.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), tip AS (
  SELECT c.*, s.server_id, max(v.tip_height) AS height, arg_max(v.tip_hash, v.tip_height) AS hash,
    bool_and(v.tip_valid_work) AS valid_work, min(v.started_at) AS visited_at
  FROM chosen c
  JOIN server s USING (crawl_id)
  JOIN server_endpoint se USING (crawl_id, server_id)
  JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
  WHERE v.tip_height IS NOT NULL AND coalesce(s.chain, c.network) = c.network
  GROUP BY ALL
)
SELECT height AS tip_height, hash AS tip_hash,
  count(*) AS servers,
  max(max(height)) OVER (PARTITION BY crawl_id) - height AS blocks_behind_highest,
  bool_and(valid_work) AS header_meets_own_target,
  min(visited_at) AS first_visit_at,
  max(visited_at) AS last_visit_at,
  network, crawl_id, crawl_state, simulated
FROM tip
GROUP BY height, hash, network, crawl_id, crawl_state, simulated
ORDER BY network, tip_height DESC, servers DESC, tip_hash
