-- What visits saw.

CREATE TABLE visit (
  visit_id INTEGER NOT NULL,
  crawl_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  started_at TIMESTAMP NOT NULL,
  outcome VARCHAR NOT NULL,
  reason VARCHAR,
  phase VARCHAR,
  detail VARCHAR,
  address VARCHAR,
  resolved_by VARCHAR,
  addresses VARCHAR[] NOT NULL,
  via VARCHAR NOT NULL,
  resolved_ms DOUBLE,
  connected_ms DOUBLE,
  tls_ms DOUBLE,
  handshake_ms DOUBLE,
  ended_ms DOUBLE NOT NULL,
  bytes_in BIGINT NOT NULL,
  bytes_out BIGINT NOT NULL,
  requests INTEGER NOT NULL,
  cost DOUBLE NOT NULL,
  software VARCHAR,
  protocol VARCHAR,
  banner VARCHAR,
  donation_address VARCHAR,
  tip_height BIGINT,
  tip_hash VARCHAR,
  tip_time TIMESTAMP,
  tip_valid_work BOOLEAN,
  chain_verdict VARCHAR,
  chain VARCHAR,
  chain_headers JSON,
  features_software VARCHAR,
  features_protocol_min VARCHAR,
  features_protocol_max VARCHAR,
  features_genesis_hash VARCHAR,
  features_hash_function VARCHAR,
  features_pruning BIGINT,
  features_hosts JSON,
  features_services VARCHAR[],
  features_key VARCHAR
);
COMMENT ON TABLE visit IS 'One row is one attempt on one endpoint in one crawl: a result or a reason. Level: endpoint (one visit per endpoint and crawl).';
COMMENT ON COLUMN visit.visit_id IS 'Identifier.';
COMMENT ON COLUMN visit.crawl_id IS 'Crawl it belongs to.';
COMMENT ON COLUMN visit.endpoint_id IS 'Endpoint dialled.';
COMMENT ON COLUMN visit.started_at IS 'When it began, UTC; all milliseconds below count from here.';
COMMENT ON COLUMN visit.outcome IS 'answered or failed.';
COMMENT ON COLUMN visit.reason IS 'Why it failed: dns, refused, unreachable, connect timeout, proxy, tls, tls timeout, handshake timeout, closed, reset, protocol, too large, throttled, other network, policy or us; null when answered. policy, proxy and us say nothing about the server.';
COMMENT ON COLUMN visit.phase IS 'The phase in which it failed: policy, resolve, connect, tls, handshake or session.';
COMMENT ON COLUMN visit.detail IS 'Raw text behind the reason, not cleaned.';
COMMENT ON COLUMN visit.address IS 'Address our socket connected to; null through a proxy, which does not tell.';
COMMENT ON COLUMN visit.resolved_by IS 'Who turned the host into an address: literal, dns or proxy; null before that.';
COMMENT ON COLUMN visit.addresses IS 'All addresses the resolver gave, in its order.';
COMMENT ON COLUMN visit.via IS 'direct, proxy or tor.';
COMMENT ON COLUMN visit.resolved_ms IS 'Milliseconds until the name was resolved.';
COMMENT ON COLUMN visit.connected_ms IS 'Milliseconds until TCP was connected (through a proxy: until the proxy said so).';
COMMENT ON COLUMN visit.tls_ms IS 'Milliseconds until the TLS handshake was done.';
COMMENT ON COLUMN visit.handshake_ms IS 'Milliseconds until server.version was answered.';
COMMENT ON COLUMN visit.ended_ms IS 'Milliseconds until the visit ended.';
COMMENT ON COLUMN visit.bytes_in IS 'Bytes received after TLS.';
COMMENT ON COLUMN visit.bytes_out IS 'Bytes sent before TLS.';
COMMENT ON COLUMN visit.requests IS 'Requests sent.';
COMMENT ON COLUMN visit.cost IS 'Cost of the visit in ElectrumX''s units.';
COMMENT ON COLUMN visit.software IS 'First element of the server.version reply, as claimed; not null means reachable, on whatever chain.';
COMMENT ON COLUMN visit.protocol IS 'Second element of the server.version reply: the protocol agreed on.';
COMMENT ON COLUMN visit.banner IS 'server.banner as received, not cleaned.';
COMMENT ON COLUMN visit.donation_address IS 'server.donation_address as received, not cleaned.';
COMMENT ON COLUMN visit.tip_height IS 'Height of the tip the server claims.';
COMMENT ON COLUMN visit.tip_hash IS 'Block hash of the claimed tip, computed from its header.';
COMMENT ON COLUMN visit.tip_time IS 'Time in the claimed tip''s header, UTC, as its miner states.';
COMMENT ON COLUMN visit.tip_valid_work IS 'The tip''s header meets the target it states itself.';
COMMENT ON COLUMN visit.chain_verdict IS 'same: all headers shown fit the crawled chain; other: one does not; unverified: none was shown.';
COMMENT ON COLUMN visit.chain IS 'Name of the chain shown: the crawled one for verdict same, for verdict other a known one that fits, else unknown chain with the end of the last header''s hash; null while unverified.';
COMMENT ON COLUMN visit.chain_headers IS 'Headers shown at the deciding heights: JSON list of {height, hash}.';
COMMENT ON COLUMN visit.features_software IS 'server_version of server.features, as claimed.';
COMMENT ON COLUMN visit.features_protocol_min IS 'protocol_min of server.features, as claimed.';
COMMENT ON COLUMN visit.features_protocol_max IS 'protocol_max of server.features, as claimed.';
COMMENT ON COLUMN visit.features_genesis_hash IS 'genesis_hash of server.features, as claimed.';
COMMENT ON COLUMN visit.features_hash_function IS 'hash_function of server.features, as claimed.';
COMMENT ON COLUMN visit.features_pruning IS 'pruning of server.features, as claimed.';
COMMENT ON COLUMN visit.features_hosts IS 'hosts of server.features, as claimed: JSON list of {host, tcpPort, tlsPort, wsPort, wssPort}.';
COMMENT ON COLUMN visit.features_services IS 'services of server.features (protocol 1.6), as claimed.';
COMMENT ON COLUMN visit.features_key IS 'SHA-256 of the normalised server.features reply; equal keys mean equal claims. Null without a reply.';

