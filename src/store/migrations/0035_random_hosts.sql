-- Random hosts in the prefixes of a crawl's servers: how often what servers show comes by chance.

CREATE TABLE random_host (
  crawl_id INTEGER NOT NULL,
  address VARCHAR NOT NULL,
  block VARCHAR NOT NULL,
  asn BIGINT,
  org VARCHAR,
  names VARCHAR[] NOT NULL,
  reason VARCHAR,
  detail VARCHAR,
  random_seed INTEGER NOT NULL,
  looked_up_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE random_host IS 'One row is one IPv4 address that was drawn by lot from the announced prefixes in which servers of a crawl stand, each server''s prefix as often as any other''s, and asked for its names: hosts to compare servers with. Nobody but the name server was asked. Level: address.';
COMMENT ON COLUMN random_host.crawl_id IS 'The crawl whose servers it is compared with; a sample drawn anew takes the place of the one before. Never null.';
COMMENT ON COLUMN random_host.address IS 'The address; none at which a server of the crawl is, none of an opt-out list, none that is not public. Never null.';
COMMENT ON COLUMN random_host.block IS 'The announced prefix it was drawn from, CIDR. Never null.';
COMMENT ON COLUMN random_host.asn IS 'Autonomous system that announces the prefix. Null when not known.';
COMMENT ON COLUMN random_host.org IS 'Holder of that system. Null when not known.';
COMMENT ON COLUMN random_host.names IS 'Its names by reverse DNS, not cleaned; empty with a reason.';
COMMENT ON COLUMN random_host.reason IS 'Why there is no name: no data (it has none), dns (the lookup failed), policy (our own rules forbid to ask), us (no name server); null with names.';
COMMENT ON COLUMN random_host.detail IS 'More words, e.g. the resolver''s code. Null when there is no more to say.';
COMMENT ON COLUMN random_host.random_seed IS 'The number that the draw depends on (enrich --random-seed). Never null.';
COMMENT ON COLUMN random_host.looked_up_at IS 'When it was asked for, UTC. Never null.';
