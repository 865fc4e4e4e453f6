CREATE VIEW host_facts AS
WITH each AS (
  SELECT network, host, addresses, reason, detail, resolved_at, unnest(addresses) AS address FROM host_address
  UNION ALL
  SELECT network, host, addresses, reason, detail, resolved_at, NULL FROM host_address WHERE len(addresses) = 0
), known AS (
  -- The lists hold null where one address has no value: two values, then, not one.
  SELECT e.network, e.host, any_value(e.addresses) AS addresses, any_value(e.reason) AS reason, any_value(e.detail) AS detail,
    count(DISTINCT f.address) AS looked_up,
    list(DISTINCT f.asn) AS asn, list(DISTINCT f.org) AS org,
    list(DISTINCT f.country_located) AS country_located, list(DISTINCT f.country_registered) AS country_registered,
    list(DISTINCT f.city) AS city, list(DISTINCT f.latitude) AS latitude, list(DISTINCT f.longitude) AS longitude,
    list(DISTINCT f.cloud_provider) AS cloud_provider,
    list_sort(list_distinct(flatten(list(coalesce(f.ptr, []))))) AS ptr,
    max(f.asn_reason) AS asn_reason,
    any_value(f.gaps) AS gaps
  FROM each e LEFT JOIN address_facts f ON f.network = e.network AND f.address = e.address
  GROUP BY e.network, e.host
)
SELECT network, host, addresses, reason, detail, looked_up,
  CASE WHEN len(asn) = 1 THEN asn[1] END AS asn,
  CASE WHEN len(org) = 1 THEN org[1] END AS org,
  CASE WHEN len(country_located) = 1 THEN country_located[1] END AS country_located,
  CASE WHEN len(country_registered) = 1 THEN country_registered[1] END AS country_registered,
  CASE WHEN len(city) = 1 THEN city[1] END AS city,
  CASE WHEN len(latitude) = 1 AND len(longitude) = 1 THEN latitude[1] END AS latitude,
  CASE WHEN len(latitude) = 1 AND len(longitude) = 1 THEN longitude[1] END AS longitude,
  CASE WHEN len(cloud_provider) = 1 THEN cloud_provider[1] END AS cloud_provider,
  ptr,
  asn_reason,
  CASE WHEN len(addresses) = 1 THEN gaps END AS gaps
FROM known;
COMMENT ON VIEW host_facts IS 'One row is one name that was dialled through a proxy, with what is the same for all its addresses: which one the proxy took is not known. Level: host.';
COMMENT ON COLUMN host_facts.network IS 'Network it was looked up for. Never null.';
COMMENT ON COLUMN host_facts.host IS 'The name. Never null.';
COMMENT ON COLUMN host_facts.addresses IS 'All its addresses. Never null.';
COMMENT ON COLUMN host_facts.reason IS 'Why it has none; null when it has.';
COMMENT ON COLUMN host_facts.detail IS 'That reason in more words. Null without reason or when there is no more to say.';
COMMENT ON COLUMN host_facts.looked_up IS 'How many of its addresses were looked up. Never null.';
COMMENT ON COLUMN host_facts.asn IS 'Autonomous system of all its addresses; null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.org IS 'Holder of that system, on the same condition. Null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.country_located IS 'Country in which geo files put all its addresses, on the same condition. Null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.country_registered IS 'Country by the registry, on the same condition. Null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.city IS 'City, on the same condition. Null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.latitude IS 'Where that city is, on the same condition. Null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.longitude IS 'Where that city is, on the same condition. Null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.cloud_provider IS 'Cloud provider, on the same condition. Null where they differ or one is not known.';
COMMENT ON COLUMN host_facts.ptr IS 'Names of any of its addresses by reverse DNS. Never null.';
COMMENT ON COLUMN host_facts.asn_reason IS 'Why one of its addresses has no asn; null when all have one.';
COMMENT ON COLUMN host_facts.gaps IS 'Facts that were looked up and have no answer, each with the reason; null where it has several addresses or none.';
