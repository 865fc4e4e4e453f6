-- title: Sizes of certificate clusters
-- question: How many certificates, public keys, issuers and subjects are shown by one server, by two, by more?
-- level: server
-- caveat: Values that are shown by several servers need not be one operator's: software and images ship certificates, many use one authority, and many type nothing as subject. Issuers of certificates that signed themselves are not counted.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), shown AS (
  SELECT DISTINCT c.*, se.server_id, unnest([
    {attribute: 'certificate', value: x.sha256}, {attribute: 'public key', value: x.spki_sha256},
    {attribute: 'issuer', value: CASE WHEN NOT x.self_signed THEN x.issuer END}, {attribute: 'subject', value: x.subject}
  ], recursive := true)
  FROM chosen c
  JOIN visit v USING (crawl_id)
  JOIN tls_session t USING (visit_id)
  JOIN certificate x ON x.sha256 = t.certificate_sha256
  JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular'
), clusters AS (
  SELECT network, crawl_id, crawl_state, simulated, attribute, value, count(DISTINCT server_id) AS servers
  FROM shown WHERE value IS NOT NULL
  GROUP BY ALL
)
SELECT attribute, servers AS servers_that_show_it, count(*) AS shown_values, network, crawl_id, crawl_state, simulated
FROM clusters
GROUP BY ALL
ORDER BY network, attribute, servers_that_show_it
