-- title: Changes since the crawl before
-- question: Which endpoints look different than in the crawl before, and in what?
-- level: endpoint
-- caveat: Endpoints, compared one by one: an address that changed hands looks like a new key here. `observatory diff` knows servers by name, onion and key. Not visited, or failed on our side, is neither gone nor off.
-- parameter: crawl integer = null; number of the later crawl, default the latest of each network
-- parameter: before integer = null; number of the earlier crawl, default the finished one before
-- parameter: network text = null; name of a network, default all

WITH later AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), chosen AS (
  SELECT l.*, coalesce(
    $before,
    (SELECT max(c.crawl_id) FROM crawl c WHERE c.network = l.network AND c.kind = 'crawl' AND c.state = 'finished' AND c.crawl_id < l.crawl_id)
  ) AS before_id
  FROM later l
), seen AS (
  SELECT ce.crawl_id, ce.endpoint_id, ce.endpoint_key, ce.reachable, v.software, v.address, x.spki_sha256
  FROM crawl_endpoint ce
  LEFT JOIN visit v ON v.visit_id = ce.visit_id
  LEFT JOIN tls_session t ON t.visit_id = ce.visit_id
  LEFT JOIN certificate x ON x.sha256 = t.certificate_sha256
  WHERE ce.crawl_id IN (SELECT crawl_id FROM chosen UNION SELECT before_id FROM chosen)
), compared AS (
  SELECT c.network, c.simulated, c.crawl_id, c.crawl_state, c.before_id,
    coalesce(n.endpoint_key, o.endpoint_key) AS endpoint,
    o.endpoint_id IS NOT NULL AS known_before, n.endpoint_id IS NOT NULL AS known_now,
    o.reachable AS answered_before, n.reachable AS answered_now,
    o.address AS address_before, n.address AS address_now,
    o.spki_sha256 AS key_before, n.spki_sha256 AS key_now,
    o.software AS software_before, n.software AS software_now
  FROM chosen c
  JOIN (
    SELECT c.crawl_id, s.endpoint_id FROM chosen c JOIN seen s ON s.crawl_id IN (c.crawl_id, c.before_id) GROUP BY ALL
  ) known ON known.crawl_id = c.crawl_id
  LEFT JOIN seen o ON o.crawl_id = c.before_id AND o.endpoint_id = known.endpoint_id
  LEFT JOIN seen n ON n.crawl_id = c.crawl_id AND n.endpoint_id = known.endpoint_id
)
SELECT endpoint,
  list_filter([
    CASE WHEN NOT known_before THEN 'not known before' END,
    CASE WHEN NOT known_now THEN 'not announced now' END,
    CASE WHEN answered_before = false AND answered_now THEN 'answers again' END,
    CASE WHEN answered_before AND answered_now = false THEN 'no longer answers us' END,
    CASE WHEN address_before <> address_now THEN 'another address' END,
    CASE WHEN key_before <> key_now THEN 'another key' END,
    CASE WHEN software_before <> software_now THEN 'another software' END
  ], lambda change: change IS NOT NULL) AS changes_at_endpoint,
  answered_before, answered_now, address_before, address_now, key_before, key_now, software_before, software_now,
  network, before_id AS before_crawl_id, crawl_id, crawl_state, simulated
FROM compared
WHERE len(changes_at_endpoint) > 0
ORDER BY network, crawl_id, endpoint
