-- title: Latency of servers
-- question: How long do servers take: connecting, the TLS handshake, the first reply, and a ping on an idle session?
-- level: server
-- caveat: Milliseconds from one place; of a server with several endpoints the quickest counts. Through a proxy the proxy answers the connection (tcp_connect_ms is null) and its way is in the other times. ping_ms is null for servers that hold replies back.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), timed AS (
  SELECT c.*, s.server_id, arg_min(e.host, e.endpoint_id) AS host,
    min(v.tcp_connect_ms) AS tcp_connect_ms,
    min(v.tls_ms) AS tls_handshake_ms,
    min(v.handshake_ms) AS first_reply_ms,
    min(t.median_ms) AS ping_ms,
    arg_min(t.deviation_ms, t.median_ms) AS ping_deviation_ms,
    min(v.via) AS via,
    min(coalesce(p.country_located, p.country_registered)) AS country,
    min(p.asn) AS asn
  FROM chosen c
  JOIN server s USING (crawl_id)
  JOIN server_endpoint se USING (crawl_id, server_id)
  JOIN endpoint e USING (endpoint_id)
  JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular' AND v.outcome = 'answered'
  LEFT JOIN timing t ON t.visit_id = v.visit_id
  LEFT JOIN endpoint_place p ON p.crawl_id = se.crawl_id AND p.endpoint_id = se.endpoint_id
  WHERE s.confirmed AND coalesce(s.chain, c.network) = c.network
  GROUP BY c.crawl_id, c.network, c.simulated, c.crawl_state, s.server_id
)
SELECT server_id, host, round(tcp_connect_ms, 1) AS tcp_connect_ms, round(tls_handshake_ms, 1) AS tls_handshake_ms,
  round(first_reply_ms, 1) AS first_reply_ms, round(ping_ms, 1) AS ping_ms, round(ping_deviation_ms, 1) AS ping_deviation_ms,
  via, country, asn, network, crawl_id, crawl_state, simulated
FROM timed
ORDER BY network, crawl_id, ping_ms NULLS LAST, server_id
