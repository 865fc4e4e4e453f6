-- title: TLS in use
-- question: Which versions, ciphers, key exchanges, keys, signatures and lengths of validity do servers show?
-- level: server
-- caveat: Agreed with this program, which offers what Node does; a proxy in front may speak TLS for the server. Of a server with several TLS endpoints the first visited counts. Self-signed certificates are the norm here: wallets pin them.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), shown AS (
  SELECT c.*, se.server_id,
    arg_min(struct_pack(
      tls_version := t.version, cipher := t.cipher, key_exchange := t.key_exchange, key_type := x.key_type,
      signature := x.signature_algorithm, self_signed := x.self_signed,
      days := date_diff('day', x.valid_from, x.valid_to)
    ), v.visit_id) AS fact
  FROM chosen c
  JOIN visit v USING (crawl_id)
  JOIN tls_session t USING (visit_id)
  LEFT JOIN certificate x ON x.sha256 = t.certificate_sha256
  JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular'
  GROUP BY c.crawl_id, c.network, c.simulated, c.crawl_state, se.server_id
), said AS (
  SELECT network, crawl_id, crawl_state, simulated, unnest([
    {place: 1, aspect: 'TLS version', value: fact.tls_version},
    {place: 2, aspect: 'cipher', value: fact.cipher},
    {place: 3, aspect: 'key exchange', value: fact.key_exchange},
    {place: 4, aspect: 'key', value: fact.key_type},
    {place: 5, aspect: 'signature', value: fact.signature},
    {place: 6, aspect: 'signed by', value: CASE WHEN fact.self_signed THEN 'itself' WHEN NOT fact.self_signed THEN 'another key' END},
    {place: 7, aspect: 'validity', value: CASE
      WHEN fact.days IS NULL THEN NULL WHEN fact.days <= 100 THEN 'up to 100 days' WHEN fact.days <= 400 THEN 'up to 400 days'
      WHEN fact.days <= 2000 THEN 'up to 2,000 days' WHEN fact.days <= 4000 THEN 'up to 4,000 days' ELSE 'more than 4,000 days' END}
  ]) AS one
  FROM shown
)
SELECT one.aspect AS aspect, one.value AS value, count(*) AS servers, network, crawl_id, crawl_state, simulated
FROM said
GROUP BY one.place, one.aspect, one.value, network, crawl_id, crawl_state, simulated
ORDER BY network, crawl_id, one.place, servers DESC, value
