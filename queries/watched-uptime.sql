-- title: Uptime of watched servers
-- question: Which share of the time in which a watch looked at a server was it up, and how often did it fall silent or restart?
-- level: server
-- caveat: The crawl is the last that looks were counted with. From look to look, half where it changed in between. Times in which our own line was down, nobody looked, or the failure may be ours do not count in uptime_share; whole_uptime_share takes the server for what the looks before and after such a time found, unless it was longer than a day (bridged_hours: how much that is); where they differ it is taken to have changed when that is as likely earlier as later, by how long it was so before and after. A connection that was held vouches for all of its time. Restarts show over held connections only. One endpoint stands for its server. Needs observatory watch.
-- parameter: network text = null; name of a network, default all
-- parameter: vantage text = null; name of a vantage, default all

WITH look AS (
  SELECT c.network, c.vantage, s.crawl_id, s.endpoint_id, s.seen_at, s.due_at, s.place, s.way = 'held' AS held,
    CASE WHEN s.state = 'down' AND EXISTS (
      SELECT 1 FROM our_outage o
      WHERE o.network = c.network AND o.vantage = c.vantage AND s.seen_at BETWEEN o.began AND o.ended
        AND (NOT o.onions_only OR e.network_class = 'onion')
    ) THEN 'unknown' ELSE s.state END AS state
  -- In the order in which looks were stored; an archive has no row numbers of its own.
  FROM (SELECT *, row_number() OVER () AS place FROM sighting) s
  JOIN crawl c USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  WHERE ($network IS NULL OR c.network = $network) AND ($vantage IS NULL OR c.vantage = $vantage)
), numbered AS (
  SELECT *, row_number() OVER (PARTITION BY network, vantage, endpoint_id ORDER BY seen_at, place) AS number FROM look
), followed AS (
  -- From each look that tells something to the next.
  SELECT *, epoch_ms(seen_at) AS at_ms, epoch_ms(lag(seen_at) OVER following) AS before_ms, lag(state) OVER following AS state_before,
    number = lag(number) OVER following + 1
      AND (held OR seen_at <= lag(due_at) OVER following + INTERVAL 30 MINUTES) AS is_observed
  FROM numbered WHERE state <> 'unknown'
  WINDOW following AS (PARTITION BY network, vantage, endpoint_id ORDER BY number)
), told AS (
  -- Since when it was so before, and until when after, as far as looks tell.
  SELECT *, lag(since_ms) OVER following AS since_before_ms,
    min(at_ms) FILTER (is_change) OVER (PARTITION BY network, vantage, endpoint_id ORDER BY number ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until_ms,
    max(at_ms) OVER (PARTITION BY network, vantage, endpoint_id) AS last_ms
  FROM (
    SELECT *, state IS DISTINCT FROM state_before AS is_change,
      max(at_ms) FILTER (state IS DISTINCT FROM state_before) OVER (PARTITION BY network, vantage, endpoint_id ORDER BY number ROWS UNBOUNDED PRECEDING) AS since_ms
    FROM followed
  )
  WINDOW following AS (PARTITION BY network, vantage, endpoint_id ORDER BY number)
), span AS (
  SELECT *, at_ms - before_ms AS ms,
    greatest(60000, before_ms - since_before_ms)::DOUBLE AS a, greatest(60000, coalesce(until_ms, last_ms) - at_ms)::DOUBLE AS b
  FROM told WHERE before_ms IS NOT NULL
), weighed AS (
  SELECT network, vantage, endpoint_id,
    CASE WHEN is_observed THEN ms ELSE 0 END AS observed_ms,
    CASE WHEN is_observed THEN ms * CASE WHEN state <> state_before THEN 0.5 WHEN state = 'up' THEN 1 ELSE 0 END ELSE 0 END AS up_ms,
    CASE WHEN is_bridged THEN ms ELSE 0 END AS bridged_ms,
    CASE WHEN is_bridged THEN CASE
      WHEN state = state_before THEN CASE state WHEN 'up' THEN ms ELSE 0 END
      WHEN state_before = 'up' THEN changed_ms ELSE ms - changed_ms
    END ELSE 0 END AS bridged_up_ms
  FROM (
    -- What has been so for long goes on for longer: where times of all lengths are as usual
    -- as ten times as long ones, it is as likely to have changed before this time as after it.
    SELECT *, NOT is_observed AND ms <= 24 * 3600000 AS is_bridged,
      least(ms, greatest(0, (sqrt(a * (a + ms) / (b * (b + ms))) * (b + ms) - a) / (1 + sqrt(a * (a + ms) / (b * (b + ms)))))) AS changed_ms
    FROM span
  )
), summed AS (
  SELECT network, vantage, endpoint_id, any_value(observed_ms) AS observed_ms, any_value(up_ms) AS up_ms,
    any_value(bridged_ms) AS bridged_ms, any_value(bridged_up_ms) AS bridged_up_ms,
    count(*) AS looks, max(crawl_id) AS crawl_id, bool_or(held) AS held, min(seen_at) AS since, max(seen_at) AS until
  FROM look
  LEFT JOIN (
    SELECT network, vantage, endpoint_id, sum(observed_ms) AS observed_ms, sum(up_ms) AS up_ms,
      sum(bridged_ms) AS bridged_ms, sum(bridged_up_ms) AS bridged_up_ms
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
