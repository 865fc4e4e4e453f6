-- title: Shared infrastructure
-- question: Which servers share a node or proxy, or a machine?
-- level: server
-- caveat: Shared infrastructure says nothing of who runs the servers: nodes are rented out, proxies and machines shared, and answers relayed. Needs snapshots (probe --snapshot) for most of it.
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
)
SELECT k.kind, k.cluster_id AS group_id, k.servers AS servers_in_group, m.server_id, h.host AS server_host,
  round(m.posterior, 4) AS probability,
  k.evidence AS shared_by,
  g.cluster_id AS operator_cluster_id,
  c.network, k.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN cluster k USING (crawl_id)
JOIN cluster_member m ON m.crawl_id = k.crawl_id AND m.cluster_id = k.cluster_id
JOIN host h ON h.crawl_id = m.crawl_id AND h.server_id = m.server_id
LEFT JOIN server_group g ON g.crawl_id = m.crawl_id AND g.server_id = m.server_id
WHERE k.kind IN ('shared infrastructure', 'same machine')
ORDER BY c.network, k.kind, k.servers DESC, k.cluster_id, m.server_id
