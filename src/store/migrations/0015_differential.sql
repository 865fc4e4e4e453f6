-- The same questions asked in two ways.

CREATE TABLE differential (
  crawl_id INTEGER NOT NULL,
  servers_of INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  stage VARCHAR NOT NULL,
  started_at TIMESTAMP NOT NULL,
  personas VARCHAR[] NOT NULL,
  visit_ids INTEGER[] NOT NULL,
  outcome VARCHAR NOT NULL,
  compared VARCHAR[] NOT NULL,
  varying VARCHAR[] NOT NULL,
  differing VARCHAR[] NOT NULL,
  statistic DOUBLE,
  p_value DOUBLE,
  again_from TIMESTAMP,
  detail VARCHAR
);
COMMENT ON TABLE differential IS 'One row is one series of connections to one server, asked the same questions in two ways: as the crawler and as the wallet ask, both under our own name. Alone it proves nothing; see view differential_result. Level: server.';
COMMENT ON COLUMN differential.crawl_id IS 'The run (a crawl of kind probe), which has network, vantage and settings.';
COMMENT ON COLUMN differential.servers_of IS 'The crawl whose server it is; server_id is that crawl''s.';
COMMENT ON COLUMN differential.server_id IS 'The server.';
COMMENT ON COLUMN differential.endpoint_id IS 'The endpoint asked.';
COMMENT ON COLUMN differential.stage IS 'first: four connections (ABBA), whether there is anything to look at; again: on another day, many connections in an order drawn at random.';
COMMENT ON COLUMN differential.started_at IS 'When it began, UTC.';
COMMENT ON COLUMN differential.personas IS 'How each connection asked, in order: crawler (one packet) or wallet (padded packets in the wallet''s order).';
COMMENT ON COLUMN differential.visit_ids IS 'The visit (kind differential) that each connection is, with its raw replies.';
COMMENT ON COLUMN differential.outcome IS 'same; differs: some question was answered one way to one persona and another way to the other; not comparable.';
COMMENT ON COLUMN differential.compared IS 'Questions with an answer on every connection; contents only, never times.';
COMMENT ON COLUMN differential.varying IS 'Of these, those whose answers vary between connections of one persona: not counted.';
COMMENT ON COLUMN differential.differing IS 'Of these, those answered alike to each persona and otherwise to the other: what a repetition is about.';
COMMENT ON COLUMN differential.statistic IS 'Of a repetition: mean distance between connections of different personas less that between connections of one, -1 to 1; null for a first series.';
COMMENT ON COLUMN differential.p_value IS 'Of a repetition: exact probability of such a statistic, or a larger one, over all orders, if it did not matter how one asks (permutation test); null for a first series.';
COMMENT ON COLUMN differential.again_from IS 'Not to be repeated before, UTC; null for nothing to repeat.';
COMMENT ON COLUMN differential.detail IS 'Why it is not comparable; null when it is.';
