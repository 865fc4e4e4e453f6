CREATE VIEW address_facts AS
WITH answered AS (
  SELECT *, row_number() OVER (PARTITION BY network, address, fact ORDER BY source_rank, looked_up_at DESC, source_kind, source) AS place
  FROM enrichment WHERE len(answers) > 0
), best AS (
  SELECT network, address,
    max(answers[1]) FILTER (fact = 'asn') AS asn,
    any_value(answers) FILTER (fact = 'asn') AS asns,
    max(answers[1]) FILTER (fact = 'country_registered') AS country_registered,
    max(answers[1]) FILTER (fact = 'country_located') AS country_located,
    max(source) FILTER (fact = 'country_located') AS located_by,
    max(answers[1]) FILTER (fact = 'cloud_provider') AS cloud_provider,
    max(detail) FILTER (fact = 'cloud_provider' AND source_kind = 'cloud ranges') AS cloud_detail,
    any_value(answers) FILTER (fact = 'ptr') AS ptr,
    bool_or(fact = 'city') AS has_city,
    bool_or(fact = 'org') AS has_org
  FROM answered WHERE place = 1 GROUP BY network, address
), city AS (
  -- The place of the city that is shown, and of no other source's.
  SELECT a.network, a.address, arg_min({name: a.answers[1], place: x.answers[1]}, (a.place, a.source)) AS said
  FROM answered a
  JOIN enrichment c ON c.network = a.network AND c.address = a.address AND c.source = a.source
    AND c.source_kind = a.source_kind AND c.fact = 'country_located'
  LEFT JOIN enrichment x ON x.network = a.network AND x.address = a.address AND x.source = a.source
    AND x.source_kind = a.source_kind AND x.fact = 'coordinates'
  JOIN best b ON b.network = a.network AND b.address = a.address AND b.country_located = c.answers[1]
  WHERE a.fact = 'city' GROUP BY a.network, a.address
), holder AS (
  SELECT a.network, a.address, arg_min(array_to_string(a.answers, '; '), (a.place, a.source)) AS org
  FROM answered a
  JOIN best b ON b.network = a.network AND b.address = a.address
  LEFT JOIN enrichment n ON n.network = a.network AND n.address = a.address AND n.source = a.source
    AND n.source_kind = a.source_kind AND n.fact = 'asn'
  WHERE a.fact = 'org' AND (b.asn IS NULL OR n.answers = b.asns OR n.answers = [b.asn])
  GROUP BY a.network, a.address
), looked_up AS (
  SELECT network, address, max(looked_up_at) AS looked_up_at,
    max(reason || CASE WHEN reason <> 'malformed' AND detail IS NOT NULL THEN ' (' || detail || ')' ELSE '' END)
      FILTER (fact = 'asn' AND len(answers) = 0) AS asn_reason
  FROM enrichment GROUP BY network, address
), unanswered AS (
  SELECT network, address, fact, arg_min(reason, (source_rank, source_kind, source)) AS reason
  FROM enrichment GROUP BY network, address, fact HAVING max(len(answers)) = 0
), gap AS (
  SELECT network, address, map(list(fact ORDER BY fact), list(reason ORDER BY fact)) AS gaps FROM unanswered GROUP BY network, address
)
SELECT l.network, l.address, TRY_CAST(b.asn AS BIGINT) AS asn, coalesce(len(b.asns), 0) AS origins, o.org,
  b.country_located, b.country_registered, b.located_by, c.said.name AS city,
  TRY_CAST(split_part(c.said.place, ',', 1) AS DOUBLE) AS latitude, TRY_CAST(split_part(c.said.place, ',', 2) AS DOUBLE) AS longitude, b.cloud_provider, b.cloud_detail, b.ptr, l.looked_up_at,
  CASE WHEN b.asn IS NULL THEN coalesce(l.asn_reason, 'no source was asked') END AS asn_reason,
  map_concat(
    coalesce(g.gaps, MAP {}),
    CASE WHEN b.has_city AND c.said IS NULL THEN MAP {'city': 'its source names another country'} ELSE MAP {} END,
    CASE WHEN b.has_org AND o.org IS NULL THEN MAP {'org': 'its source does not name this asn'} ELSE MAP {} END
  ) AS gaps
FROM looked_up l
LEFT JOIN best b USING (network, address)
LEFT JOIN city c USING (network, address)
LEFT JOIN holder o USING (network, address)
LEFT JOIN gap g USING (network, address);
COMMENT ON VIEW address_facts IS 'One row is one address that was looked up, with the answer of the best source for each fact. Level: address.';
COMMENT ON COLUMN address_facts.network IS 'Network it was looked up for. Never null.';
COMMENT ON COLUMN address_facts.address IS 'The address. Never null.';
COMMENT ON COLUMN address_facts.asn IS 'Autonomous system that announces it; the first named where there are several. Null when not known: see asn_reason.';
COMMENT ON COLUMN address_facts.origins IS 'How many systems announce it; 0 when none is known. Never null.';
COMMENT ON COLUMN address_facts.org IS 'Holder of that system, from the best source that names the same system; of several all, separated by semicolons. Where no system is known, what the best source says. Null when not known: see gaps.';
COMMENT ON COLUMN address_facts.country_located IS 'Country in which a geo file puts it. Null when not known: see gaps.';
COMMENT ON COLUMN address_facts.country_registered IS 'Country by the registry: where its holder is at home. Null when not known: see gaps.';
COMMENT ON COLUMN address_facts.located_by IS 'Name of the file that country_located is from. Null without country_located.';
COMMENT ON COLUMN address_facts.city IS 'City in which a geo file puts it that agrees with country_located; cities of different files differ by hundreds of kilometres. Null when not known: see gaps.';
COMMENT ON COLUMN address_facts.latitude IS 'Where that city is, by the same file: degrees to a tenth, approximate. Null without a city or where its file has no place for it.';
COMMENT ON COLUMN address_facts.longitude IS 'Where that city is, by the same file: degrees to a tenth, approximate. Null without a city or where its file has no place for it.';
COMMENT ON COLUMN address_facts.cloud_provider IS 'Company that rents out servers there: by published ranges, else by autonomous system. Null: none that is known here, or not looked up.';
COMMENT ON COLUMN address_facts.cloud_detail IS 'Region and service, where published ranges tell. Null where they do not tell.';
COMMENT ON COLUMN address_facts.ptr IS 'Its names by reverse DNS, as its owner wrote them; not cleaned. Null for none or when not looked up: see gaps.';
COMMENT ON COLUMN address_facts.looked_up_at IS 'When it was looked up the last time, UTC. Never null.';
COMMENT ON COLUMN address_facts.asn_reason IS 'Why asn is null; null when it is not.';
COMMENT ON COLUMN address_facts.gaps IS 'Facts (see enrichment.fact) that were looked up and have no answer, each with the reason of the best source; a fact that is neither here nor answered was not looked up. Never null.';
