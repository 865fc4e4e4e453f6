-- title: Coverage
-- question: How much of what was announced was visited, how much answered, and how much may be missing?
-- level: advertisement (one source said it), announced entry (the same text from all sources), endpoint and server, told apart in column level
-- caveat: Servers copy each other's lists, so estimates of the unseen are too low: lower bounds, and only of what lists and sources can show. Those of a network class were stated when the crawl ended. Servers that nobody announces cannot be counted.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), said AS (
  SELECT DISTINCT a.crawl_id, a.advertisement_id, ad.problem
  FROM chosen JOIN advertised a USING (crawl_id) JOIN advertisement ad USING (advertisement_id)
), reached AS (
  SELECT ce.* FROM chosen JOIN crawl_endpoint ce USING (crawl_id)
), servers AS (
  SELECT s.crawl_id, s.server_id, coalesce(s.chain, c.network) = c.network AS ours, bool_or(r.reachable) AS reachable
  FROM chosen c JOIN server s USING (crawl_id)
  JOIN server_endpoint se USING (crawl_id, server_id)
  LEFT JOIN reached r ON r.crawl_id = se.crawl_id AND r.endpoint_id = se.endpoint_id
  GROUP BY ALL
), named AS (
  SELECT crawl_id, to_server_id, count(DISTINCT from_server_id) AS namers
  FROM chosen JOIN peer_edge USING (crawl_id)
  WHERE from_server_id <> to_server_id
  GROUP BY ALL
), frequency AS (
  SELECT crawl_id, count(*) AS seen, count(*) FILTER (namers = 1) AS once, count(*) FILTER (namers = 2) AS twice
  FROM named GROUP BY ALL
), unseen AS (
  SELECT v.crawl_id, avg(p.unseen_mass) AS mass FROM chosen JOIN visit v USING (crawl_id) JOIN peers_reply p USING (visit_id)
  WHERE v.kind = 'regular' AND p.unseen_mass IS NOT NULL GROUP BY ALL
), estimate AS (
  SELECT cc.*, coalesce(network_class, 'all classes') || CASE method WHEN 'Chao' THEN ', by how many lists and sources have each (Chao)' ELSE ', peer lists against sources (Chapman)' END AS words
  FROM chosen JOIN crawl_coverage cc USING (crawl_id) WHERE estimated IS NOT NULL
), measured AS (
  SELECT a.crawl_id, 1 AS place, 'advertisement' AS level, 'said by one source each' AS measure, count(*)::DOUBLE AS number FROM chosen JOIN advertised a USING (crawl_id) GROUP BY ALL
  UNION ALL SELECT crawl_id, 2, 'announced entry', 'distinct texts', count(*) FROM said GROUP BY ALL
  UNION ALL SELECT crawl_id, 2, 'announced entry', 'of these malformed', count(*) FILTER (problem IS NOT NULL) FROM said GROUP BY ALL
  UNION ALL SELECT crawl_id, 3, 'endpoint', 'announced and known', count(*) FROM reached GROUP BY ALL
  UNION ALL SELECT crawl_id, 4, 'endpoint', 'visited', count(visit_id) FROM reached GROUP BY ALL
  UNION ALL SELECT crawl_id, 5, 'endpoint', 'answered', count(*) FILTER (reachable) FROM reached GROUP BY ALL
  UNION ALL SELECT crawl_id, 6, 'endpoint', 'failed on the server''s side', count(*) FILTER (reachable = false) FROM reached GROUP BY ALL
  UNION ALL SELECT crawl_id, 7, 'endpoint', 'failed on our side: unknown', count(*) FILTER (reachable IS NULL AND visit_id IS NOT NULL) FROM reached GROUP BY ALL
  UNION ALL SELECT crawl_id, 8, 'endpoint', 'not visited: ' || coalesce(not_visited_reason, state), count(*) FROM reached WHERE visit_id IS NULL GROUP BY ALL
  UNION ALL SELECT crawl_id, 9, 'server', 'announced and known', count(*) FROM servers GROUP BY ALL
  UNION ALL SELECT crawl_id, 10, 'server', 'answered', count(*) FILTER (reachable AND ours) FROM servers GROUP BY ALL
  UNION ALL SELECT crawl_id, 11, 'server', 'answered, of another chain', count(*) FILTER (reachable AND NOT ours) FROM servers GROUP BY ALL
  UNION ALL SELECT crawl_id, 12, 'server', 'answered nowhere', count(*) FILTER (reachable = false) FROM servers GROUP BY ALL
  UNION ALL SELECT crawl_id, 13, 'server', 'unknown', count(*) FILTER (reachable IS NULL) FROM servers GROUP BY ALL
  UNION ALL SELECT crawl_id, 14, 'server', 'named by peer lists', seen FROM frequency
  UNION ALL SELECT crawl_id, 15, 'server', 'never named by any list, at least (Chao1 estimate)',
    round(once * (once - 1) / (2.0 * (twice + 1)), 1) FROM frequency
  UNION ALL SELECT crawl_id, 17, 'server', 'there are at least, ' || words, round(estimated, 1) FROM estimate
  UNION ALL SELECT crawl_id, 18, 'server', 'lower limit (95 %), ' || words, round(estimated_low, 1) FROM estimate
  UNION ALL SELECT crawl_id, 19, 'server', 'upper limit (95 %), ' || words, round(estimated_high, 1) FROM estimate
  UNION ALL SELECT crawl_id, 20, 'server', 'share seen at the most, ' || words, round(seen / estimated, 4) FROM estimate
  UNION ALL SELECT crawl_id, 16, 'endpoint', 'chance that one more peer list shows something new, mean (Good-Turing)', round(mass, 4) FROM unseen
)
SELECT m.level, m.measure, m.number, c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c JOIN measured m USING (crawl_id)
ORDER BY c.network, c.crawl_id, m.place, m.measure
