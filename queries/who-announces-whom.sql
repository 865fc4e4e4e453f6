-- title: Who announces whom
-- question: Which server names which other server in its peer list?
-- level: server
-- caveat: Peer lists can be random subsets: times_seen of times_asked. Not being named proves nothing. Servers are known once a crawl has ended.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: host text = null; only rows with this host on either side
-- parameter: limit integer = 1000; rows at the most

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), host AS (
  SELECT se.crawl_id, se.server_id, arg_min(e.host, e.endpoint_id) AS host, bool_or(ce.reachable) AS reachable
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  LEFT JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  GROUP BY ALL
)
SELECT f.host AS announcing_server_host,
  t.host AS announced_server_host,
  t.reachable AS announced_server_reachable,
  count(DISTINCT p.to_endpoint_id) AS endpoints_named,
  max(p.times_seen) AS times_seen,
  max(p.times_asked) AS times_asked,
  p.from_server_id AS announcing_server_id,
  p.to_server_id AS announced_server_id,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN peer_edge p USING (crawl_id)
JOIN host f ON f.crawl_id = p.crawl_id AND f.server_id = p.from_server_id
JOIN host t ON t.crawl_id = p.crawl_id AND t.server_id = p.to_server_id
WHERE p.from_server_id <> p.to_server_id AND ($host IS NULL OR f.host = $host OR t.host = $host)
GROUP BY ALL
ORDER BY c.network, announcing_server_host, announced_server_host
LIMIT $limit
