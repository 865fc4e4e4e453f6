-- title: Pairs near the threshold
-- question: Which pairs of servers are undecided, and what held them there?
-- level: pair of servers
-- caveat: Undecided is neither suspicion nor acquittal: one thing in common that strangers may have from an image, a hoster or a meet-up.
-- parameter: least number = 0.2; probability of one operator from which on
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), host AS (
  SELECT se.crawl_id, se.server_id, arg_min(e.host, e.endpoint_id) AS host
  FROM chosen c JOIN server_endpoint se USING (crawl_id) JOIN endpoint e USING (endpoint_id)
  GROUP BY se.crawl_id, se.server_id
), counted AS (
  SELECT crawl_id, server_a, server_b,
    list(comparison || ': ' || level || ' ' || printf('%+.1f', bits) ORDER BY bits DESC) AS evidence
  FROM evidence WHERE counted GROUP BY crawl_id, server_a, server_b
)
SELECT p.server_a, a.host AS host_a, p.server_b, b.host AS host_b,
  round(p.same_operator, 4) AS same_operator,
  p.hypothesis, p.held_by, n.evidence,
  c.network, p.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN pair p USING (crawl_id)
JOIN analysis_run r USING (crawl_id)
JOIN host a ON a.crawl_id = p.crawl_id AND a.server_id = p.server_a
JOIN host b ON b.crawl_id = p.crawl_id AND b.server_id = p.server_b
LEFT JOIN counted n ON n.crawl_id = p.crawl_id AND n.server_a = p.server_a AND n.server_b = p.server_b
WHERE p.same_operator >= $least AND p.same_operator < r.threshold
ORDER BY c.network, p.same_operator DESC, p.server_a, p.server_b
