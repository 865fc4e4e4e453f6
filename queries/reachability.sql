-- title: Reachability
-- question: How many servers answered us, did not, or are unknown, by the kind of host they are announced under?
-- level: server
-- caveat: A server with hosts of several kinds counts at each of them and once at "any". Not answering us, at one time and from one place, is not being down; unknown are those that were not visited or failed on our side.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), reached AS (
  SELECT c.*, s.server_id, ce.network_class, ce.reachable,
    CASE WHEN coalesce(s.chain, c.network) <> c.network THEN 'answered, of another chain' ELSE 'answered' END AS answered
  FROM chosen c
  JOIN server s USING (crawl_id)
  JOIN server_endpoint se USING (crawl_id, server_id)
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
), per_server AS (
  SELECT network, crawl_id, crawl_state, simulated, server_id, kind_of_host,
    CASE WHEN bool_or(reachable) THEN any_value(answered) WHEN bool_or(reachable = false) THEN 'did not answer us' ELSE 'unknown' END AS outcome
  FROM (
    SELECT *, unnest(['any', network_class]) AS kind_of_host FROM reached
  )
  GROUP BY network, crawl_id, crawl_state, simulated, server_id, kind_of_host
)
SELECT kind_of_host, outcome, count(*) AS servers, network, crawl_id, crawl_state, simulated
FROM per_server
GROUP BY kind_of_host, outcome, network, crawl_id, crawl_state, simulated
ORDER BY network, crawl_id, kind_of_host <> 'any', kind_of_host, servers DESC, outcome
