-- title: What is known
-- question: Of how many endpoints is each column of server_metadata known, and why mostly not?
-- level: endpoint
-- caveat: Of the latest finished crawl of each network, as server_metadata. A column is unknown for a reason, which is never the same as no.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH wide AS (
  SELECT * FROM server_metadata WHERE ($crawl IS NULL OR crawl_id = $crawl) AND ($network IS NULL OR network = $network)
), gap AS (
  SELECT network, crawl_id, simulated, unnest(map_entries(untested)) AS entry FROM wide
), reason AS (
  SELECT network, crawl_id, simulated, entry.key AS field, entry.value AS why, count(*) AS endpoints FROM gap GROUP BY ALL
), field AS (
  SELECT network, crawl_id, simulated, field, sum(endpoints) AS endpoints_unknown, arg_max(why, endpoints) AS most_frequent_reason
  FROM (FROM reason ORDER BY why) GROUP BY ALL
), known AS (
  SELECT network, crawl_id, simulated, count(*) AS endpoints, count(*) FILTER (visited_at IS NOT NULL) AS visited FROM wide GROUP BY ALL
)
SELECT f.field, k.endpoints - f.endpoints_unknown AS endpoints_known, f.endpoints_unknown, f.most_frequent_reason,
  k.visited AS endpoints_visited, f.network, f.crawl_id, c.state AS crawl_state, f.simulated
FROM field f JOIN known k USING (network, crawl_id, simulated) JOIN crawl c USING (crawl_id)
ORDER BY f.network, f.crawl_id, endpoints_known DESC, f.field
