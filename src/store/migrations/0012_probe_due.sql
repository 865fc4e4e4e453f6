-- Deep visits: what is due, and what they come to.

CREATE TABLE probe_due (
  sequence BIGINT NOT NULL,
  network VARCHAR NOT NULL,
  vantage VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  endpoint_id INTEGER NOT NULL,
  crawl_id INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  due_at TIMESTAMP NOT NULL,
  visit_id INTEGER,
  detail VARCHAR,
  changed_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE probe_due IS 'One row is one change of what is due beside regular visits; of a network, vantage, kind and endpoint the highest sequence counts. One endpoint stands for its server. Level: endpoint change, not endpoint.';
COMMENT ON COLUMN probe_due.sequence IS 'Order of all changes in this file, shared with endpoint_state.';
COMMENT ON COLUMN probe_due.network IS 'Name of the chain.';
COMMENT ON COLUMN probe_due.vantage IS 'Name of the place crawled from, which is also where it is to be done.';
COMMENT ON COLUMN probe_due.kind IS 'Kind of the visit: deep.';
COMMENT ON COLUMN probe_due.endpoint_id IS 'Endpoint to be visited.';
COMMENT ON COLUMN probe_due.crawl_id IS 'Crawl whose regular visit it follows.';
COMMENT ON COLUMN probe_due.state IS 'due; done (see visit_id); or dropped, when it will not be made.';
COMMENT ON COLUMN probe_due.due_at IS 'Not before this time, UTC: half an hour after the regular visit, a day after the last deep visit of its server, or when the cost ledger allows it again.';
COMMENT ON COLUMN probe_due.visit_id IS 'The visit by which it was done; null before.';
COMMENT ON COLUMN probe_due.detail IS 'Why it was postponed or dropped; begun while it is being made, or when its maker was killed.';
COMMENT ON COLUMN probe_due.changed_at IS 'When it changed, UTC.';

CREATE TABLE malformed_reply (
  visit_id INTEGER NOT NULL,
  response VARCHAR NOT NULL,
  compared_with VARCHAR,
  differs VARCHAR[] NOT NULL,
  answers JSON NOT NULL
);
COMMENT ON TABLE malformed_reply IS 'One row is what a server made of the malformed requests of one deep visit. Level: endpoint (one per visit of kind deep).';
COMMENT ON COLUMN malformed_reply.visit_id IS 'Visit it belongs to.';
COMMENT ON COLUMN malformed_reply.response IS 'differs when an answer is not what the software gives by default; else the strongest of refused (told to ask less), truncated (a line without its end), closed (the connection ended on one), error, ok (all answered as if well-formed), empty (no reply to any); not asked when none was sent.';
COMMENT ON COLUMN malformed_reply.compared_with IS 'Software and releases whose default answers it was compared with; null when the software is not known, nothing is compared then.';
COMMENT ON COLUMN malformed_reply.differs IS 'What differs, in our words. A proxy in front, a fork, a patched build, or a release newer than this program do it too: no verdict.';
COMMENT ON COLUMN malformed_reply.answers IS 'Answer by probe, JSON object: ok, list, error CODE, none, closed, truncated, refused, malformed; the replies are in observation as deep/PROBE.';
