-- title: What happened to watched servers
-- question: What happened when: silences, restarts, new keys, certificates, software and addresses, and outages of many?
-- level: server and time; outages of many stand without a host
-- caveat: The crawl is the newest that had begun, of those that this file has, else the oldest. Each happened between the two times given. Restarts show over held connections only. A cause says that it happened to all there, and nothing about the server. Needs observatory watch.
-- parameter: host text = null; only this host, default all
-- parameter: network text = null; name of a network, default all

WITH counted AS (
  SELECT network, vantage, crawl_id, state AS crawl_state, simulated,
    -- A public copy has events of crawls that it does not have.
    CASE WHEN row_number() OVER following = 1 THEN TIMESTAMP '-infinity' ELSE started_at END AS started_at,
    lead(started_at, 1, TIMESTAMP 'infinity') OVER following AS next_started_at
  FROM crawl WHERE kind = 'crawl'
  WINDOW following AS (PARTITION BY network, vantage ORDER BY started_at, crawl_id)
)
SELECT w.earliest, w.latest, e.host AS server_host, w.kind, w.value_before, w.value_after, w.cause, w.vantage, w.network,
  c.crawl_id, c.crawl_state, c.simulated
FROM watch_event w
JOIN counted c ON c.network = w.network AND c.vantage = w.vantage AND w.latest >= c.started_at AND w.latest < c.next_started_at
LEFT JOIN endpoint e USING (endpoint_id)
WHERE ($host IS NULL OR e.host = $host) AND ($network IS NULL OR w.network = $network)
ORDER BY w.earliest, w.latest, e.endpoint_key NULLS FIRST, w.kind
