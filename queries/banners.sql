-- title: Banners
-- question: Which banners do several servers show word for word?
-- level: server
-- caveat: Software has default banners, and people copy good ones: the same text is no sign of one operator.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: at_least integer = 2; servers that show it

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), shown AS (
  -- Banners that are no UTF-8 look alike as text, with replacement characters: their bytes tell them apart.
  SELECT c.*, se.server_id, arg_min({text: v.banner, octets: v.banner_octets}, v.visit_id) AS shown, arg_min(e.host, v.visit_id) AS host
  FROM chosen c
  JOIN visit v USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
  WHERE v.banner IS NOT NULL AND v.kind = 'regular'
  GROUP BY ALL
)
SELECT count(*) AS servers, shown.text AS banner,
  list_sort(list(host))[1:5] AS example_hosts,
  network, crawl_id, crawl_state, simulated
FROM shown
GROUP BY shown, network, crawl_id, crawl_state, simulated
HAVING count(*) >= $at_least
ORDER BY network, servers DESC, banner
