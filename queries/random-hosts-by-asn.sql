-- title: Random hosts by autonomous system
-- question: How many random hosts in the prefixes of the servers were asked for their names, and how many have one?
-- level: address
-- caveat: A sample (observatory enrich --base-rate), IPv4 only; empty where none was drawn. An address drawn by lot need not be a machine at all.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT asn, any_value(org) AS org,
  count(*) AS random_addresses,
  count(*) FILTER (len(names) > 0) AS with_a_reverse_name,
  count(*) FILTER (reason IS NOT NULL AND reason <> 'no data') AS not_answered,
  min(looked_up_at) AS looked_up_from, max(looked_up_at) AS looked_up_to,
  network, crawl_id, crawl_state, simulated
FROM random_host JOIN chosen USING (crawl_id)
GROUP BY asn, network, crawl_id, crawl_state, simulated
ORDER BY network, asn IS NULL, random_addresses DESC, asn
