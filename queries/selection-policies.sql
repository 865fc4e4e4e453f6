-- title: Rules of choosing servers
-- question: What would the best informed operator learn of a wallet that chose its servers by another rule?
-- level: operator (probable) or server
-- caveat: Model output; percentages are of simulated wallets, with 95 % limits over which clusters are one operator's and the error of simulating.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT p.policy, p.title AS a_wallet_that, p.route, p.starts, p.shows_ip,
  round(100 * p.served, 1) AS served_percent,
  round(100 * p.share_of_scripts, 1) AS share_of_scripts_percent,
  round(100 * p.share_of_scripts_low, 1) AS share_low, round(100 * p.share_of_scripts_high, 1) AS share_high,
  round(100 * p.all_scripts, 1) AS all_scripts_percent,
  round(100 * p.connected, 1) AS connected_percent,
  p.best_informed AS best_informed_operator_or_server, round(p.owners_asked, 1) AS operators_or_servers_asked,
  p.basis, p.recommendation, c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN selection_policy p USING (crawl_id)
ORDER BY c.network, p.policy <> 'today', p.policy = 'own server', p.policy
