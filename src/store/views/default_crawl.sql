CREATE VIEW default_crawl AS
SELECT network, coalesce(max(crawl_id) FILTER (state = 'finished'), max(crawl_id)) AS crawl_id
FROM crawl
WHERE kind = 'crawl'
GROUP BY network;
COMMENT ON VIEW default_crawl IS 'One row is one network with the crawl that named queries show: the newest finished one, or before any has finished the newest. Level: crawl.';
COMMENT ON COLUMN default_crawl.network IS 'Name of the chain crawled. Never null.';
COMMENT ON COLUMN default_crawl.crawl_id IS 'The crawl; see crawl.state for whether it is finished. Never null.';
