-- title: What a wallet leaks, and to whom
-- question: Who would come to see all addresses of a wallet, or its IP address, after so many starts?
-- level: operator (probable) or server
-- caveat: Model output, from the wallet's own rules and one crawl; whoever runs servers sees this, it is no accusation. Servers alone are shown up to the hundredth of each kind of wallet.
-- parameter: crawl integer = null; number of a crawl, default the latest of each network
-- parameter: network text = null; name of a network, default all
-- parameter: wallet text = Electrum; Electrum, or one server
-- parameter: starts integer = 10; 1, 10 or 100

WITH chosen AS (
  SELECT crawl_id, network, simulated, state AS crawl_state
  FROM crawl
  WHERE CASE WHEN $crawl IS NULL THEN crawl_id IN (SELECT crawl_id FROM default_crawl) ELSE crawl_id = $crawl END
    AND ($network IS NULL OR network = $network)
)
SELECT e.route, e.saved_server, e.starts, e.owner AS operator_or_server, e.servers, e.posterior,
  round(100 * e.main_probability, 1) AS sees_all_addresses_percent,
  round(100 * e.main_low, 1) AS addresses_low, round(100 * e.main_high, 1) AS addresses_high,
  round(100 * e.connected_probability, 1) AS sees_connection_percent,
  round(100 * e.connected_low, 1) AS connection_low, round(100 * e.connected_high, 1) AS connection_high,
  e.basis, e.recommendation, c.network, c.crawl_id, c.crawl_state, c.simulated
FROM chosen c
JOIN exposure e USING (crawl_id)
WHERE e.wallet = $wallet AND e.starts = $starts
ORDER BY c.network, e.route, e.saved_server, e.main_probability DESC, e.connected_probability DESC, e.owner
