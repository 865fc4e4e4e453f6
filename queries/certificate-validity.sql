-- title: Certificate validity
-- question: Were the certificates valid when they were shown, and would the roots that Node ships trust them?
-- level: server
-- caveat: Self-signed certificates are the norm here: wallets pin them on first use. Nothing of this is an accusation.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), shown AS (
  SELECT c.*, se.server_id, arg_min({
    time: CASE
      WHEN x.valid_from IS NULL OR x.valid_to IS NULL THEN 'no readable dates'
      WHEN v.started_at < x.valid_from THEN 'not yet valid'
      WHEN v.started_at > x.valid_to THEN 'expired'
      ELSE 'in its validity'
    END,
    self_signed: x.self_signed,
    verdict: coalesce(t.verify_error, 'no fault found'),
    key_type: x.key_type
  }, v.visit_id) AS fact
  FROM chosen c
  JOIN visit v USING (crawl_id)
  JOIN tls_session t USING (visit_id)
  JOIN certificate x ON x.sha256 = t.certificate_sha256
  JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular'
  GROUP BY ALL
)
SELECT fact.time AS validity_when_visited, fact.self_signed AS self_signed, fact.verdict AS verdict_of_our_roots,
  fact.key_type AS key_type,
  count(*) AS servers,
  network, crawl_id, crawl_state, simulated
FROM shown
GROUP BY ALL
ORDER BY network, servers DESC, validity_when_visited, verdict_of_our_roots, key_type
