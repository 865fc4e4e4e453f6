-- title: Transports
-- question: How many servers are announced with TLS, with clear text or with both, and over which did they answer us?
-- level: server
-- caveat: What is announced is a claim of others. Clear text is tried only where TLS is missing or failed, so that answering over both is seen by crawls with --all-endpoints alone.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), per_server AS (
  SELECT c.*, se.server_id,
    bool_or(ce.transport = 'tls') AS tls, bool_or(ce.transport = 'tcp') AS tcp, bool_or(ce.transport IN ('ws', 'wss')) AS websocket,
    coalesce(bool_or(ce.reachable) FILTER (ce.transport = 'tls'), false) AS tls_answered,
    coalesce(bool_or(ce.reachable) FILTER (ce.transport = 'tcp'), false) AS tcp_answered
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  GROUP BY ALL
)
SELECT CASE WHEN tls AND tcp THEN 'TLS and clear text' WHEN tls THEN 'TLS only' WHEN tcp THEN 'clear text only' ELSE 'WebSocket only' END AS announced,
  count(*) AS servers,
  count(*) FILTER (tls_answered) AS answered_over_tls,
  count(*) FILTER (tcp_answered AND NOT tls_answered) AS answered_in_clear_text_only,
  count(*) FILTER (NOT tls_answered AND NOT tcp_answered) AS not_answered_or_unknown,
  count(*) FILTER (websocket) AS with_websocket_too,
  network, crawl_id, crawl_state, simulated
FROM per_server
GROUP BY ALL
ORDER BY network, servers DESC, announced
