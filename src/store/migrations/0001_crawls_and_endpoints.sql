-- Crawls, what they know of endpoints, and the state of the file itself.

CREATE TABLE schema_version (
  version INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  applied_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE schema_version IS 'One row is one migration applied to this file; the highest version is the file''s. Level: none.';
COMMENT ON COLUMN schema_version.version IS 'Number of the migration, ascending from 1 without gaps.';
COMMENT ON COLUMN schema_version.name IS 'Name of the migration''s file without number and extension.';
COMMENT ON COLUMN schema_version.applied_at IS 'When it was applied, UTC.';

CREATE TABLE publication (
  published_at TIMESTAMP NOT NULL,
  publisher VARCHAR NOT NULL
);
COMMENT ON TABLE publication IS 'Empty in a database; in a snapshot one row, which says when the snapshot was taken. Level: none.';
COMMENT ON COLUMN publication.published_at IS 'When the copy was begun, UTC: nothing recorded later is in it.';
COMMENT ON COLUMN publication.publisher IS 'Name of the database file that the snapshot is a copy of, without its folder.';

CREATE TABLE crawl (
  crawl_id INTEGER PRIMARY KEY,
  kind VARCHAR NOT NULL,
  network VARCHAR NOT NULL,
  simulated BOOLEAN NOT NULL,
  chain_title VARCHAR NOT NULL,
  genesis_hash VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  started_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP,
  resumptions INTEGER NOT NULL,
  vantage VARCHAR NOT NULL,
  vantage_ipv4 BOOLEAN NOT NULL,
  vantage_ipv6 BOOLEAN NOT NULL,
  vantage_tor BOOLEAN NOT NULL,
  vantage_proxy BOOLEAN NOT NULL,
  code_version VARCHAR NOT NULL,
  settings JSON NOT NULL
);
COMMENT ON TABLE crawl IS 'One row is one bounded run over one network from one vantage. Level: crawl.';
COMMENT ON COLUMN crawl.crawl_id IS 'Identifier, ascending in the order crawls were started.';
COMMENT ON COLUMN crawl.kind IS 'crawl, or visit for single visits stored on request, which are never taken for a picture of the network.';
COMMENT ON COLUMN crawl.network IS 'Name of the chain crawled, e.g. mainnet, testnet4, mainnet-sim.';
COMMENT ON COLUMN crawl.simulated IS 'True: a simulated network with invented behaviour; nothing in it is a finding about anyone.';
COMMENT ON COLUMN crawl.chain_title IS 'Title of the chain for people.';
COMMENT ON COLUMN crawl.genesis_hash IS 'Block hash of the chain at height 0, hex. Several chains may share it.';
COMMENT ON COLUMN crawl.state IS 'running (or its process was killed), finished, limited (--limit or --max-time ended it first), interrupted, failed, or abandoned (a later crawl was started instead of resuming it).';
COMMENT ON COLUMN crawl.started_at IS 'When it was started, UTC; resuming does not change it.';
COMMENT ON COLUMN crawl.ended_at IS 'When it ended the last time, UTC; null while running or killed.';
COMMENT ON COLUMN crawl.resumptions IS 'How often it was taken up again after an interruption.';
COMMENT ON COLUMN crawl.vantage IS 'Name the user gave to the place crawled from.';
COMMENT ON COLUMN crawl.vantage_ipv4 IS 'IPv4 could be dialled from there.';
COMMENT ON COLUMN crawl.vantage_ipv6 IS 'IPv6 could be dialled from there.';
COMMENT ON COLUMN crawl.vantage_tor IS 'Onion services could be dialled from there.';
COMMENT ON COLUMN crawl.vantage_proxy IS 'All connections went through a proxy, which resolves names and hides dialled addresses.';
COMMENT ON COLUMN crawl.code_version IS 'Version of the program that started it.';
COMMENT ON COLUMN crawl.settings IS 'All settings of the run, as JSON; resuming uses them again.';

CREATE TABLE endpoint (
  endpoint_id INTEGER PRIMARY KEY,
  host VARCHAR NOT NULL,
  port INTEGER NOT NULL,
  transport VARCHAR NOT NULL,
  network_class VARCHAR NOT NULL,
  endpoint_key VARCHAR NOT NULL
);
COMMENT ON TABLE endpoint IS 'One row is one endpoint ever named by anyone: what can be dialled. Level: endpoint, stable across crawls.';
COMMENT ON COLUMN endpoint.endpoint_id IS 'Identifier, the same in all crawls of this file, ascending in the order endpoints became known.';
COMMENT ON COLUMN endpoint.host IS 'Name, IPv4 or IPv6 address, or onion address, in canonical spelling.';
COMMENT ON COLUMN endpoint.port IS 'TCP port, 1 to 65535.';
COMMENT ON COLUMN endpoint.transport IS 'tcp, tls, ws or wss.';
COMMENT ON COLUMN endpoint.network_class IS 'How the host is reached: ipv4, ipv6, onion, or name (has to be resolved).';
COMMENT ON COLUMN endpoint.endpoint_key IS 'host:port:letter with t for tcp, s for tls, w for ws, x for wss; IPv6 hosts in brackets. Unique.';

CREATE TABLE endpoint_state (
  crawl_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  sequence BIGINT NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR,
  detail VARCHAR,
  changed_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE endpoint_state IS 'One row is one change of an endpoint''s place in a crawl''s frontier; the highest sequence counts. Level: endpoint change, not endpoint.';
COMMENT ON COLUMN endpoint_state.crawl_id IS 'Crawl whose frontier it is.';
COMMENT ON COLUMN endpoint_state.endpoint_id IS 'Endpoint that changed.';
COMMENT ON COLUMN endpoint_state.sequence IS 'Order of all changes in this file.';
COMMENT ON COLUMN endpoint_state.state IS 'parked (known, waits for a later wave), due, visited, or not visited (settled without a visit).';
COMMENT ON COLUMN endpoint_state.reason IS 'Why it was not visited: tls answered, tcp answered, policy, us, limit or interrupted; else null.';
COMMENT ON COLUMN endpoint_state.detail IS 'The reason in more words, e.g. budget: 8 ports per host.';
COMMENT ON COLUMN endpoint_state.changed_at IS 'When it changed, UTC.';

CREATE TABLE cost_ledger (
  vantage VARCHAR NOT NULL,
  target VARCHAR NOT NULL,
  booked_at TIMESTAMP NOT NULL,
  balance DOUBLE NOT NULL,
  back_off_until TIMESTAMP,
  reason VARCHAR,
  crawl_id INTEGER NOT NULL
);
COMMENT ON TABLE cost_ledger IS 'One row is one booking of what we may have left on a server''s books; the newest of a vantage and target counts. Level: dialled address.';
COMMENT ON COLUMN cost_ledger.vantage IS 'Name of the place crawled from: servers charge our network, not us.';
COMMENT ON COLUMN cost_ledger.target IS 'Dialled address where known, else the host.';
COMMENT ON COLUMN cost_ledger.booked_at IS 'When it was booked, UTC.';
COMMENT ON COLUMN cost_ledger.balance IS 'Units by ElectrumX''s published table right after the visit; ElectrumX forgets 2 a second. An upper bound elsewhere.';
COMMENT ON COLUMN cost_ledger.back_off_until IS 'Not dialled before this time, UTC; null for no back-off.';
COMMENT ON COLUMN cost_ledger.reason IS 'Why we back off: throttled or reset; else null.';
COMMENT ON COLUMN cost_ledger.crawl_id IS 'Crawl whose visit was booked.';
