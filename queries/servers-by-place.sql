-- title: Servers by place
-- question: In which cities are servers said to be, and where are those?
-- level: server
-- caveat: Approximate: two geo files put an address 267 km apart in the median; latitude and longitude are the city's, in degrees to a tenth. A server whose endpoints have several places counts at the first; servers without a city count by country.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
), per_server AS (
  SELECT c.crawl_id, c.network, c.crawl_state, c.simulated, se.server_id, coalesce(bool_or(ce.reachable), false) AS answered,
    arg_min(
      {country: coalesce(p.country_located, p.country_registered), city: p.city, latitude: p.latitude, longitude: p.longitude},
      (p.city IS NULL, ce.endpoint_id)
    ) AS place
  FROM chosen c
  JOIN server_endpoint se USING (crawl_id)
  JOIN crawl_endpoint ce ON ce.crawl_id = se.crawl_id AND ce.endpoint_id = se.endpoint_id
  JOIN endpoint_place p ON p.crawl_id = se.crawl_id AND p.endpoint_id = se.endpoint_id
  GROUP BY c.crawl_id, c.network, c.crawl_state, c.simulated, se.server_id
)
SELECT place.country AS country, place.city AS city, place.latitude AS latitude, place.longitude AS longitude,
  count(*) AS servers,
  count(*) FILTER (answered) AS servers_answered,
  network, crawl_id, crawl_state, simulated
FROM per_server
GROUP BY place, network, crawl_id, crawl_state, simulated
ORDER BY network, country IS NULL, servers DESC, country, city NULLS LAST, latitude, longitude
