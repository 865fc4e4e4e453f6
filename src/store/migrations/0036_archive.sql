-- Crawls that were written to an archive, so that what is there can leave the file.

CREATE TABLE archived_crawl (
  crawl_id INTEGER NOT NULL,
  partition VARCHAR NOT NULL,
  archived_at TIMESTAMP NOT NULL,
  dropped_at TIMESTAMP,
  last_visit_id INTEGER NOT NULL,
  last_snapshot_id INTEGER NOT NULL,
  last_sequence BIGINT NOT NULL
);
COMMENT ON TABLE archived_crawl IS 'One row is one crawl that was written to an archive and read back. Level: crawl.';
COMMENT ON COLUMN archived_crawl.crawl_id IS 'The crawl; its number is not given out again.';
COMMENT ON COLUMN archived_crawl.partition IS 'Its folder in the archive: crawl=N-HASH/vantage=NAME/date=YYYY-MM-DD.';
COMMENT ON COLUMN archived_crawl.archived_at IS 'When it was last written and compared, UTC.';
COMMENT ON COLUMN archived_crawl.dropped_at IS 'When its rows left this file, UTC; null while they are here too.';
COMMENT ON COLUMN archived_crawl.last_visit_id IS 'Highest visit_id in it, 0 for none: not given out again.';
COMMENT ON COLUMN archived_crawl.last_snapshot_id IS 'Highest snapshot_id in it, 0 for none: not given out again.';
COMMENT ON COLUMN archived_crawl.last_sequence IS 'Highest sequence in it, 0 for none: not given out again.';
