-- title: What happened to watched servers
-- question: What happened when: silences, restarts, new keys, certificates, software and addresses, and outages of many?
-- level: server and time; outages of many stand without a host
-- caveat: The crawl is the newest that had begun. Each happened between the two times given. Restarts show over held connections only. A cause says that it happened to all there, and nothing about the server. Needs observatory watch.
-- parameter: host text = null; only this host, default all
-- parameter: network text = null; name of a network, default all

WITH counted AS (
  SELECT network, vantage, crawl_id, state AS crawl_state, simulated, started_at,
    lead(started_at, 1, TIMESTAMP 'infinity') OVER (PARTITION BY network, vantage ORDER BY started_at, crawl_id) AS next_started_at
  FROM crawl WHERE kind = 'crawl'
)
SELECT w.earliest, w.latest, e.host AS server_host, w.kind, w.value_before, w.value_after, w.cause, w.vantage, w.network,
  c.crawl_id, c.crawl_state, c.simulated
FROM watch_event w
JOIN counted c ON c.network = w.network AND c.vantage = w.vantage AND w.latest >= c.started_at AND w.latest < c.next_started_at
LEFT JOIN endpoint e USING (endpoint_id)
WHERE ($host IS NULL OR e.host = $host) AND ($network IS NULL OR w.network = $network)
ORDER BY w.earliest, w.latest, e.endpoint_key NULLS FIRST, w.kind
