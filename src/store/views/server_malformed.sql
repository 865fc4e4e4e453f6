CREATE VIEW server_malformed AS
SELECT se.crawl_id, se.server_id, v.visit_id, v.endpoint_id, v.started_at AS visited_at, v.crawl_id AS run_id,
  m.response, m.compared_with, m.differs, m.answers, m.not_compared
FROM server_endpoint se
JOIN crawl c ON c.crawl_id = se.crawl_id
JOIN visit v ON v.endpoint_id = se.endpoint_id AND v.kind = 'deep'
JOIN crawl run ON run.crawl_id = v.crawl_id AND run.network = c.network
  AND coalesce(run.settings->>'$.choice', 'usual') <> 'invalid json'
JOIN malformed_reply m ON m.visit_id = v.visit_id
QUALIFY row_number() OVER (PARTITION BY se.crawl_id, se.server_id ORDER BY m.response = 'not asked', v.visit_id DESC) = 1;
COMMENT ON VIEW server_malformed IS 'One row is one server of one crawl with its newest usual deep visit (those with invalid JSON, made on request, are in malformed_reply only), whichever of its endpoints that went to and whenever it was made. Level: server.';
COMMENT ON COLUMN server_malformed.crawl_id IS 'The crawl in which it is this server. Never null.';
COMMENT ON COLUMN server_malformed.server_id IS 'The server. Never null.';
COMMENT ON COLUMN server_malformed.visit_id IS 'Its newest usual deep visit that asked something; else the newest. Never null.';
COMMENT ON COLUMN server_malformed.endpoint_id IS 'Endpoint of the server that was visited. Never null.';
COMMENT ON COLUMN server_malformed.visited_at IS 'When the deep visit began, UTC. Never null.';
COMMENT ON COLUMN server_malformed.run_id IS 'Run of kind probe that made it. Never null.';
COMMENT ON COLUMN server_malformed.response IS 'As in malformed_reply. Never null.';
COMMENT ON COLUMN server_malformed.compared_with IS 'As in malformed_reply. Null when nothing is compared.';
COMMENT ON COLUMN server_malformed.differs IS 'As in malformed_reply. A proxy, another server behind the same name or address, a fork, a patched build or a newer release do it too: no verdict. Never null.';
COMMENT ON COLUMN server_malformed.answers IS 'As in malformed_reply. Never null.';
COMMENT ON COLUMN server_malformed.not_compared IS 'As in malformed_reply. Null when it is compared, or visited by a version that did not record it.';
