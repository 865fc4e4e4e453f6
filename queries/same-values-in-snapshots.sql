-- title: Servers with the same values in snapshots
-- question: Which two servers showed the same uncommon value at the same moment, and how often of how often they were compared?
-- level: server
-- caveat: Values that strangers share too (quiet mempools, defaults) do not count. What is left is what one node behind both shows; a hosted node does it for strangers, and one snapshot may be chance. servers_with_it_at_most says how many servers shared the value. It says nothing about who runs them.
-- parameter: network text = null; name of a network, default all
-- parameter: at_least integer = 1; snapshots in which the two were equal, at least

WITH comparable AS (
  SELECT *, count(*) OVER (PARTITION BY snapshot_id, kind, within, tip_hash, value) AS sharing
  FROM snapshot_value
  WHERE $network IS NULL OR network = $network
), equal AS (
  SELECT a.network, a.simulated, a.kind, a.endpoint_id AS a_id, b.endpoint_id AS b_id,
    count(*) AS equal_in, max(a.sharing) AS sharing, max(a.servers_of) AS crawl_id
  FROM comparable a
  JOIN comparable b ON b.snapshot_id = a.snapshot_id AND b.kind = a.kind AND b.within IS NOT DISTINCT FROM a.within
    AND b.tip_hash = a.tip_hash AND b.value = a.value AND b.endpoint_id > a.endpoint_id
  WHERE a.common_because IS NULL AND b.common_because IS NULL
  GROUP BY ALL
), compared AS (
  SELECT e.kind, e.a_id, e.b_id, e.network, count(*) AS compared_in
  FROM equal e
  JOIN comparable a ON a.kind = e.kind AND a.endpoint_id = e.a_id AND a.network = e.network
  JOIN comparable b ON b.snapshot_id = a.snapshot_id AND b.kind = a.kind AND b.within IS NOT DISTINCT FROM a.within
    AND b.tip_hash = a.tip_hash AND b.endpoint_id = e.b_id
  GROUP BY ALL
)
SELECT x.endpoint_key AS server_endpoint, y.endpoint_key AS other_server_endpoint, e.kind,
  equal_in AS snapshots_equal, compared_in AS snapshots_compared, sharing AS servers_with_it_at_most,
  e.network, e.crawl_id, c.state AS crawl_state, e.simulated
FROM equal e
JOIN compared m ON m.kind = e.kind AND m.a_id = e.a_id AND m.b_id = e.b_id AND m.network = e.network
JOIN endpoint x ON x.endpoint_id = e.a_id
JOIN endpoint y ON y.endpoint_id = e.b_id
JOIN crawl c ON c.crawl_id = e.crawl_id
WHERE equal_in >= $at_least
ORDER BY e.network, servers_with_it_at_most, snapshots_equal DESC, server_endpoint, other_server_endpoint, e.kind
