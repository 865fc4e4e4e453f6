-- title: Malformed announcements
-- question: Which announcements could not be followed, or only in part, and who makes them?
-- level: advertisement
-- caveat: Texts are as received; most are mistakes of configuration.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: limit integer = 1000; rows at the most

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT ad.problem, ad.notes, ad.raw AS advertisement_text,
  count(DISTINCT a.source_id) AS sources,
  min(s.name) AS example_source,
  c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN advertised a USING (crawl_id)
JOIN advertisement ad USING (advertisement_id)
JOIN source s USING (source_id)
WHERE ad.problem IS NOT NULL OR len(ad.notes) > 0
GROUP BY ALL
ORDER BY c.network, ad.problem NULLS LAST, sources DESC, advertisement_text
LIMIT $limit
