CREATE VIEW advertised AS
SELECT
  crawl_id, source_id,
  unnest(advertisement_ids) AS advertisement_id,
  read_at AS first_seen_at,
  unnest(times_seen) AS times_seen,
  times_asked
FROM reading;
COMMENT ON VIEW advertised IS 'One row is one advertisement in one reading of one source. Level: advertisement by source; count distinct for anything else.';
COMMENT ON COLUMN advertised.crawl_id IS 'Crawl that read it. Never null.';
COMMENT ON COLUMN advertised.source_id IS 'Who said it. Never null.';
COMMENT ON COLUMN advertised.advertisement_id IS 'What was said. Never null.';
COMMENT ON COLUMN advertised.first_seen_at IS 'When the reading was stored, UTC. Never null.';
COMMENT ON COLUMN advertised.times_seen IS 'In how many of the answers it was. Never null.';
COMMENT ON COLUMN advertised.times_asked IS 'How often the source answered. A peer list may be a random subset: not seen in one answer is not absent. Never null.';
