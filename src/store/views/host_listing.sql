CREATE VIEW host_listing AS
SELECT
  network, host,
  min(first_at) AS listed_since,
  max(last_at) AS listed_until,
  bool_or(removed_at IS NULL) AS still_listed,
  count(*)::INTEGER AS lists
FROM listed_name
GROUP BY network, host;
COMMENT ON VIEW host_listing IS 'One row is one host that ever stood on an imported public list of a network (observatory history import). Level: host.';
COMMENT ON COLUMN host_listing.network IS 'Network of the lists. Never null.';
COMMENT ON COLUMN host_listing.host IS 'The host, canonical. Never null.';
COMMENT ON COLUMN host_listing.listed_since IS 'The first commit of any list with it, UTC. Never null.';
COMMENT ON COLUMN host_listing.listed_until IS 'The last commit of any list in which it stood, UTC. Never null.';
COMMENT ON COLUMN host_listing.still_listed IS 'It stands on a list at the commit that was read last. Never null.';
COMMENT ON COLUMN host_listing.lists IS 'Lists it ever stood on. Never null.';
