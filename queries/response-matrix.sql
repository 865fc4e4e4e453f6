-- title: Response matrix
-- question: How do servers answer each kind of question, by form of script, and is that what the software they behave like does by default?
-- level: server
-- caveat: A deviation (filtered) is no verdict: limits in a configuration, a method switched off, an index that is damaged or not complete, a fork and another server behind one name do it too; table behaviour has them with what was seen. Of a server with several endpoints the most significant answer counts.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: deviations boolean = false; true: only what deviates

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), answers AS (
  SELECT
    c.crawl_id, c.network, c.simulated, c.crawl_state, s.server_id, b.subject, b.script_form,
    coalesce(i.implementation, 'unknown') AS behaves_like,
    coalesce(b.response, 'not judged') AS response,
    b.defaults, b.filtered,
    list_position(['differs', 'truncated', 'empty', 'closed', 'error', 'refused', 'ok', 'not asked', 'not judged'], coalesce(b.response, 'not judged')) AS place
  FROM chosen c
  JOIN visit v ON v.crawl_id = c.crawl_id AND v.kind = 'regular'
  JOIN server_endpoint s ON s.crawl_id = v.crawl_id AND s.endpoint_id = v.endpoint_id
  JOIN server k ON k.crawl_id = s.crawl_id AND k.server_id = s.server_id AND coalesce(k.chain, c.network) = c.network
  JOIN behaviour b ON b.visit_id = v.visit_id
  LEFT JOIN identification i ON i.visit_id = v.visit_id
), by_server AS (
  SELECT
    crawl_id, network, simulated, crawl_state, server_id, subject, script_form,
    unnest(arg_min({behaves_like: behaves_like, response: response, defaults: defaults, filtered: filtered}, place))
  FROM answers
  GROUP BY crawl_id, network, simulated, crawl_state, server_id, subject, script_form
)
SELECT subject, script_form, behaves_like, array_to_string(defaults, ' or ') AS by_default, response, filtered,
  count(*) AS servers, network, crawl_id, crawl_state, simulated
FROM by_server
WHERE NOT $deviations OR filtered
GROUP BY ALL
ORDER BY network, subject, script_form NULLS FIRST, behaves_like, servers DESC, response
