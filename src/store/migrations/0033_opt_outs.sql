-- Opt-out lists as crawls and probes read them, so that whatever is published later can honour them.

CREATE TABLE opt_out (
  crawl_id INTEGER NOT NULL,
  source VARCHAR NOT NULL,
  pattern VARCHAR,
  read_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE opt_out IS 'One row is one entry of one opt-out list as a run read it; a list without entries has one row without pattern. Never part of a public output. Level: entry of a list.';
COMMENT ON COLUMN opt_out.crawl_id IS 'The run (of any kind) that read the list. Never null.';
COMMENT ON COLUMN opt_out.source IS 'The list, a file or URL as --exclude named it. Never null.';
COMMENT ON COLUMN opt_out.pattern IS 'The entry as written: host, *.domain, address, CIDR block, onion or endpoint. Null where the list had no entries.';
COMMENT ON COLUMN opt_out.read_at IS 'When the list was read, UTC; the same for all its entries, anew when the run is taken up again. Never null.';
