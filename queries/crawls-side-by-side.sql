-- title: Crawls side by side
-- question: How do the crawls of this file compare?
-- level: crawl, with counts of advertisements (one source said it), announced entries (distinct texts), endpoints and servers
-- caveat: Crawls from different places, or with different settings, differ for that reason alone; unfinished ones are incomplete.
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  FROM crawl WHERE ($network IS NULL OR network = $network) AND kind = 'crawl'
), said AS (
  SELECT a.crawl_id, count(*) AS advertisements, count(DISTINCT a.advertisement_id) AS announced_entries FROM chosen JOIN advertised a USING (crawl_id) GROUP BY ALL
), reached AS (
  SELECT ce.crawl_id, count(*) AS endpoints, count(ce.visit_id) AS visited,
    count(*) FILTER (ce.reachable) AS answered,
    count(*) FILTER (ce.reachable = false) AS failed
  FROM chosen JOIN crawl_endpoint ce USING (crawl_id) GROUP BY ALL
), joined AS (
  SELECT s.crawl_id, count(*) AS servers,
    count(*) FILTER (s.confirmed AND coalesce(s.chain, c.network) = c.network) AS answered
  FROM chosen c JOIN server s USING (crawl_id) GROUP BY ALL
)
SELECT c.crawl_id, c.network, c.simulated, c.state AS crawl_state, c.started_at,
  round(epoch(c.ended_at - c.started_at), 1) AS seconds,
  c.vantage,
  coalesce(said.advertisements, 0) AS advertisements,
  coalesce(said.announced_entries, 0) AS announced_entries,
  coalesce(r.endpoints, 0) AS endpoints,
  coalesce(r.visited, 0) AS endpoints_visited,
  coalesce(r.answered, 0) AS endpoints_answered,
  coalesce(r.failed, 0) AS endpoints_failed,
  j.servers, j.answered AS servers_answered
FROM chosen c
LEFT JOIN said USING (crawl_id)
LEFT JOIN reached r USING (crawl_id)
LEFT JOIN joined j USING (crawl_id)
ORDER BY c.network, c.crawl_id
