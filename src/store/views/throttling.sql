CREATE VIEW throttling AS
WITH seen AS (
  SELECT
    v.visit_id, v.crawl_id, v.endpoint_id, c.network, c.vantage, v.started_at, v.requests, v.cost,
    f.first,
    -- What came with the refusal or behind it was not yet on the books: a hundred units an error, one for 5,000 bytes.
    v.cost - (SELECT sum(CASE WHEN o.outcome IN ('error', 'throttled') THEN 100 ELSE 0 END + o.reply_bytes / 5000)
      FROM observation o WHERE o.visit_id = v.visit_id
        AND (o.outcome = 'throttled' OR o.sent_ms + o.latency_ms > f.first.arrived)) AS dose,
    (SELECT arg_min(l.balance, l.booked_at) FROM cost_ledger l
      WHERE l.crawl_id = v.crawl_id AND l.vantage = c.vantage AND l.target = coalesce(v.address, e.host)
        AND l.booked_at >= v.started_at) - v.cost AS owed
  FROM visit v
  JOIN (
    SELECT visit_id,
      min_by({probe: probe, code: error_code, message: error_message, arrived: sent_ms + latency_ms}, (sent_ms + latency_ms, sent_ms)) AS first
    FROM observation WHERE outcome = 'throttled' GROUP BY visit_id
  ) f ON f.visit_id = v.visit_id
  JOIN crawl c ON c.crawl_id = v.crawl_id
  JOIN endpoint e ON e.endpoint_id = v.endpoint_id
  WHERE v.kind = 'regular'
),
rested AS (
  SELECT network, endpoint_id, count(DISTINCT vantage) AS vantages FROM seen WHERE owed <= 1 GROUP BY network, endpoint_id
)
SELECT
  s.visit_id, s.crawl_id, s.endpoint_id, s.network, s.vantage, s.started_at,
  s.first.probe AS probe, s.first.code AS error_code, s.first.message AS error_message,
  s.requests, s.dose AS cost, s.owed,
  coalesce(r.vantages, 0) AS rested_vantages,
  coalesce(r.vantages, 0) < 2 AS possibly_ours
FROM seen s LEFT JOIN rested r ON r.network = s.network AND r.endpoint_id = s.endpoint_id;
COMMENT ON VIEW throttling IS 'One row is one regular visit in which a server asked for less (-101, -102, or 3 with Fulcrum), with the dose it had got. Growing delays alone are not counted. Level: endpoint (visit).';
COMMENT ON COLUMN throttling.visit_id IS 'The visit. Never null.';
COMMENT ON COLUMN throttling.crawl_id IS 'Its crawl. Never null.';
COMMENT ON COLUMN throttling.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN throttling.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN throttling.vantage IS 'Where we looked from. Never null.';
COMMENT ON COLUMN throttling.started_at IS 'When the visit began, UTC. Never null.';
COMMENT ON COLUMN throttling.probe IS 'First probe that was answered so. Never null.';
COMMENT ON COLUMN throttling.error_code IS 'Code of that answer. Null when the answer had none.';
COMMENT ON COLUMN throttling.error_message IS 'Its sentence, not cleaned. Null when the answer had none.';
COMMENT ON COLUMN throttling.requests IS 'Dose: requests sent in the visit, none of them after the refusal came. Never null.';
COMMENT ON COLUMN throttling.cost IS 'Dose: what was asked and answered before the refusal came, in ElectrumX units by its published table, errors included; what the refusal itself costs is not in it, but in visit.cost. Never null.';
COMMENT ON COLUMN throttling.owed IS 'Units that our ledger had on the server''s books for this vantage before the visit; null when no ledger was kept.';
COMMENT ON COLUMN throttling.rested_vantages IS 'Vantages that owed the endpoint nothing (at most 1 unit) and saw it all the same, over all crawls of the network. Never null.';
COMMENT ON COLUMN throttling.possibly_ours IS 'True until two vantages with a rested ledger saw it: our requests, or those of others in our network block, may have caused it. Never null.';
