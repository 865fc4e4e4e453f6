CREATE VIEW endpoint_place AS
SELECT
  ce.crawl_id, ce.endpoint_id, coalesce(v.address, CASE WHEN ce.network_class IN ('ipv4', 'ipv6') THEN ce.host END) AS address,
  coalesce(a.asn, h.asn) AS asn,
  coalesce(a.org, h.org) AS org,
  coalesce(a.country_located, h.country_located) AS country_located,
  coalesce(a.country_registered, h.country_registered) AS country_registered,
  coalesce(a.city, h.city) AS city,
  coalesce(a.latitude, h.latitude) AS latitude,
  coalesce(a.longitude, h.longitude) AS longitude,
  coalesce(a.cloud_provider, h.cloud_provider) AS cloud_provider,
  coalesce(a.ptr, CASE WHEN len(h.ptr) > 0 THEN h.ptr END) AS reverse_names,
  CASE
    WHEN ce.network_class = 'onion' THEN 'onion services have no address'
    WHEN a.address IS NOT NULL THEN 'asn: ' || a.asn_reason
    WHEN v.address IS NOT NULL OR ce.network_class IN ('ipv4', 'ipv6') THEN 'its address was not looked up'
    WHEN h.host IS NULL AND ce.visit_id IS NULL THEN 'not visited'
    WHEN h.host IS NULL THEN 'its address is not known'
    WHEN h.reason IS NOT NULL THEN 'its address is not known: ' || h.reason || coalesce(' (' || h.detail || ')', '')
    WHEN h.looked_up < len(h.addresses) THEN 'its address was not looked up'
    WHEN h.asn_reason IS NOT NULL THEN 'asn: ' || h.asn_reason
    WHEN len(h.addresses) > 1 THEN 'it has ' || len(h.addresses) || ' addresses: shown is what is the same for all'
  END AS place_note,
  h.addresses,
  CASE WHEN a.address IS NOT NULL THEN a.gaps WHEN h.looked_up = 1 THEN h.gaps END AS gaps
FROM crawl_endpoint ce
LEFT JOIN visit v ON v.visit_id = ce.visit_id
LEFT JOIN address_facts a ON a.network = ce.network
  AND a.address = coalesce(v.address, CASE WHEN ce.network_class IN ('ipv4', 'ipv6') THEN ce.host END)
LEFT JOIN host_facts h ON h.network = ce.network AND h.host = ce.host AND v.address IS NULL;
COMMENT ON VIEW endpoint_place IS 'One row is one endpoint known in one crawl, with what is known about its address from elsewhere. Level: endpoint.';
COMMENT ON COLUMN endpoint_place.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN endpoint_place.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN endpoint_place.address IS 'Address dialled, or the host where it is one; null through a proxy: then host_facts of its name are shown.';
COMMENT ON COLUMN endpoint_place.asn IS 'Autonomous system that announces the address; the first named where there are several. Null when not known: see place_note and gaps.';
COMMENT ON COLUMN endpoint_place.org IS 'Holder of that system. Null when not known: see place_note and gaps.';
COMMENT ON COLUMN endpoint_place.country_located IS 'Country in which a geo file puts the address. Null when not known: see place_note and gaps.';
COMMENT ON COLUMN endpoint_place.country_registered IS 'Country by the registry: where the holder is at home. Null when not known: see place_note and gaps.';
COMMENT ON COLUMN endpoint_place.city IS 'City in which a geo file puts the address. Null when not known: see place_note and gaps.';
COMMENT ON COLUMN endpoint_place.latitude IS 'Where that city is: degrees to a tenth, approximate. Null without a city or where its file has no place for it.';
COMMENT ON COLUMN endpoint_place.longitude IS 'Where that city is: degrees to a tenth, approximate. Null without a city or where its file has no place for it.';
COMMENT ON COLUMN endpoint_place.cloud_provider IS 'Company that rents out servers there: by the ranges it publishes, else by autonomous system. Null: none that is known here, or not looked up.';
COMMENT ON COLUMN endpoint_place.reverse_names IS 'Names of the address by reverse DNS, not cleaned. Null for none or when not looked up.';
COMMENT ON COLUMN endpoint_place.place_note IS 'Why asn and the like are null, or what they stand for; null where the address dialled was looked up and has an asn.';
COMMENT ON COLUMN endpoint_place.gaps IS 'Facts (see enrichment.fact) of its one address that were looked up and have no answer, each with the reason; null where no one address was looked up.';
COMMENT ON COLUMN endpoint_place.addresses IS 'What --resolver said of a name that a proxy dialled; null for others.';