CREATE TABLE observation (
  visit_id INTEGER NOT NULL,
  probe VARCHAR NOT NULL,
  method VARCHAR NOT NULL,
  sent_ms DOUBLE NOT NULL,
  latency_ms DOUBLE,
  outcome VARCHAR NOT NULL,
  error_code BIGINT,
  error_message VARCHAR,
  reply_bytes BIGINT NOT NULL,
  reply_raw VARCHAR,
  value VARCHAR
);
COMMENT ON TABLE observation IS 'One row is what one probe of one visit saw. Level: probe.';
COMMENT ON COLUMN observation.visit_id IS 'Visit it belongs to.';
COMMENT ON COLUMN observation.probe IS 'Name in the probe catalogue; #2, #3 … for repeats.';
COMMENT ON COLUMN observation.method IS 'Method requested.';
COMMENT ON COLUMN observation.sent_ms IS 'Milliseconds from the start of the visit to the request.';
COMMENT ON COLUMN observation.latency_ms IS 'Milliseconds from the request to the last byte of the reply; pacing and queueing included.';
COMMENT ON COLUMN observation.outcome IS 'ok, error (a JSON-RPC error), timeout, too large, malformed, closed, throttled or not asked.';
COMMENT ON COLUMN observation.error_code IS 'Code of the JSON-RPC error.';
COMMENT ON COLUMN observation.error_message IS 'Message of the JSON-RPC error, not cleaned.';
COMMENT ON COLUMN observation.reply_bytes IS 'Bytes of the reply line on the wire.';
COMMENT ON COLUMN observation.reply_raw IS 'The reply line, not cleaned, padding folded, cut to 65,536 characters; of a peer list that is followed only the first 1,000, because its entries are stored one by one in advertised. Null where no reply came or where the opt-out list forbids to keep it.';
COMMENT ON COLUMN observation.value IS 'The decoded result as JSON where it is small enough to keep; peer lists are in advertised.';

