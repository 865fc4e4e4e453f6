-- title: Deviations by question
-- question: At how many servers does an answer to each kind of question deviate from what the software they behave like gives by default?
-- level: server
-- caveat: A deviation is no verdict: limits in a configuration, a method switched off, an index that is damaged or not complete, a fork and another server behind one name do it too. The row "any" counts servers with at least one.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), answer AS (
  SELECT c.*, se.server_id, b.subject, b.filtered, b.response
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN server s ON s.crawl_id = se.crawl_id AND s.server_id = se.server_id AND coalesce(s.chain, c.network) = c.network
  JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
  JOIN behaviour b USING (visit_id)
), per_server AS (
  SELECT network, crawl_id, crawl_state, simulated, server_id, question,
    bool_or(filtered) AS deviates, bool_or(response <> 'not asked') AS asked, bool_or(filtered IS NOT NULL) AS compared
  FROM (SELECT *, unnest(['any', subject]) AS question FROM answer)
  GROUP BY network, crawl_id, crawl_state, simulated, server_id, question
)
SELECT question,
  count(*) FILTER (asked) AS servers_asked,
  count(*) FILTER (compared) AS servers_compared,
  count(*) FILTER (deviates) AS servers_deviating,
  network, crawl_id, crawl_state, simulated
FROM per_server
GROUP BY question, network, crawl_id, crawl_state, simulated
ORDER BY network, crawl_id, question <> 'any', servers_deviating DESC, question
