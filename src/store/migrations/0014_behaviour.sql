CREATE TABLE behaviour (
  visit_id INTEGER NOT NULL,
  subject VARCHAR NOT NULL,
  script_form VARCHAR,
  response VARCHAR,
  defaults VARCHAR[] NOT NULL,
  filtered BOOLEAN,
  causes VARCHAR[] NOT NULL,
  detail JSON NOT NULL
);
COMMENT ON TABLE behaviour IS 'One row is how one visit was answered one kind of question, held against what is known (public scripts, below a height) and against what the software does by default. No verdict: innocent causes stand beside. Level: endpoint (visit, subject and form of script).';
COMMENT ON COLUMN behaviour.visit_id IS 'Visit it belongs to.';
COMMENT ON COLUMN behaviour.subject IS 'What was asked for: balance, history, derived balances (scripts of one published test wallet, in its order: the protocol has no query for an extended key), fee estimates, fee histogram, relay fee, mempool info or features.';
COMMENT ON COLUMN behaviour.script_form IS 'P2PKH, P2SH, P2WPKH, P2WSH or P2TR; null for what is not about a script of one form.';
COMMENT ON COLUMN behaviour.response IS 'ok; error; refused (a limit, a method not offered, too much asked); empty (nothing where something is known); truncated (a part of it); closed (no reply: the connection ended, or nothing came in time); differs (something else than is known, or than the method returns); not asked. Null where it cannot be judged, e.g. because the server lags behind or the script has later entries: the detail says why.';
COMMENT ON COLUMN behaviour.defaults IS 'What the software that it behaves like answers by default; empty when that is not known.';
COMMENT ON COLUMN behaviour.filtered IS 'The response deviates from the defaults. Null when either is not known, and when our asking or the line between us may have caused it.';
COMMENT ON COLUMN behaviour.causes IS 'Innocent causes of a deviation.';
COMMENT ON COLUMN behaviour.detail IS 'What was seen, JSON object: counts of entries expected and shown below the height, later ones, those missing, moved, added or repeated, an error with its code, because.';

CREATE TABLE timing (
  visit_id INTEGER NOT NULL,
  pings INTEGER NOT NULL,
  median_ms DOUBLE,
  deviation_ms DOUBLE,
  mad_ms DOUBLE,
  paced BOOLEAN NOT NULL,
  untimed VARCHAR
);
COMMENT ON TABLE timing IS 'One row is what one visit with a connection measured of round trips; what TCP, TLS and the handshake took is in the visit. Level: endpoint (one per visit that connected).';
COMMENT ON COLUMN timing.visit_id IS 'Visit it belongs to.';
COMMENT ON COLUMN timing.pings IS 'Answered pings, one after the other on a session on which nothing else was going on.';
COMMENT ON COLUMN timing.median_ms IS 'Median of their round trips, milliseconds; through a proxy that is in it. Null without pings.';
COMMENT ON COLUMN timing.deviation_ms IS 'Standard deviation of their round trips (n - 1), milliseconds; null below two.';
COMMENT ON COLUMN timing.mad_ms IS 'Median of their distances from the median, milliseconds; null without pings.';
COMMENT ON COLUMN timing.paced IS 'Replies are padded, and then held back for up to a second: such a server is not slow, and waiting for it says nothing.';
COMMENT ON COLUMN timing.untimed IS 'Why there are no pings, not cleaned; null when there are.';
