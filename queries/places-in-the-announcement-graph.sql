-- title: Places in the announcement graph
-- question: Who is named by many, who introduces whom, and which lists name servers that nobody else names?
-- level: server
-- caveat: Lists are random subsets, and gossip begins somewhere: a low sole_q says that a list is unlike the others, not why. Needs observatory analyze.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), host AS (
  SELECT se.crawl_id, se.server_id, arg_min(e.host, e.endpoint_id) AS host
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  GROUP BY ALL
)
SELECT h.host, p.named_by_servers, p.known_by, p.names_servers, p.mutual, p.core,
  i.host AS introduced_by_host, p.introduces, l.host AS sole_lister_host,
  p.list_manner, p.list_coverage, p.sole_named, p.sole_expected, p.sole_q,
  p.server_id, c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN graph_place p USING (crawl_id)
JOIN host h ON h.crawl_id = p.crawl_id AND h.server_id = p.server_id
LEFT JOIN host i ON i.crawl_id = p.crawl_id AND i.server_id = p.introduced_by_id
LEFT JOIN host l ON l.crawl_id = p.crawl_id AND l.server_id = p.sole_lister_id
ORDER BY c.network, p.named_by_servers DESC, h.host
