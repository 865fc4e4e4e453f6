-- All servers of a network asked at one time.

CREATE TABLE snapshot (
  snapshot_id INTEGER NOT NULL,
  crawl_id INTEGER NOT NULL,
  servers_of INTEGER NOT NULL,
  started_at TIMESTAMP NOT NULL,
  window_ms DOUBLE NOT NULL,
  attempt INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR,
  tip_height BIGINT,
  tip_hash VARCHAR,
  servers INTEGER NOT NULL,
  compared INTEGER NOT NULL
);
COMMENT ON TABLE snapshot IS 'One row is one time at which all servers of a network were asked together; only what one kept snapshot holds may be compared between servers. Level: snapshot.';
COMMENT ON COLUMN snapshot.snapshot_id IS 'Identifier.';
COMMENT ON COLUMN snapshot.crawl_id IS 'The run that took it (a crawl of kind probe), which has network, vantage and settings.';
COMMENT ON COLUMN snapshot.servers_of IS 'The crawl whose servers were asked; server_id of its readings is that crawl''s.';
COMMENT ON COLUMN snapshot.started_at IS 'When the questions were sent, UTC by our wall clock; milliseconds of its readings count from here by a steady clock.';
COMMENT ON COLUMN snapshot.window_ms IS 'Milliseconds within which all answers had to come.';
COMMENT ON COLUMN snapshot.attempt IS '1 for the first of a run; a discarded one is taken again.';
COMMENT ON COLUMN snapshot.state IS 'kept; discarded where a block came while servers were asked: nothing of it may be compared.';
COMMENT ON COLUMN snapshot.reason IS 'Why it was discarded; null when kept.';
COMMENT ON COLUMN snapshot.tip_height IS 'Height of the tip that most servers showed; null when none did.';
COMMENT ON COLUMN snapshot.tip_hash IS 'Block hash of that tip.';
COMMENT ON COLUMN snapshot.servers IS 'Servers that were to be asked, one endpoint each.';
COMMENT ON COLUMN snapshot.compared IS 'Servers whose readings may be compared.';

CREATE TABLE snapshot_reading (
  snapshot_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  visit_id INTEGER,
  state VARCHAR NOT NULL,
  detail VARCHAR,
  implementation VARCHAR,
  version_range VARCHAR,
  sent_ms DOUBLE,
  received_ms DOUBLE,
  tip_height BIGINT,
  tip_hash VARCHAR,
  tip_after_height BIGINT,
  tip_after_hash VARCHAR,
  fee_targets INTEGER[] NOT NULL,
  fee_outcomes VARCHAR[] NOT NULL,
  fee_texts VARCHAR[] NOT NULL,
  fees DOUBLE[] NOT NULL,
  histogram_outcome VARCHAR NOT NULL,
  histogram_text VARCHAR,
  histogram JSON,
  mempool_info_outcome VARCHAR NOT NULL,
  mempool_info_text VARCHAR,
  mempool_min_fee DOUBLE,
  min_relay_fee DOUBLE,
  incremental_relay_fee DOUBLE,
  unbroadcast_count BIGINT,
  relay_fee_outcome VARCHAR NOT NULL,
  relay_fee_text VARCHAR,
  relay_fee DOUBLE
);
COMMENT ON TABLE snapshot_reading IS 'One row is what one server answered in one snapshot, through one of its endpoints. Level: server.';
COMMENT ON COLUMN snapshot_reading.snapshot_id IS 'The snapshot; only rows of one kept snapshot, of state compared and with one tip_hash may be compared.';
COMMENT ON COLUMN snapshot_reading.server_id IS 'The server, as snapshot.servers_of joined it.';
COMMENT ON COLUMN snapshot_reading.endpoint_id IS 'The endpoint asked: the one of the server that answered last.';
COMMENT ON COLUMN snapshot_reading.visit_id IS 'Visit (kind snapshot) in which it was asked, with its raw replies and stamps; several attempts may share one. Null when there was none.';
COMMENT ON COLUMN snapshot_reading.state IS 'compared: asked and answered within the window, its tip the same before and after; moved: its tip changed meanwhile; late: not within the window; failed: no connection, handshake or tip; not asked: our own rules (excluded, ledger, back-off).';
COMMENT ON COLUMN snapshot_reading.detail IS 'Why it is not compared; null when it is.';
COMMENT ON COLUMN snapshot_reading.implementation IS 'What the server behaved like in its crawl: histograms are only alike among alike software. Null when not known.';
COMMENT ON COLUMN snapshot_reading.version_range IS 'Releases of it that fit; null when not known.';
COMMENT ON COLUMN snapshot_reading.sent_ms IS 'Milliseconds from the start of the snapshot to the first question, by a steady clock.';
COMMENT ON COLUMN snapshot_reading.received_ms IS 'Milliseconds from the start of the snapshot to the last answer; null when none came.';
COMMENT ON COLUMN snapshot_reading.tip_height IS 'Height of its tip, asked before all else; null when it showed none.';
COMMENT ON COLUMN snapshot_reading.tip_hash IS 'Block hash of that tip.';
COMMENT ON COLUMN snapshot_reading.tip_after_height IS 'Height of its tip, asked when all else was answered.';
COMMENT ON COLUMN snapshot_reading.tip_after_hash IS 'Block hash of that tip.';
COMMENT ON COLUMN snapshot_reading.fee_targets IS 'Numbers of blocks for which blockchain.estimatefee was asked; the lists beside have the same order.';
COMMENT ON COLUMN snapshot_reading.fee_outcomes IS 'Outcome of each (see observation.outcome).';
COMMENT ON COLUMN snapshot_reading.fee_texts IS 'Each estimate as written, e.g. 1e-05; null without a result.';
COMMENT ON COLUMN snapshot_reading.fees IS 'Each estimate, BTC per 1,000 vB; -1: its node has none; null without a result.';
COMMENT ON COLUMN snapshot_reading.histogram_outcome IS 'Outcome of mempool.get_fee_histogram.';
COMMENT ON COLUMN snapshot_reading.histogram_text IS 'The histogram as written; null without a result.';
COMMENT ON COLUMN snapshot_reading.histogram IS 'The histogram in one spelling: JSON list of [satoshi per vB, vB]. Null without a result.';
COMMENT ON COLUMN snapshot_reading.mempool_info_outcome IS 'Outcome of mempool.get_info, which is not asked before protocol 1.6.';
COMMENT ON COLUMN snapshot_reading.mempool_info_text IS 'Its result as written; null without.';
COMMENT ON COLUMN snapshot_reading.mempool_min_fee IS 'Its mempoolminfee, BTC per 1,000 vB; null when not given.';
COMMENT ON COLUMN snapshot_reading.min_relay_fee IS 'Its minrelaytxfee, BTC per 1,000 vB; null when not given.';
COMMENT ON COLUMN snapshot_reading.incremental_relay_fee IS 'Its incrementalrelayfee, BTC per 1,000 vB; null when not given.';
COMMENT ON COLUMN snapshot_reading.unbroadcast_count IS 'Its unbroadcastcount, transactions of its node that no peer has asked for; null when not given.';
COMMENT ON COLUMN snapshot_reading.relay_fee_outcome IS 'Outcome of blockchain.relayfee, which is not asked since protocol 1.6.';
COMMENT ON COLUMN snapshot_reading.relay_fee_text IS 'Its result as written; null without.';
COMMENT ON COLUMN snapshot_reading.relay_fee IS 'Its result, BTC per 1,000 vB; null without.';
