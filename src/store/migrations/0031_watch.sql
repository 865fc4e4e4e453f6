-- What a watch sees of servers over time, and what follows from it.

CREATE TABLE watch_run (
  run_id INTEGER PRIMARY KEY,
  network VARCHAR NOT NULL,
  vantage VARCHAR NOT NULL,
  started_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP,
  state VARCHAR NOT NULL,
  anchor_at TIMESTAMP NOT NULL,
  time_scale DOUBLE NOT NULL,
  settings JSON NOT NULL
);
COMMENT ON TABLE watch_run IS 'One row is one process that watched a network from one vantage. Between two of them nobody looked. Level: none.';
COMMENT ON COLUMN watch_run.run_id IS 'Identifier, ascending.';
COMMENT ON COLUMN watch_run.network IS 'Name of the chain, as in crawl.network.';
COMMENT ON COLUMN watch_run.vantage IS 'Name of the place watched from.';
COMMENT ON COLUMN watch_run.started_at IS 'When it began, UTC; with a time scale in the stamps'' own time.';
COMMENT ON COLUMN watch_run.ended_at IS 'When it ended, of one that was killed the last time of which something was stored, UTC; null while it runs.';
COMMENT ON COLUMN watch_run.state IS 'running (or killed and not taken up yet), ended, or killed.';
COMMENT ON COLUMN watch_run.anchor_at IS 'Where its stamps begin to run time_scale times as fast as the clock, UTC; the same for all runs that go on from each other.';
COMMENT ON COLUMN watch_run.time_scale IS 'Seconds of the stamps for each second of the clock: 1, but on simulated networks.';
COMMENT ON COLUMN watch_run.settings IS 'All settings of the run, as JSON.';

