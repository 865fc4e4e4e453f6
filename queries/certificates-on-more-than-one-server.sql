-- title: Certificates on more than one server
-- question: Which public keys were presented by more than one server?
-- level: server
-- caveat: Who holds a key can be several people: keys shipped with a software image, or a hosting company's proxy, are shared by strangers. A reason to look, not a verdict.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), presented AS (
  SELECT DISTINCT c.*, se.server_id, e.host, x.spki_sha256, x.sha256, x.subject, x.self_signed
  FROM chosen c
  JOIN visit v USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  JOIN tls_session t USING (visit_id)
  JOIN certificate x ON x.sha256 = t.certificate_sha256
  JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular'
)
SELECT spki_sha256 AS key_sha256,
  count(DISTINCT server_id) AS servers,
  list_sort(list(DISTINCT host)) AS hosts,
  count(DISTINCT sha256) AS certificates,
  min(subject) AS subject,
  bool_and(self_signed) AS self_signed,
  network, crawl_id, crawl_state, simulated
FROM presented
GROUP BY spki_sha256, network, crawl_id, crawl_state, simulated
HAVING count(DISTINCT server_id) > 1
ORDER BY network, servers DESC, key_sha256
