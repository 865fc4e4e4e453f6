-- title: Names on public lists
-- question: Who has been on wallets' and servers' lists since when, and did they answer in this crawl?
-- level: host, by what public lists (sources of announcements) said; known_to_crawl is about the crawl
-- caveat: Only lists that were imported (observatory history import). A name on a list is not a server that answered, and a name may have changed hands since.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: host text = null; a host, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), met AS (
  SELECT crawl_id, host, bool_or(reachable) AS reachable
  FROM chosen JOIN crawl_endpoint USING (crawl_id)
  GROUP BY ALL
)
SELECT h.host, h.listed_since, h.listed_until, h.still_listed, h.lists,
  m.host IS NOT NULL AS known_to_crawl, m.reachable AS answered,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN host_listing h ON h.network = c.network
LEFT JOIN met m ON m.crawl_id = c.crawl_id AND m.host = h.host
WHERE $host IS NULL OR h.host = $host
ORDER BY c.network, h.listed_since, h.host
