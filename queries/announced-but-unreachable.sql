-- title: Announced but unreachable
-- question: Which announced servers answered on none of their endpoints, and why?
-- level: server
-- caveat: Unreachable for us, at one time, from one place; servers of which nothing is known (not visited, or failed on our side) are left out.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), per_server AS (
  SELECT c.*, se.server_id, arg_min(ce.host, ce.endpoint_id) AS host,
    count(*) FILTER (ce.reachable = false) AS endpoints_failed,
    count(*) FILTER (ce.reachable IS NULL) AS endpoints_unknown,
    list_sort(list(DISTINCT ce.reason) FILTER (ce.reachable = false)) AS reasons
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  GROUP BY ALL
  HAVING bool_or(ce.reachable) = false
), named AS (
  SELECT se.crawl_id, se.server_id, count(DISTINCT s.source_id) FILTER (s.kind = 'server') AS endpoints_naming,
    count(DISTINCT s.source_id) FILTER (s.kind NOT IN ('server', 'features')) AS lists_naming
  FROM chosen c
  JOIN advertised a USING (crawl_id)
  JOIN source s USING (source_id)
  JOIN advertisement_endpoint ae USING (advertisement_id)
  JOIN server_endpoint se ON se.crawl_id = a.crawl_id AND se.endpoint_id = ae.endpoint_id
  GROUP BY ALL
)
SELECT host AS server_host, reasons, endpoints_failed, endpoints_unknown,
  coalesce(endpoints_naming, 0) AS named_by_endpoints,
  coalesce(lists_naming, 0) AS named_by_lists,
  server_id, network, crawl_id, crawl_state, simulated
FROM per_server
LEFT JOIN named USING (crawl_id, server_id)
ORDER BY network, named_by_endpoints DESC, server_host
