CREATE VIEW differential_result AS
WITH series AS (
  SELECT d.*, c.network, c.simulated
  FROM differential d
  JOIN crawl c ON c.crawl_id = d.crawl_id
), first_look AS (
  SELECT * FROM series WHERE stage = 'first'
  QUALIFY row_number() OVER (PARTITION BY network, endpoint_id ORDER BY started_at DESC) = 1
), repetition AS (
  SELECT s.* FROM series s
  JOIN first_look f ON f.network = s.network AND f.endpoint_id = s.endpoint_id
  WHERE s.stage = 'again' AND s.p_value IS NOT NULL AND s.started_at >= f.started_at + INTERVAL 20 HOURS
  QUALIFY row_number() OVER (PARTITION BY s.network, s.endpoint_id ORDER BY s.started_at) = 1
), tested AS (
  SELECT f.network, f.simulated, f.servers_of, f.server_id, f.endpoint_id, f.started_at AS first_at, f.outcome,
    f.differing AS differing_first, f.again_from, r.started_at AS again_at, r.p_value AS repetition_p,
    CASE WHEN f.outcome = 'not comparable' THEN NULL WHEN f.outcome = 'differs' THEN coalesce(r.p_value, 1) ELSE 1 END AS p
  FROM first_look f
  LEFT JOIN repetition r USING (network, endpoint_id)
), ranked AS (
  SELECT *,
    count(p) OVER (PARTITION BY network) AS servers_tested,
    count(p) OVER (PARTITION BY network ORDER BY p) AS as_small
  FROM tested
), controlled AS (
  SELECT *,
    CASE WHEN p IS NOT NULL THEN
      least(1, min(p * servers_tested / as_small) OVER (PARTITION BY network ORDER BY p DESC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
    END AS q_value
  FROM ranked
), judged AS (
  SELECT *,
    CASE
      WHEN outcome = 'not comparable' THEN 'not comparable'
      WHEN outcome = 'differs' AND again_at IS NULL THEN 'open'
      WHEN outcome = 'differs' AND q_value <= 0.05 THEN 'differs'
      ELSE 'same'
    END AS state
  FROM controlled
)
SELECT network, simulated, servers_of, server_id, endpoint_id, first_at, again_at,
  differing_first, repetition_p AS p_value, q_value, servers_tested, state,
  CASE state
    WHEN 'differs' THEN 'answers differ by how it is asked, or come in one way only (q = ' || CAST(round(q_value, 4) AS VARCHAR) || '), seen on two days'
    WHEN 'open' THEN 'to be asked again from ' || strftime(again_from, '%Y-%m-%dT%H:%MZ')
    WHEN 'same' THEN 'no misbehaviour shown to a declared crawler'
    ELSE 'not comparable'
  END AS finding
FROM judged;
COMMENT ON VIEW differential_result IS 'One row is one server that was asked the same questions in two ways, and what all series of its network together say. Nothing here calls a server honest: it knows the crawler by its name and its TLS greeting in either way of asking. Level: server.';
COMMENT ON COLUMN differential_result.network IS 'Name of the chain. Never null.';
COMMENT ON COLUMN differential_result.simulated IS 'True: a simulated network. Never null.';
COMMENT ON COLUMN differential_result.servers_of IS 'The crawl whose server it is. Never null.';
COMMENT ON COLUMN differential_result.server_id IS 'The server, as that crawl joined it. Never null.';
COMMENT ON COLUMN differential_result.endpoint_id IS 'The endpoint asked. Never null.';
COMMENT ON COLUMN differential_result.first_at IS 'When its latest first series began, UTC. Never null.';
COMMENT ON COLUMN differential_result.again_at IS 'When the repetition on another day (20 hours later at the earliest) began, UTC; null without one.';
COMMENT ON COLUMN differential_result.differing_first IS 'Questions that differed in the first series; the repetition is about these alone. Never null.';
COMMENT ON COLUMN differential_result.p_value IS 'Exact p-value of the repetition; null without one.';
COMMENT ON COLUMN differential_result.q_value IS 'Benjamini and Hochberg''s adjusted p-value over all servers of the network that were comparable, those that showed nothing counted with 1: of findings with q <= 0.05, one in twenty is expected to be chance. Null when not comparable.';
COMMENT ON COLUMN differential_result.servers_tested IS 'Servers over which that was controlled. Never null.';
COMMENT ON COLUMN differential_result.state IS 'differs: in the first series, and on another day with q <= 0.05; open: differed once, not yet repeated; same: neither, or not on the other day; not comparable. Never null.';
COMMENT ON COLUMN differential_result.finding IS 'The same as a sentence. Innocent causes of a difference: load balancers and round-robin names, banners for Tor or for certain versions, warnings to old versions, limits, peer lists drawn at random, fees and tips that change, proxies and firewalls that treat padded requests differently or let none through. Never null.';
