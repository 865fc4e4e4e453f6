-- title: Values in a snapshot
-- question: Which fee estimates, histograms, minimum fees did servers show at one moment, and how many servers showed each?
-- level: server
-- caveat: One endpoint of each server, asked within seconds of all others, at one tip. Equal values are what one node behind several servers shows; hosted nodes, quiet mempools and chance do it too, and it says nothing about who runs them.
-- parameter: snapshot integer = null; number of a snapshot, default the newest kept one of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT max(snapshot_id) AS snapshot_id
  FROM snapshot_value
  WHERE ($snapshot IS NULL OR snapshot_id = $snapshot) AND ($network IS NULL OR network = $network)
  GROUP BY network
), shown AS (
  SELECT v.*, c.state AS crawl_state, v.servers_of AS crawl_id
  FROM snapshot_value v
  JOIN chosen USING (snapshot_id)
  JOIN crawl c ON c.crawl_id = v.servers_of
)
SELECT kind, within AS among_software,
  CASE WHEN length(value) > 200 THEN left(value, 199) || '…' ELSE value END AS value,
  count(*) AS servers,
  sum(count(*)) OVER (PARTITION BY snapshot_id, kind, within, tip_hash) AS servers_compared,
  any_value(elements) AS elements,
  min(elements_at_floor) AS elements_at_floor,
  max(common_because) AS common_because,
  tip_height, snapshot_id, started_at AS taken_at, network, crawl_id, crawl_state, simulated
FROM shown
GROUP BY kind, within, shown.value, tip_height, tip_hash, snapshot_id, started_at, network, crawl_id, crawl_state, simulated
ORDER BY network, kind, among_software, servers DESC, shown.value
