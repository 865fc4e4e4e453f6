-- title: Server metadata
-- question: What is known of every endpoint of the latest finished crawl, and why is the rest not known?
-- level: endpoint
-- caveat: Column untested says for each null why; observatory dictionary server_metadata defines the columns. Texts are as servers sent them.
-- parameter: network text = null; name of a network, default all
-- parameter: reachable boolean = null; true for endpoints that answered, false for those that failed, default all

SELECT m.endpoint_id, m.* EXCLUDE (endpoint_id), c.state AS crawl_state
FROM server_metadata m
JOIN crawl c USING (crawl_id)
WHERE ($network IS NULL OR m.network = $network)
  AND ($reachable IS NULL OR m.reachable = $reachable)
ORDER BY m.network, m.host, m.port, m.ssl