CREATE TABLE sighting (
  run_id INTEGER NOT NULL,
  crawl_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  seen_at TIMESTAMP NOT NULL,
  state VARCHAR NOT NULL,
  reason VARCHAR,
  way VARCHAR NOT NULL,
  visit_id INTEGER,
  due_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE sighting IS 'One row is one look at whether a watched server answers; the newest row of an endpoint says when the next is due. One endpoint stands for its server. Level: server and time.';
COMMENT ON COLUMN sighting.run_id IS 'The run that looked.';
COMMENT ON COLUMN sighting.crawl_id IS 'The daily crawl it is counted with, which has network and vantage.';
COMMENT ON COLUMN sighting.endpoint_id IS 'The endpoint looked at.';
COMMENT ON COLUMN sighting.seen_at IS 'When the attempt began, or when a held connection was known to stand or to have ended, UTC.';
COMMENT ON COLUMN sighting.state IS 'up: it answered server.version; down: it did not, for a reason of its own; unknown: the failure may be ours (us, proxy, policy, throttled), or our own line was down.';
COMMENT ON COLUMN sighting.reason IS 'Why it is not up, as visit.reason; lost: a held connection ended.';
COMMENT ON COLUMN sighting.way IS 'visit: by a connection made for it; held: by a connection that was held.';
COMMENT ON COLUMN sighting.visit_id IS 'The visit (kind revisit or held); null where a held connection just stood or ended.';
COMMENT ON COLUMN sighting.due_at IS 'Not to be connected to again before this time, UTC.';

CREATE TABLE held_session (
  sequence BIGINT NOT NULL,
  run_id INTEGER NOT NULL,
  crawl_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  opened_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP,
  ended_by VARCHAR,
  detail VARCHAR
);
COMMENT ON TABLE held_session IS 'One row is one change of a connection that a watch holds: opened or ended; of an endpoint and opened_at the highest sequence counts. Level: server and time.';
COMMENT ON COLUMN held_session.sequence IS 'Order of all changes in this file, shared with endpoint_state.';
COMMENT ON COLUMN held_session.run_id IS 'The run that held it; where the run was killed, an end that is missing is the run''s.';
COMMENT ON COLUMN held_session.crawl_id IS 'The daily crawl it was opened with.';
COMMENT ON COLUMN held_session.endpoint_id IS 'The endpoint it leads to.';
COMMENT ON COLUMN held_session.opened_at IS 'When it was connected, UTC.';
COMMENT ON COLUMN held_session.ended_at IS 'When we noticed that it had ended, UTC; null while it stands.';
COMMENT ON COLUMN held_session.ended_by IS 'peer: closed or reset; silence: no answer to a ping; us: we left; null while it stands.';
COMMENT ON COLUMN held_session.detail IS 'Raw words about the end, e.g. ECONNRESET; null for none.';

CREATE TABLE tip_arrival (
  run_id INTEGER NOT NULL,
  crawl_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  height BIGINT NOT NULL,
  block_hash VARCHAR NOT NULL,
  arrived_at TIMESTAMP NOT NULL,
  steady_ms DOUBLE NOT NULL
);
COMMENT ON TABLE tip_arrival IS 'One row is one new tip that a server announced over a held connection. Level: server and block.';
COMMENT ON COLUMN tip_arrival.run_id IS 'The run that held the connection.';
COMMENT ON COLUMN tip_arrival.crawl_id IS 'The daily crawl it is counted with, which has network and vantage.';
COMMENT ON COLUMN tip_arrival.endpoint_id IS 'The endpoint that announced it; it stands for its server.';
COMMENT ON COLUMN tip_arrival.height IS 'Height of the tip, as the server says.';
COMMENT ON COLUMN tip_arrival.block_hash IS 'Block hash, computed from the header it sent.';
COMMENT ON COLUMN tip_arrival.arrived_at IS 'When it arrived, UTC by our wall clock.';
COMMENT ON COLUMN tip_arrival.steady_ms IS 'Milliseconds from the start of the run by a steady clock; only arrivals of one run may be compared. With a time scale in the stamps'' own time.';

CREATE TABLE watch_event (
  network VARCHAR NOT NULL,
  vantage VARCHAR NOT NULL,
  endpoint_id INTEGER,
  kind VARCHAR NOT NULL,
  earliest TIMESTAMP NOT NULL,
  latest TIMESTAMP NOT NULL,
  value_before VARCHAR,
  value_after VARCHAR,
  cause VARCHAR,
  detail JSON
);
COMMENT ON TABLE watch_event IS 'One row is something that happened to a watched server, or to many at once; follows from sightings, sessions and visits and is worked out anew from them. Level: server and time, or group of servers.';
COMMENT ON COLUMN watch_event.network IS 'Name of the chain, as in crawl.network.';
COMMENT ON COLUMN watch_event.vantage IS 'Name of the place watched from.';
COMMENT ON COLUMN watch_event.endpoint_id IS 'The endpoint that stands for the server; null for outages of many.';
COMMENT ON COLUMN watch_event.kind IS 'went silent, came back, restarted (a held connection ended and another could be made soon); new certificate (the key stayed), new key, other server (what answers at an address, or behind a name, is another identity), new software, new address, listed, unlisted; vantage outage and network outage for those of many.';
COMMENT ON COLUMN watch_event.earliest IS 'It happened at this time or later, UTC: the last look that saw it not yet.';
COMMENT ON COLUMN watch_event.latest IS 'It happened at this time or before, UTC: the first look that saw it. Of outages of many: the end.';
COMMENT ON COLUMN watch_event.value_before IS 'What was there before, e.g. a key; null for nothing.';
COMMENT ON COLUMN watch_event.value_after IS 'What is there now, or why it is silent.';
COMMENT ON COLUMN watch_event.cause IS 'vantage outage, or network outage of AS N: it happened to all there and says nothing about this server; null where no such cause is known.';
COMMENT ON COLUMN watch_event.detail IS 'What it is concluded from, as JSON; null for nothing.';

CREATE TABLE reliability (
  network VARCHAR NOT NULL,
  vantage VARCHAR NOT NULL,
  endpoint_id INTEGER NOT NULL,
  day DATE NOT NULL,
  computed_at TIMESTAMP NOT NULL,
  time_window VARCHAR NOT NULL,
  share DOUBLE,
  evidence DOUBLE NOT NULL,
  sightings INTEGER NOT NULL
);
COMMENT ON TABLE reliability IS 'One row is how reliably a watched server answered, by one decay; one for each day, the last of the day. Level: server and day.';
COMMENT ON COLUMN reliability.network IS 'Name of the chain, as in crawl.network.';
COMMENT ON COLUMN reliability.vantage IS 'Name of the place watched from.';
COMMENT ON COLUMN reliability.endpoint_id IS 'The endpoint that stands for the server.';
COMMENT ON COLUMN reliability.day IS 'The day it is about (UTC).';
COMMENT ON COLUMN reliability.computed_at IS 'When it was worked out, UTC.';
COMMENT ON COLUMN reliability.time_window IS '2 hours, 8 hours, 1 day, 1 week or 1 month: after so long a look counts 1/e of what it did.';
COMMENT ON COLUMN reliability.share IS 'Share of the observed time in which it was up, 0 to 1, decayed; null without evidence.';
COMMENT ON COLUMN reliability.evidence IS 'Hours of observed time behind it, decayed alike: little of it means little.';
COMMENT ON COLUMN reliability.sightings IS 'Looks behind it within three times the window, not decayed.';

CREATE TABLE identity_interval (
  network VARCHAR NOT NULL,
  vantage VARCHAR NOT NULL,
  endpoint_id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  first_seen TIMESTAMP NOT NULL,
  last_seen TIMESTAMP NOT NULL,
  sightings INTEGER NOT NULL
);
COMMENT ON TABLE identity_interval IS 'One row is how long something stayed as it was at a watched endpoint. The same value again after another is another row. Level: server and time.';
COMMENT ON COLUMN identity_interval.network IS 'Name of the chain, as in crawl.network.';
COMMENT ON COLUMN identity_interval.vantage IS 'Name of the place watched from.';
COMMENT ON COLUMN identity_interval.endpoint_id IS 'The endpoint: its host (a name, an onion) is what it is anchored on.';
COMMENT ON COLUMN identity_interval.kind IS 'key (SHA-256 of the public key), certificate, address or software.';
COMMENT ON COLUMN identity_interval.value IS 'What was seen: hash, address (the whole set of a name, sorted), or text of server.version.';
COMMENT ON COLUMN identity_interval.first_seen IS 'When it was seen first, UTC.';
COMMENT ON COLUMN identity_interval.last_seen IS 'When it was seen last, UTC; when it ended is between that and the first_seen of what came after.';
COMMENT ON COLUMN identity_interval.sightings IS 'Visits in which it was seen.';

COMMENT ON COLUMN visit.kind IS 'regular: the visit of a crawl, which brings announcements and all that is counted; deep: malformed envelopes and dialects; snapshot: what is compared across servers at one moment; differential: the same questions asked as a wallet; revisit: a watch asked whether it still answers; held: a watch opened a connection to hold. Only regular visits are counted.';
