-- title: Uptime of watched servers
-- question: Which share of the time in which a watch looked at a server was it up, and how often did it fall silent or restart?
-- level: server
-- caveat: The crawl is the last that looks were counted with. From look to look, half where it changed in between. Times in which our own line was down, nobody looked, or the failure may be ours do not count in uptime_share; whole_uptime_share takes the server for what the looks before and after such a time found, half where they differ, unless it was longer than a day (bridged_hours: how much that is). A connection that was held vouches for all of its time. Restarts show over held connections only. One endpoint stands for its server. Needs observatory watch.
-- parameter: network text = null; name of a network, default all
-- parameter: vantage text = null; name of a vantage, default all

WITH look AS (
  SELECT c.network, c.vantage, s.crawl_id, s.endpoint_id, s.seen_at, s.due_at, s.place, s.way = 'held' AS held,
    CASE WHEN s.state = 'down' AND o.earliest IS NOT NULL THEN 'unknown' ELSE s.state END AS state
  -- In the order in which looks were stored; an archive has no row numbers of its own.
  FROM (SELECT *, row_number() OVER () AS place FROM sighting) s
  JOIN crawl c USING (crawl_id)
  LEFT JOIN (
    SELECT network, vantage, earliest, max(latest) AS latest FROM watch_event WHERE kind = 'vantage outage' GROUP BY ALL
  ) o ON o.network = c.network AND o.vantage = c.vantage AND s.seen_at BETWEEN o.earliest AND o.latest
  WHERE ($network IS NULL OR c.network = $network) AND ($vantage IS NULL OR c.vantage = $vantage)
), numbered AS (
  SELECT *, row_number() OVER (PARTITION BY network, vantage, endpoint_id ORDER BY seen_at, place) AS number FROM look
), span AS (
  -- From each look that tells something to the next.
  SELECT *, epoch_ms(seen_at) - epoch_ms(lag(seen_at) OVER following) AS ms,
    CASE WHEN state = lag(state) OVER following THEN CASE state WHEN 'up' THEN 1 ELSE 0 END ELSE 0.5 END AS up,
    number = lag(number) OVER following + 1
      AND (held OR seen_at <= lag(due_at) OVER following + INTERVAL 30 MINUTES) AS is_observed
  FROM numbered WHERE state <> 'unknown'
  WINDOW following AS (PARTITION BY network, vantage, endpoint_id ORDER BY number)
), weighed AS (
  SELECT network, vantage, endpoint_id, up,
    CASE WHEN is_observed THEN ms ELSE 0 END AS observed_ms,
    CASE WHEN NOT is_observed AND ms <= 24 * 3600000 THEN ms ELSE 0 END AS bridged_ms
  FROM span WHERE ms IS NOT NULL
), summed AS (
  SELECT network, vantage, endpoint_id, any_value(observed_ms) AS observed_ms, any_value(up_ms) AS up_ms,
    any_value(bridged_ms) AS bridged_ms, any_value(bridged_up_ms) AS bridged_up_ms,
    count(*) AS looks, max(crawl_id) AS crawl_id, bool_or(held) AS held, min(seen_at) AS since, max(seen_at) AS until
  FROM look
  LEFT JOIN (
    SELECT network, vantage, endpoint_id, sum(observed_ms) AS observed_ms, sum(observed_ms * up) AS up_ms,
      sum(bridged_ms) AS bridged_ms, sum(bridged_ms * up) AS bridged_up_ms
    FROM weighed GROUP BY network, vantage, endpoint_id
  ) USING (network, vantage, endpoint_id)
  GROUP BY network, vantage, endpoint_id
), happened AS (
  SELECT network, vantage, endpoint_id,
    count(*) FILTER (kind = 'went silent') AS fell_silent,
    count(*) FILTER (kind = 'went silent' AND cause IS NOT NULL) AS fell_silent_with_others,
    count(*) FILTER (kind = 'restarted') AS restarted
  FROM watch_event WHERE endpoint_id IS NOT NULL GROUP BY ALL
)
SELECT e.host, e.port, e.transport, round(s.up_ms / nullif(s.observed_ms, 0), 5) AS uptime_share,
  round(s.observed_ms / 3600000, 1) AS observed_hours,
  round((s.up_ms + s.bridged_up_ms) / nullif(s.observed_ms + s.bridged_ms, 0), 5) AS whole_uptime_share,
  round(s.bridged_ms / 3600000, 1) AS bridged_hours, s.looks AS looks_at_server, s.held,
  coalesce(h.fell_silent, 0) AS fell_silent, coalesce(h.fell_silent_with_others, 0) AS fell_silent_with_others,
  coalesce(h.restarted, 0) AS restarted, s.since, s.until, s.vantage, s.network, s.crawl_id, c.state AS crawl_state, c.simulated
FROM summed s
JOIN crawl c USING (crawl_id)
JOIN endpoint e USING (endpoint_id)
LEFT JOIN happened h ON h.network = s.network AND h.vantage = s.vantage AND h.endpoint_id = s.endpoint_id
ORDER BY s.network, s.vantage, uptime_share NULLS LAST, e.endpoint_key
