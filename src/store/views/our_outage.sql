-- When what failed was our own way to the network, as a watch found it: looks that
-- failed then say nothing of the servers. One rule for queries and strips, the same as
-- `withoutVantageOutages` of the watch has for reliability and events.
CREATE VIEW our_outage AS
SELECT network, vantage, kind = 'network outage' AS onions_only, earliest AS began, max(latest) AS ended
FROM watch_event
WHERE endpoint_id IS NULL AND (kind = 'vantage outage' OR kind = 'network outage' AND value_after = 'Tor')
GROUP BY ALL;

COMMENT ON VIEW our_outage IS 'One row is one time in which our own way to a network was down, as a watch found it: looks that failed then say nothing of the servers. Level: vantage.';
COMMENT ON COLUMN our_outage.network IS 'Network that was watched. Never null.';
COMMENT ON COLUMN our_outage.vantage IS 'Where it was watched from. Never null.';
COMMENT ON COLUMN our_outage.onions_only IS 'True: Tor was down, ours or all of it, so only looks at onions say nothing. Never null.';
COMMENT ON COLUMN our_outage.began IS 'It began then or later. Never null.';
COMMENT ON COLUMN our_outage.ended IS 'When those were back that were there again first, else when this was worked out. Never null.';
