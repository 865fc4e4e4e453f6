CREATE VIEW vantage_difference AS
WITH seen AS (
  SELECT j.crawl_id, j.vantage, m.crawl_id AS member_id, ce.network, ce.simulated, ce.endpoint_id, ce.endpoint_key, ce.visit_id, ce.reachable, ce.reason,
    v.address, v.software, v.chain_verdict, v.chain, x.spki_sha256, x.sha256
  FROM joint_member j
  JOIN crawl m ON m.crawl_id = j.member_crawl_id
  JOIN crawl_endpoint ce ON ce.crawl_id = j.member_crawl_id
  LEFT JOIN visit v ON v.visit_id = ce.visit_id
  LEFT JOIN tls_session t ON t.visit_id = ce.visit_id
  LEFT JOIN certificate x ON x.sha256 = t.certificate_sha256
), shown AS (
  SELECT crawl_id, vantage, network, simulated, endpoint_id, endpoint_key, visit_id, address, 'reachable' AS subject,
    CASE WHEN reachable THEN 'answered' ELSE 'did not answer: ' || coalesce(reason, 'unknown') END AS value, reachable::VARCHAR AS compared
  FROM seen WHERE reachable IS NOT NULL
  UNION ALL BY NAME
  SELECT crawl_id, vantage, network, simulated, endpoint_id, endpoint_key, visit_id, address, 'certificate' AS subject, sha256 AS value, spki_sha256 AS compared
  FROM seen WHERE spki_sha256 IS NOT NULL
  UNION ALL BY NAME
  SELECT crawl_id, vantage, network, simulated, endpoint_id, endpoint_key, visit_id, address, 'chain' AS subject,
    chain_verdict || coalesce(': ' || chain, '') AS value, chain_verdict || coalesce(': ' || chain, '') AS compared
  FROM seen WHERE chain_verdict IN ('same', 'other')
  UNION ALL BY NAME
  SELECT crawl_id, vantage, network, simulated, endpoint_id, endpoint_key, visit_id, address, 'software' AS subject, software AS value, software AS compared
  FROM seen WHERE software IS NOT NULL
  UNION ALL BY NAME
  SELECT s.crawl_id, s.vantage, s.network, s.simulated, s.endpoint_id, s.endpoint_key, s.visit_id, s.address,
    'answer about ' || b.subject || coalesce(' of ' || b.script_form, '') AS subject, b.response AS value,
    CASE WHEN b.response = 'ok' THEN 'as known' ELSE 'not as known' END AS compared
  FROM seen s JOIN behaviour b ON b.visit_id = s.visit_id
  WHERE b.subject IN ('balance', 'history') AND b.response IN ('ok', 'empty', 'truncated', 'differs')
)
SELECT crawl_id, any_value(network) AS network, any_value(simulated) AS simulated, endpoint_id, any_value(endpoint_key) AS endpoint_key, subject,
  count(DISTINCT vantage) AS vantages,
  list({vantage: vantage, value: value, visit_id: visit_id} ORDER BY vantage, value, visit_id) AS values_seen,
  count(DISTINCT address) > 1 AS at_several_addresses,
  CASE
    WHEN subject = 'reachable' THEN ['the way between', 'a limit that our network there had used up', 'a block list that has one of our networks', 'it went down or came up between the visits']
    WHEN subject = 'certificate' THEN ['several servers behind one name or address', 'a front that is nearest to each of us', 'renewed between the visits']
    WHEN subject = 'software' THEN ['several servers behind one name or address', 'upgraded between the visits']
    WHEN subject = 'chain' THEN ['several servers behind one name or address', 'still synchronising at one of the visits']
    ELSE ['several servers behind one name or address', 'a limit that our network there had used up', 'still indexing at one of the visits']
  END AS innocent_causes,
  CASE
    WHEN subject = 'reachable' THEN 'it answers some networks only'
    WHEN subject = 'certificate' THEN 'somebody stands between one of us and the server'
    WHEN subject = 'software' THEN 'it says something else to some'
    ELSE 'it says what is not so to some only'
  END AS other_cause
FROM shown
GROUP BY crawl_id, endpoint_id, subject
HAVING count(DISTINCT compared) > 1 AND count(DISTINCT vantage) > 1;
COMMENT ON VIEW vantage_difference IS 'One row is one endpoint of a joint crawl that looked different in something from different vantages. A difference is no verdict: innocent causes stand beside. What failed on our side, or was not asked, is not compared. Level: endpoint.';
COMMENT ON COLUMN vantage_difference.crawl_id IS 'The joint crawl. Never null.';
COMMENT ON COLUMN vantage_difference.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN vantage_difference.simulated IS 'True: a simulated network. Never null.';
COMMENT ON COLUMN vantage_difference.endpoint_id IS 'The endpoint. Never null.';
COMMENT ON COLUMN vantage_difference.endpoint_key IS 'host:port:letter of the endpoint. Never null.';
COMMENT ON COLUMN vantage_difference.subject IS 'In what: reachable, certificate (another public key), chain, software, or answer about balance or history of a form of script. Never null.';
COMMENT ON COLUMN vantage_difference.vantages IS 'From how many places that was seen. Never null.';
COMMENT ON COLUMN vantage_difference.values_seen IS 'List of {vantage, value, visit_id}: what each saw, and the visit in which it did, whose raw rows stand in visit and observation. Never null.';
COMMENT ON COLUMN vantage_difference.at_several_addresses IS 'True: the vantages dialled different addresses, so it may be several servers. False also where a proxy does not tell. Never null.';
COMMENT ON COLUMN vantage_difference.innocent_causes IS 'What else may be the cause. Never null.';
COMMENT ON COLUMN vantage_difference.other_cause IS 'What it is looked at for. Never null.';
