-- title: Wallet acceptance
-- question: Would the Electrum wallet use the servers by their TLS handshakes, meeting them for the first time?
-- level: server
-- caveat: Of a server with several TLS endpoints the best counts. Servers without a TLS endpoint that answered are not in it. No accusation: whom the wallet refuses mostly forgot to renew.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), shown AS (
  SELECT c.*, se.server_id,
    arg_min(
      {accepts: t.wallet_accepts, reason: coalesce(t.wallet_accepts_reason, 'visited by a version that did not record it')},
      (CASE WHEN t.wallet_accepts THEN 0 WHEN t.wallet_accepts IS NULL THEN 1 ELSE 2 END, v.visit_id)
    ) AS verdict
  FROM chosen c
  JOIN visit v USING (crawl_id)
  JOIN tls_session t USING (visit_id)
  JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular'
  GROUP BY ALL
)
SELECT verdict.accepts AS wallet_accepts, verdict.reason AS reason, count(*) AS servers, network, crawl_id, crawl_state, simulated
FROM shown
GROUP BY ALL
ORDER BY network, servers DESC, reason
