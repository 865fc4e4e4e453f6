-- title: Dual stack and onion twins
-- question: Which servers can be reached in more than one way: several hosts, an onion beside a clearnet host, IPv4 and IPv6?
-- level: server
-- caveat: Two hosts are one server only when both sides say so or we saw the same machine and certificate; said_by_one_side is a claim of the first host only. Addresses are what our resolver gave.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), host AS (
  SELECT DISTINCT c.*, se.server_id, e.host, e.network_class,
    first_value(se.evidence) OVER (PARTITION BY c.crawl_id, e.host ORDER BY se.evidence IN ('itself', 'same host'), e.endpoint_id) AS evidence
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
), joined AS (
  SELECT a.*, b.host AS twin, b.network_class AS twin_class,
    CASE WHEN a.evidence IN ('itself', 'same host') THEN b.evidence ELSE a.evidence END AS why, false AS claimed_only
  FROM host a
  JOIN host b ON b.crawl_id = a.crawl_id AND b.server_id = a.server_id AND a.host < b.host
), claimed AS (
  SELECT DISTINCT a.*, b.host AS twin, b.network_class AS twin_class, 'said by one side' AS why, true AS claimed_only
  FROM host a
  JOIN endpoint ae ON ae.host = a.host
  JOIN source s ON s.endpoint_id = ae.endpoint_id AND s.kind = 'features'
  JOIN advertised ad ON ad.crawl_id = a.crawl_id AND ad.source_id = s.source_id
  JOIN advertisement_endpoint x ON x.advertisement_id = ad.advertisement_id
  JOIN endpoint be ON be.endpoint_id = x.endpoint_id
  JOIN host b ON b.crawl_id = a.crawl_id AND b.host = be.host AND b.server_id <> a.server_id
), stacks AS (
  SELECT DISTINCT h.*, NULL AS twin, NULL AS twin_class, 'IPv4 and IPv6 addresses' AS why, false AS claimed_only
  FROM host h
  JOIN endpoint e ON e.host = h.host
  JOIN visit v ON v.crawl_id = h.crawl_id AND v.endpoint_id = e.endpoint_id AND v.kind = 'regular'
  WHERE len(list_filter(v.addresses, lambda a: contains(a, ':'))) > 0
    AND len(list_filter(v.addresses, lambda a: NOT contains(a, ':'))) > 0
)
SELECT host AS server_host, twin AS twin_host,
  CASE
    WHEN twin IS NULL THEN 'dual stack'
    WHEN (network_class = 'onion') <> (twin_class = 'onion') THEN 'onion twin'
    ELSE 'second host'
  END AS kind,
  why AS evidence, claimed_only AS said_by_one_side, server_id, network, crawl_id, crawl_state, simulated
FROM (FROM joined UNION ALL FROM claimed UNION ALL FROM stacks)
ORDER BY network, kind, server_host, twin_host