CREATE TABLE peers_reply (
  visit_id INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  distinct_entries INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  unseen_mass DOUBLE
);
COMMENT ON TABLE peers_reply IS 'One row is all replies of one visit to server.peers.subscribe together. Level: endpoint.';
COMMENT ON COLUMN peers_reply.visit_id IS 'Visit it belongs to.';
COMMENT ON COLUMN peers_reply.asked IS 'Rounds answered with a list.';
COMMENT ON COLUMN peers_reply.distinct_entries IS 'Distinct entries in all rounds, kept ones only.';
COMMENT ON COLUMN peers_reply.dropped IS 'Entries beyond our bound: counted, not kept.';
COMMENT ON COLUMN peers_reply.unseen_mass IS 'Estimated probability that one more round shows an entry not seen yet (Good-Turing); 0 for a list that repeated itself; null when unknown.';

CREATE TABLE certificate (
  sha256 VARCHAR PRIMARY KEY,
  spki_sha256 VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  issuer VARCHAR NOT NULL,
  serial VARCHAR NOT NULL,
  valid_from TIMESTAMP,
  valid_to TIMESTAMP,
  san_dns VARCHAR[] NOT NULL,
  san_ip VARCHAR[] NOT NULL,
  key_type VARCHAR NOT NULL,
  signature_algorithm VARCHAR,
  self_signed BOOLEAN NOT NULL,
  der BLOB NOT NULL
);
COMMENT ON TABLE certificate IS 'One row is one distinct certificate ever presented as a leaf. Level: certificate.';
COMMENT ON COLUMN certificate.sha256 IS 'SHA-256 of the DER, lower-case hex.';
COMMENT ON COLUMN certificate.spki_sha256 IS 'SHA-256 of the public key info (SPKI) DER, lower-case hex: survives renewal with the same key.';
COMMENT ON COLUMN certificate.subject IS 'Subject, as the certificate states.';
COMMENT ON COLUMN certificate.issuer IS 'Issuer, as the certificate states.';
COMMENT ON COLUMN certificate.serial IS 'Serial number, hex.';
COMMENT ON COLUMN certificate.valid_from IS 'Start of validity, UTC; null when it states no readable date.';
COMMENT ON COLUMN certificate.valid_to IS 'End of validity, UTC; null when it states no readable date.';
COMMENT ON COLUMN certificate.san_dns IS 'DNS names among its alternative names.';
COMMENT ON COLUMN certificate.san_ip IS 'IP addresses among its alternative names.';
COMMENT ON COLUMN certificate.key_type IS 'Kind and size of the key, e.g. rsa 2048, ec prime256v1, ed25519.';
COMMENT ON COLUMN certificate.signature_algorithm IS 'Signature algorithm; null when not known.';
COMMENT ON COLUMN certificate.self_signed IS 'It is signed with its own key.';
COMMENT ON COLUMN certificate.der IS 'The certificate itself, DER.';

CREATE TABLE tls_session (
  visit_id INTEGER NOT NULL,
  version VARCHAR,
  cipher VARCHAR,
  key_exchange VARCHAR,
  alpn VARCHAR,
  sni VARCHAR,
  verify_error VARCHAR,
  certificate_sha256 VARCHAR,
  chain_sha256 VARCHAR[] NOT NULL
);
COMMENT ON TABLE tls_session IS 'One row is the TLS handshake of one visit. Level: endpoint.';
COMMENT ON COLUMN tls_session.visit_id IS 'Visit it belongs to.';
COMMENT ON COLUMN tls_session.version IS 'TLS version agreed on, e.g. TLSv1.3.';
COMMENT ON COLUMN tls_session.cipher IS 'Cipher suite agreed on.';
COMMENT ON COLUMN tls_session.key_exchange IS 'Group or kind of the key exchange, e.g. X25519MLKEM768.';
COMMENT ON COLUMN tls_session.alpn IS 'Application protocol agreed on; null for none.';
COMMENT ON COLUMN tls_session.sni IS 'Name we sent; null for address literals.';
COMMENT ON COLUMN tls_session.verify_error IS 'Verdict against our system''s roots, recorded, never required; null when no fault was found.';
COMMENT ON COLUMN tls_session.certificate_sha256 IS 'Leaf certificate presented (certificate.sha256).';
COMMENT ON COLUMN tls_session.chain_sha256 IS 'SHA-256 of each certificate presented above the leaf, in order.';
