CREATE VIEW endpoint_identification AS
SELECT v.crawl_id, v.endpoint_id, v.visit_id, d.visit_id AS deep_visit_id,
  CASE
    WHEN d.not_compared = 'its connections were answered by different software' THEN NULL
    WHEN x.implementation IS NULL OR i.implementation IS NULL OR x.implementation = i.implementation
      THEN coalesce(i.implementation, x.implementation)
  END AS implementation,
  CASE
    WHEN d.not_compared = 'its connections were answered by different software' THEN NULL
    WHEN i.implementation IS NULL THEN x.version_range
    WHEN x.implementation IS NULL OR x.implementation = i.implementation THEN i.version_range
  END AS version_range,
  CASE WHEN i.implementation IS NULL AND x.implementation IS NOT NULL THEN x.confidence ELSE i.confidence END AS confidence,
  x.implementation AS deep_implementation,
  x.version_range AS deep_version_range,
  CASE
    WHEN d.not_compared = 'its connections were answered by different software' THEN 'the connections of the newest deep visit were answered by different software'
    WHEN x.implementation <> i.implementation
      THEN 'the regular visit met ' || i.implementation || ', the newest deep visit ' || x.implementation
  END AS disagreement,
  i.proxy, i.contradictions, i.fingerprint_hash
FROM visit v
JOIN identification i ON i.visit_id = v.visit_id
LEFT JOIN server_endpoint se ON se.crawl_id = v.crawl_id AND se.endpoint_id = v.endpoint_id
LEFT JOIN server_malformed d ON d.crawl_id = se.crawl_id AND d.server_id = se.server_id
LEFT JOIN identification x ON x.visit_id = d.visit_id
WHERE v.kind = 'regular';
COMMENT ON VIEW endpoint_identification IS 'One row is one endpoint that a crawl got a reply from, with what its regular visit and the newest deep visit of its server say together about the software. Level: endpoint.';
COMMENT ON COLUMN endpoint_identification.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN endpoint_identification.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN endpoint_identification.visit_id IS 'Its regular visit. Never null.';
COMMENT ON COLUMN endpoint_identification.deep_visit_id IS 'Newest deep visit of its server, whichever of its endpoints that went to and whenever it was made; see server_malformed. Null without one.';
COMMENT ON COLUMN endpoint_identification.implementation IS 'What the regular visit names, else what that deep visit names. Null when neither names any, and when they name different ones or that deep visit met several: see disagreement.';
COMMENT ON COLUMN endpoint_identification.version_range IS 'Releases of it that fit the visit that named it. Null without implementation.';
COMMENT ON COLUMN endpoint_identification.confidence IS 'Probability that visit gives it, 0 to 1; without implementation that of the likeliest by the regular visit. Never null.';
COMMENT ON COLUMN endpoint_identification.deep_implementation IS 'What that deep visit names. Null when it names none or without one.';
COMMENT ON COLUMN endpoint_identification.deep_version_range IS 'Releases of deep_implementation that fit that deep visit, which tells some apart that the regular one does not. Null without deep_implementation.';
COMMENT ON COLUMN endpoint_identification.disagreement IS 'Which implementations they name where these differ, or that the deep visit met several: a balanced name, a proxy or new software since do that. Null when they do not differ.';
COMMENT ON COLUMN endpoint_identification.proxy IS 'As in identification, of the regular visit. Null when visited by a version that did not record it.';
COMMENT ON COLUMN endpoint_identification.contradictions IS 'As in identification, of the regular visit. Never null.';
COMMENT ON COLUMN endpoint_identification.fingerprint_hash IS 'As in identification, of the regular visit. Null when a reply it needs is missing.';
