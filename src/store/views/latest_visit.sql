CREATE VIEW latest_visit AS
SELECT c.network, c.simulated, v.endpoint_id, v.visit_id, v.crawl_id, v.started_at, v.outcome, v.reason
FROM visit v JOIN crawl c USING (crawl_id)
WHERE c.kind = 'crawl' AND v.kind = 'regular'
QUALIFY row_number() OVER (PARTITION BY c.network, v.endpoint_id ORDER BY v.crawl_id DESC, v.visit_id DESC) = 1;
COMMENT ON VIEW latest_visit IS 'One row is the newest regular visit of one endpoint in one network, from any crawl; single visits on request never count. Level: endpoint.';
COMMENT ON COLUMN latest_visit.network IS 'Network it was visited for. Never null.';
COMMENT ON COLUMN latest_visit.simulated IS 'True: invented behaviour of a simulated network. Never null.';
COMMENT ON COLUMN latest_visit.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN latest_visit.visit_id IS 'Its newest visit; see visit for all columns. Never null.';
COMMENT ON COLUMN latest_visit.crawl_id IS 'Crawl of that visit. Never null.';
COMMENT ON COLUMN latest_visit.started_at IS 'When it began, UTC. Never null.';
COMMENT ON COLUMN latest_visit.outcome IS 'answered or failed. Never null.';
COMMENT ON COLUMN latest_visit.reason IS 'Why it failed; null when answered.';
