-- How the sources that a crawl begins with were collected, those that gave nothing included.

CREATE TABLE collection (
  crawl_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  started_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP NOT NULL,
  outcome VARCHAR NOT NULL,
  reason VARCHAR,
  detail VARCHAR,
  announcements INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  dated_at TIMESTAMP,
  sha256 VARCHAR
);
COMMENT ON TABLE collection IS 'One row is one source of announcements that a crawl asked before it asked any server, failed ones included; what it said is in reading and advertised. Level: source.';
COMMENT ON COLUMN collection.crawl_id IS 'Crawl that asked it.';
COMMENT ON COLUMN collection.source_id IS 'Source asked: a list, page, scan, database, name in the DNS, channel, or the command line. Who spoke in a channel is a source of its own in reading.';
COMMENT ON COLUMN collection.started_at IS 'When asking began, UTC.';
COMMENT ON COLUMN collection.ended_at IS 'When it was over, UTC.';
COMMENT ON COLUMN collection.outcome IS 'complete, partial (it failed or its time was over after it had said something), or failed.';
COMMENT ON COLUMN collection.reason IS 'Why it was not complete: not found, cannot read, cannot connect, no such name, too large, timeout, http status, not allowed, bad format; else null.';
COMMENT ON COLUMN collection.detail IS 'The reason in a sentence; null where the outcome is complete.';
COMMENT ON COLUMN collection.announcements IS 'Announcements kept, malformed ones and those of opted-out hosts counted with the others.';
COMMENT ON COLUMN collection.dropped IS 'Announcements beyond our bounds: counted, not kept.';
COMMENT ON COLUMN collection.dated_at IS 'How old the source says it is, UTC: Last-Modified of a URL, time of a file, day of a shipped list, end of the newest crawl of a database; null where nothing says.';
COMMENT ON COLUMN collection.sha256 IS 'SHA-256 of the bytes read, hex; null where it is no file or URL.';
