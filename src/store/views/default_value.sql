CREATE VIEW default_value AS
SELECT v.visit_id, v.crawl_id, v.endpoint_id,
  entry->>'kind' AS kind,
  entry->>'value' AS value,
  entry->>'set_by' AS set_by
FROM (SELECT visit_id, crawl_id, endpoint_id, unnest(CAST(default_values AS JSON[])) AS entry FROM visit WHERE kind = 'regular') v;
COMMENT ON VIEW default_value IS 'One row is one value of a regular visit that software, images or guides set: it proves nothing about who runs the server. A value that is not here is not thereby an operator''s own. Level: endpoint.';
COMMENT ON COLUMN default_value.visit_id IS 'Visit that showed it. Never null.';
COMMENT ON COLUMN default_value.crawl_id IS 'Crawl of the visit. Never null.';
COMMENT ON COLUMN default_value.endpoint_id IS 'Endpoint visited. Never null.';
COMMENT ON COLUMN default_value.kind IS 'What it is: banner, banner line, donation address, port (chain, transport and port), hosts shape (kinds of hosts with ports in server.features), host name, host name suffix, certificate, public key (SHA-256 each), certificate subject, certificate issuer, certificate attribute, certificate name, certificate validity (days). Never null.';
COMMENT ON COLUMN default_value.value IS 'The value in the form in which the catalogue has it, not cleaned. Never null.';
COMMENT ON COLUMN default_value.set_by IS 'Who sets it, one and how many others. Never null.';
