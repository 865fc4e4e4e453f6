-- title: Implementations
-- question: Which software do the servers that answered behave like, and which do they say they run?
-- level: server
-- caveat: By how each endpoint's visit was answered, and where that names nothing by the newest deep visit of its server; of a server with several endpoints, the surest. Nothing is named where the two differ. A contradiction is no verdict: proxies, forks and patched builds make them too. Servers are known once a crawl has ended.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), identified AS (
  SELECT c.*, s.server_id, v.software, i.implementation, i.version_range, i.deep_version_range, i.contradictions
  FROM chosen c
  JOIN server s USING (crawl_id)
  JOIN server_endpoint se USING (crawl_id, server_id)
  JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
  LEFT JOIN endpoint_identification i ON i.visit_id = v.visit_id
  WHERE s.confirmed AND coalesce(s.chain, c.network) = c.network
  QUALIFY row_number() OVER (PARTITION BY crawl_id, server_id ORDER BY i.confidence DESC NULLS LAST, v.visit_id) = 1
)
SELECT implementation AS behaves_like,
  version_range AS releases_that_fit,
  deep_version_range AS releases_by_deep_visit,
  software AS software_claimed,
  count(*) AS servers,
  count(*) FILTER (len(contradictions) > 0) AS servers_with_contradictions,
  round(100.0 * count(*) / sum(count(*)) OVER (PARTITION BY crawl_id), 1) AS percent_of_servers,
  network, crawl_id, crawl_state, simulated
FROM identified
GROUP BY implementation, version_range, deep_version_range, software, network, crawl_id, crawl_state, simulated
ORDER BY network, servers DESC, behaves_like, releases_that_fit, releases_by_deep_visit, software_claimed
