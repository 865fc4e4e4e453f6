-- What speaks for a server being hostile.

CREATE TABLE indicator (
  crawl_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  value DOUBLE,
  share DOUBLE,
  weight DOUBLE NOT NULL,
  points DOUBLE,
  base_rate DOUBLE,
  detail JSON,
  untested VARCHAR
);
COMMENT ON TABLE indicator IS 'One row is one indicator of suspicion of one server: what was found, or why it was not tested. Each has innocent causes (src/analysis/suspicion/indicators.json). Level: server and indicator.';
COMMENT ON COLUMN indicator.crawl_id IS 'Crawl that was analysed.';
COMMENT ON COLUMN indicator.server_id IS 'The server.';
COMMENT ON COLUMN indicator.name IS 'Name in the table of indicators, which has its definition.';
COMMENT ON COLUMN indicator.value IS 'What was counted or measured, in the unit that its definition names; 0 for nothing found, null where it was not tested.';
COMMENT ON COLUMN indicator.share IS 'How much of the weight that earns, 0 to 1; null where it was not tested.';
COMMENT ON COLUMN indicator.weight IS 'Points for a share of 1, by the table of indicators in use.';
COMMENT ON COLUMN indicator.points IS 'What it adds to the score: weight times share, nothing beyond 100 in all; null where it was not tested.';
COMMENT ON COLUMN indicator.base_rate IS 'How often servers of honest people earn it, 0 to 1, by the table of indicators, which says where that was measured or that it is assumed; null where that is not known.';
COMMENT ON COLUMN indicator.detail IS 'The raw rows behind it, JSON object; null where it was not tested.';
COMMENT ON COLUMN indicator.untested IS 'Why it was not tested; null where it was.';

CREATE TABLE suspicion (
  crawl_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  score DOUBLE,
  tested_weight DOUBLE NOT NULL,
  explanation VARCHAR NOT NULL
);
COMMENT ON TABLE suspicion IS 'One row is one server of an analysed crawl with its score of suspicion. Independent of who operates it; no verdict about anybody. Level: server.';
COMMENT ON COLUMN suspicion.crawl_id IS 'Crawl that was analysed.';
COMMENT ON COLUMN suspicion.server_id IS 'The server.';
COMMENT ON COLUMN suspicion.score IS 'Sum of the points of its indicators, 0 to 100; null where none was tested: never reached, of another chain, or nothing to judge by.';
COMMENT ON COLUMN suspicion.tested_weight IS 'Sum of the weights of the indicators that were tested: a score of 0 says more the higher it is.';
COMMENT ON COLUMN suspicion.explanation IS 'The sum in a sentence, with what was not tested; where there is no score, why. Never null.';
