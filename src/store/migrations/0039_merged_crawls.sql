-- Crawls of several observers in one file, and crawls made of theirs.

CREATE TABLE merged_crawl (
  crawl_id INTEGER NOT NULL,
  partition VARCHAR NOT NULL,
  observer VARCHAR NOT NULL,
  observer_crawl_id INTEGER NOT NULL,
  merged_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE merged_crawl IS 'One row is one crawl of an observer that was read from an archive and given numbers of this file. Level: crawl.';
COMMENT ON COLUMN merged_crawl.crawl_id IS 'Its number here.';
COMMENT ON COLUMN merged_crawl.partition IS 'Folder of the archive it was read from; read once only.';
COMMENT ON COLUMN merged_crawl.observer IS 'Which observer it is of: folder of the archive, vantage, and the runner''s name where several shared a frontier.';
COMMENT ON COLUMN merged_crawl.observer_crawl_id IS 'Its number in the observer''s database.';
COMMENT ON COLUMN merged_crawl.merged_at IS 'When it was read, UTC.';

CREATE TABLE joint_member (
  crawl_id INTEGER NOT NULL,
  member_crawl_id INTEGER NOT NULL,
  vantage VARCHAR NOT NULL
);
COMMENT ON TABLE joint_member IS 'One row is one crawl of an observer that a joint crawl is made of: of each endpoint the joint crawl has the visit that says most, of each source all that was read. Level: crawl.';
COMMENT ON COLUMN joint_member.crawl_id IS 'The joint crawl.';
COMMENT ON COLUMN joint_member.member_crawl_id IS 'A crawl it is made of.';
COMMENT ON COLUMN joint_member.vantage IS 'From where that one looked.';
