-- title: Announcements only one server makes
-- question: Which servers are named in the peer list of one other server only?
-- level: server
-- caveat: A young server, a private group, or an invention all look like this; random subsets make it more frequent than it is. in_lists tells whether a seed list names it too.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), edge AS (
  SELECT DISTINCT p.crawl_id, p.from_server_id, p.to_server_id
  FROM chosen c JOIN peer_edge p USING (crawl_id)
  WHERE p.from_server_id <> p.to_server_id
), host AS (
  SELECT se.crawl_id, se.server_id, arg_min(e.host, e.endpoint_id) AS host, bool_or(ce.reachable) AS reachable
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  LEFT JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  GROUP BY ALL
), listed AS (
  SELECT DISTINCT se.crawl_id, se.server_id
  FROM chosen c
  JOIN advertised a USING (crawl_id)
  JOIN source s ON s.source_id = a.source_id AND s.kind NOT IN ('server', 'features')
  JOIN advertisement_endpoint ae USING (advertisement_id)
  JOIN server_endpoint se ON se.crawl_id = a.crawl_id AND se.endpoint_id = ae.endpoint_id
), single AS (
  SELECT crawl_id, to_server_id, any_value(from_server_id) AS from_server_id
  FROM edge
  GROUP BY ALL
  HAVING count(*) = 1
)
SELECT t.host AS announced_server_host, f.host AS announcing_server_host, t.reachable AS announced_server_reachable,
  l.server_id IS NOT NULL AS in_lists,
  s.to_server_id AS announced_server_id, s.from_server_id AS announcing_server_id,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN single s USING (crawl_id)
JOIN host t ON t.crawl_id = s.crawl_id AND t.server_id = s.to_server_id
JOIN host f ON f.crawl_id = s.crawl_id AND f.server_id = s.from_server_id
LEFT JOIN listed l ON l.crawl_id = s.crawl_id AND l.server_id = s.to_server_id
ORDER BY c.network, announcing_server_host, announced_server_host
