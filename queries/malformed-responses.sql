-- title: Malformed responses
-- question: How do servers answer requests that are malformed, and is that what their software does by default?
-- level: server
-- caveat: Known of servers that had a deep visit. What differs is no verdict: a proxy in front, another server behind the same name or address, a fork, a patched build or a release newer than this program do it too.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), answered AS (
  SELECT c.*, s.server_id, m.response, m.compared_with, m.differs
  FROM chosen c
  JOIN server s USING (crawl_id)
  LEFT JOIN server_malformed m ON m.crawl_id = s.crawl_id AND m.server_id = s.server_id
  WHERE s.confirmed AND coalesce(s.chain, c.network) = c.network
)
SELECT coalesce(response, 'no deep visit yet') AS malformed_response, compared_with AS behaves_like, differs,
  count(*) AS servers, network, crawl_id, crawl_state, simulated
FROM answered
GROUP BY ALL
ORDER BY network, servers DESC, malformed_response, behaves_like, differs
