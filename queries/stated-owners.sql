-- title: Stated owners
-- question: What do public facts say about whose network, machine or certificate it is at each server: holder of the system, reverse name, organisation in the certificate?
-- level: server
-- caveat: A holder rents out addresses to others, a reverse name is written by whoever holds the address, and a certificate says what its maker typed. None of it proves who runs a server.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), placed AS (
  SELECT c.*, se.server_id, e.host, p.address, p.asn, p.org, p.reverse_names, x.subject, x.issuer
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN endpoint e USING (endpoint_id)
  LEFT JOIN endpoint_place p ON p.crawl_id = se.crawl_id AND p.endpoint_id = se.endpoint_id
  LEFT JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
  LEFT JOIN tls_session t ON t.visit_id = v.visit_id
  LEFT JOIN certificate x ON x.sha256 = t.certificate_sha256
), stated AS (
  SELECT DISTINCT network, crawl_id, crawl_state, simulated, server_id, unnest([
    {kind: 'asn', value: CAST(asn AS VARCHAR)}, {kind: 'organisation', value: org}, {kind: 'address', value: address},
    {kind: 'host', value: host}, {kind: 'certificate subject', value: subject}, {kind: 'certificate issuer', value: issuer}
  ] || list_transform(coalesce(reverse_names, []), lambda name: {kind: 'reverse name', value: name})) AS one
  FROM placed
)
SELECT server_id, one.kind AS kind, one.value AS value, network, crawl_id, crawl_state, simulated
FROM stated
WHERE one.value IS NOT NULL
ORDER BY network, crawl_id, server_id, kind, value
