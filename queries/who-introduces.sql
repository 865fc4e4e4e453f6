-- title: Who introduces
-- question: Which sources name endpoints first, which name endpoints nobody else names, and do these answer?
-- level: source, with counts of endpoints
-- caveat: First within one crawl: the order of visits decides much of it. endpoints_answered counts visited ones only; most hosts are visited at one endpoint.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: limit integer = 100; rows at the most

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), named AS (
  SELECT c.*, s.source_id, s.kind, s.name, ae.endpoint_id, min(a.first_seen_at) AS first_at
  FROM chosen c
  JOIN advertised a USING (crawl_id)
  JOIN source s USING (source_id)
  JOIN advertisement_endpoint ae USING (advertisement_id)
  WHERE s.kind <> 'features'
  GROUP BY ALL
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY crawl_id, endpoint_id ORDER BY first_at, source_id) AS place,
    count(*) OVER (PARTITION BY crawl_id, endpoint_id) AS sources
  FROM named
)
SELECT r.name AS source, r.kind AS source_kind,
  count(*) AS endpoints_named,
  count(*) FILTER (r.place = 1) AS endpoints_named_first,
  count(*) FILTER (r.sources = 1) AS endpoints_only_here,
  count(*) FILTER (ce.reachable) AS endpoints_answered,
  count(*) FILTER (ce.reachable = false) AS endpoints_failed,
  r.network, r.crawl_id, r.crawl_state, r.simulated
FROM ranked r
LEFT JOIN crawl_endpoint ce ON ce.crawl_id = r.crawl_id AND ce.endpoint_id = r.endpoint_id
GROUP BY ALL
ORDER BY r.network, endpoints_named_first DESC, endpoints_named DESC, source
LIMIT $limit
