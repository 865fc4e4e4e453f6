-- What a crawl estimates that it missed, by network class.

CREATE TABLE crawl_coverage (
  crawl_id INTEGER NOT NULL,
  network_class VARCHAR,
  method VARCHAR NOT NULL,
  answered INTEGER NOT NULL,
  captured INTEGER NOT NULL,
  seen INTEGER,
  estimated DOUBLE,
  estimated_low DOUBLE,
  estimated_high DOUBLE
);
COMMENT ON TABLE crawl_coverage IS 'One row is one estimate of how many servers there are that answer, of one network class and by one method, as the crawl stated it when it ended. Level: server. Lists and sources copy each other, so estimates are too low, and what nobody names is in none.';
COMMENT ON COLUMN crawl_coverage.crawl_id IS 'Crawl that ended.';
COMMENT ON COLUMN crawl_coverage.network_class IS 'Class in which servers answered: name, ipv4, ipv6 or onion; a server may be in several. Null: all classes together.';
COMMENT ON COLUMN crawl_coverage.method IS 'Chao: by how many peer lists and sources have only one or two of them; Chapman: those on peer lists against those that sources have.';
COMMENT ON COLUMN crawl_coverage.answered IS 'Servers of this chain that answered.';
COMMENT ON COLUMN crawl_coverage.captured IS 'Those of them that another server''s peer list or a source has.';
COMMENT ON COLUMN crawl_coverage.seen IS 'Servers that the estimate starts from; null where too little was captured for one.';
COMMENT ON COLUMN crawl_coverage.estimated IS 'Servers there are, at least; null where too little was captured.';
COMMENT ON COLUMN crawl_coverage.estimated_low IS 'Lower limit, 95 %; null where too little was captured.';
COMMENT ON COLUMN crawl_coverage.estimated_high IS 'Upper limit, 95 %, as far as captures are independent; null where too little was captured.';
