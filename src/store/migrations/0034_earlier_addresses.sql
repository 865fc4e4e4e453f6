-- Addresses that names had when earlier crawls looked.

CREATE TABLE earlier_host_address (
  network VARCHAR NOT NULL,
  host VARCHAR NOT NULL,
  addresses VARCHAR[] NOT NULL,
  resolved_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE earlier_host_address IS 'One row is what --resolver said of a name dialled through a proxy before it was asked again; the newest answer is in host_address. Level: host.';
COMMENT ON COLUMN earlier_host_address.network IS 'Network it was looked up for.';
COMMENT ON COLUMN earlier_host_address.host IS 'The name.';
COMMENT ON COLUMN earlier_host_address.addresses IS 'All addresses it had then; never empty.';
COMMENT ON COLUMN earlier_host_address.resolved_at IS 'When it was asked for, UTC.';
