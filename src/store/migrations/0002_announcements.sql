-- Who said that which servers exist.

CREATE TABLE source (
  source_id INTEGER PRIMARY KEY,
  kind VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  detail VARCHAR,
  endpoint_id INTEGER
);
COMMENT ON TABLE source IS 'One row is one source of announcements, the same in all crawls. Level: source.';
COMMENT ON COLUMN source.source_id IS 'Identifier.';
COMMENT ON COLUMN source.kind IS 'server (its peer list), features (what a server claims of itself), list (a file or URL), irc, database (an earlier one) or user (command line).';
COMMENT ON COLUMN source.name IS 'Endpoint key of the server, file or URL of the list, IRC channel, or command line.';
COMMENT ON COLUMN source.detail IS 'Commit, date or version of a list, where it has one.';
COMMENT ON COLUMN source.endpoint_id IS 'The endpoint that answered, for kinds server and features; else null.';

CREATE TABLE advertisement (
  advertisement_id INTEGER PRIMARY KEY,
  network VARCHAR NOT NULL,
  raw VARCHAR NOT NULL,
  host VARCHAR,
  network_class VARCHAR,
  address VARCHAR,
  version_text VARCHAR,
  services VARCHAR NOT NULL,
  tcp_port INTEGER,
  tls_port INTEGER,
  ws_port INTEGER,
  wss_port INTEGER,
  pruning BIGINT,
  problem VARCHAR,
  notes VARCHAR[] NOT NULL
);
COMMENT ON TABLE advertisement IS 'One row is one distinct announcement text of a network as we read it, whoever said it. Level: advertisement.';
COMMENT ON COLUMN advertisement.advertisement_id IS 'Identifier, the same in all crawls of this file.';
COMMENT ON COLUMN advertisement.network IS 'Network it was announced for: ports that are not written out are that network''s defaults.';
COMMENT ON COLUMN advertisement.raw IS 'The text as received, not cleaned, cut to 4,096 characters.';
COMMENT ON COLUMN advertisement.host IS 'Host announced, canonical; null when there is none to speak of.';
COMMENT ON COLUMN advertisement.network_class IS 'ipv4, ipv6, onion or name; null without a host.';
COMMENT ON COLUMN advertisement.address IS 'IP address the source gives for the host: a claim, never seen by us.';
COMMENT ON COLUMN advertisement.version_text IS 'Protocol version as announced, e.g. 1.4.3.';
COMMENT ON COLUMN advertisement.services IS 'All services announced, in order, each a letter (t, s, w, x) and a port, separated by spaces.';
COMMENT ON COLUMN advertisement.tcp_port IS 'First TCP port announced.';
COMMENT ON COLUMN advertisement.tls_port IS 'First TLS port announced.';
COMMENT ON COLUMN advertisement.ws_port IS 'First WebSocket port announced.';
COMMENT ON COLUMN advertisement.wss_port IS 'First secure WebSocket port announced.';
COMMENT ON COLUMN advertisement.pruning IS 'Pruning limit announced (blocks); null when none was.';
COMMENT ON COLUMN advertisement.problem IS 'Why it cannot be followed, e.g. bad host; null when it can.';
COMMENT ON COLUMN advertisement.notes IS 'Smaller oddities of the text, each a short phrase.';

CREATE TABLE advertisement_endpoint (
  advertisement_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL
);
COMMENT ON TABLE advertisement_endpoint IS 'One row is one endpoint that an advertisement names. Level: advertisement and endpoint.';
COMMENT ON COLUMN advertisement_endpoint.advertisement_id IS 'The advertisement.';
COMMENT ON COLUMN advertisement_endpoint.endpoint_id IS 'An endpoint it names.';

CREATE TABLE reading (
  crawl_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  read_at TIMESTAMP NOT NULL,
  times_asked INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  advertisement_ids INTEGER[] NOT NULL,
  times_seen INTEGER[] NOT NULL
);
COMMENT ON TABLE reading IS 'One row is one reading of one source in a crawl, empty answers included; advertised has its entries one by one. Level: source.';
COMMENT ON COLUMN reading.crawl_id IS 'Crawl that read it.';
COMMENT ON COLUMN reading.source_id IS 'Source read.';
COMMENT ON COLUMN reading.read_at IS 'When, UTC.';
COMMENT ON COLUMN reading.times_asked IS 'How often the source was asked and answered with a list.';
COMMENT ON COLUMN reading.entries IS 'Distinct entries kept, malformed ones included.';
COMMENT ON COLUMN reading.dropped IS 'Entries beyond our bounds: counted, not kept.';
COMMENT ON COLUMN reading.advertisement_ids IS 'What was said: the advertisement of each entry, in the order of the list.';
COMMENT ON COLUMN reading.times_seen IS 'In how many of the answers each entry was, in the same order.';

CREATE VIEW advertised AS
SELECT
  crawl_id, source_id,
  unnest(advertisement_ids) AS advertisement_id,
  read_at AS first_seen_at,
  unnest(times_seen) AS times_seen,
  times_asked
FROM reading;
COMMENT ON VIEW advertised IS 'One row is one advertisement in one reading of one source. Level: advertisement by source; count distinct for anything else.';
COMMENT ON COLUMN advertised.crawl_id IS 'Crawl that read it.';
COMMENT ON COLUMN advertised.source_id IS 'Who said it.';
COMMENT ON COLUMN advertised.advertisement_id IS 'What was said.';
COMMENT ON COLUMN advertised.first_seen_at IS 'When the reading was stored, UTC.';
COMMENT ON COLUMN advertised.times_seen IS 'In how many of the answers it was.';
COMMENT ON COLUMN advertised.times_asked IS 'How often the source answered. A peer list may be a random subset: not seen in one answer is not absent.';
