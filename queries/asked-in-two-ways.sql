-- title: Asked in two ways
-- question: Which servers answer the same questions differently when asked in the wallet's way than in the crawler's?
-- level: server
-- caveat: Both ways call themselves what they are, and greet in TLS like Node: a server that looks at either knows the crawler and can treat wallets as it likes, so that nothing here shows a server to be honest. Innocent causes of a difference: load balancers and round-robin names, banners for Tor or for certain versions, warnings to old versions, limits, peer lists drawn at random, fees and tips that change, proxies and firewalls that treat padded requests differently or let none through.
-- parameter: network text = null; name of a network, default all

SELECT e.endpoint_key AS server_endpoint, r.finding, r.differing_first AS differing_questions,
  r.q_value, r.p_value, r.servers_tested, r.first_at AS first_asked_at, r.again_at AS asked_again_at,
  r.network, r.servers_of AS crawl_id, c.state AS crawl_state, r.simulated
FROM differential_result r
JOIN endpoint e USING (endpoint_id)
JOIN crawl c ON c.crawl_id = r.servers_of
WHERE $network IS NULL OR r.network = $network
ORDER BY r.network, list_position(['differs', 'open', 'same', 'not comparable'], r.state), r.q_value, server_endpoint
