CREATE VIEW opt_out_in_force AS
WITH newest AS (
  SELECT network, source, pattern, crawl_id, read_at
  FROM opt_out
  QUALIFY rank() OVER (PARTITION BY network, source ORDER BY read_at DESC, crawl_id DESC) = 1
)
SELECT DISTINCT network, pattern, source, crawl_id, read_at FROM newest WHERE pattern IS NOT NULL;
COMMENT ON VIEW opt_out_in_force IS 'One row is one opt-out that public outputs honour, for every crawl of its network: what each list named when a run of the network read it last. A run without the list releases nobody; the list itself does, read again without the entry. Never part of a public output. Level: entry of a list.';
COMMENT ON COLUMN opt_out_in_force.network IS 'Name of the chain that the run crawled. Never null.';
COMMENT ON COLUMN opt_out_in_force.pattern IS 'The entry as written. Never null.';
COMMENT ON COLUMN opt_out_in_force.source IS 'The list, a file or URL as --exclude named it. Never null.';
COMMENT ON COLUMN opt_out_in_force.crawl_id IS 'The run that read it last. Never null.';
COMMENT ON COLUMN opt_out_in_force.read_at IS 'When that was, UTC. Never null.';
