-- title: Issuers of certificates
-- question: Who signed the certificates that servers show, where not they themselves?
-- level: server
-- caveat: The name that a certificate gives its issuer is text; the row without issuer has servers whose certificates signed themselves. A server with several certificates counts at each issuer.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), shown AS (
  SELECT c.*, se.server_id, x.sha256, CASE WHEN NOT x.self_signed THEN x.issuer END AS issuer
  FROM chosen c
  JOIN visit v USING (crawl_id)
  JOIN tls_session t USING (visit_id)
  JOIN certificate x ON x.sha256 = t.certificate_sha256
  JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular'
)
SELECT issuer,
  count(DISTINCT server_id) AS servers,
  count(DISTINCT sha256) AS certificates,
  network, crawl_id, crawl_state, simulated
FROM shown
GROUP BY issuer, network, crawl_id, crawl_state, simulated
ORDER BY network, issuer IS NULL, servers DESC, issuer
