CREATE VIEW latest_crawl AS
SELECT network, coalesce(max(crawl_id) FILTER (state = 'finished'), max(crawl_id)) AS crawl_id
FROM crawl
WHERE kind = 'crawl' AND state IN ('finished', 'limited')
GROUP BY network;
COMMENT ON VIEW latest_crawl IS 'One row is one network with its newest finished crawl; before any has finished, the newest that --limit or --max-time ended. Level: crawl.';
COMMENT ON COLUMN latest_crawl.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN latest_crawl.crawl_id IS 'Its newest finished crawl; single visits never count. Never null.';
