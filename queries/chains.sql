-- title: Chains
-- question: Which chains did answering endpoints show by their headers?
-- level: endpoint
-- caveat: Genesis alone identifies no chain; headers at the checkpoints decide. Another chain on the same ports is normal, not suspicious.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT coalesce(v.chain_verdict, 'unverified') AS verdict,
  v.chain AS chain_shown,
  count(*) AS endpoints,
  min(e.endpoint_key) AS example_endpoint,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN crawl_endpoint ce USING (crawl_id)
JOIN visit v ON v.visit_id = ce.visit_id
JOIN endpoint e ON e.endpoint_id = ce.endpoint_id
WHERE ce.reachable
GROUP BY ALL
ORDER BY c.network, endpoints DESC, verdict, chain_shown
