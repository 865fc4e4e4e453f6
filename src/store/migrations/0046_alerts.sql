-- An alert is stored with the events it tells of, and taken away once it was delivered:
-- a watch that is killed in between sends it after the next start.
CREATE TABLE alert_pending (
  network VARCHAR NOT NULL,
  vantage VARCHAR NOT NULL,
  alert_id VARCHAR NOT NULL,
  target VARCHAR NOT NULL,
  created_at TIMESTAMP NOT NULL,
  body VARCHAR NOT NULL
);

COMMENT ON TABLE alert_pending IS 'One row is an alert that a watch has not delivered yet to one of its targets. Level: group of servers.';
COMMENT ON COLUMN alert_pending.network IS 'Network that is watched.';
COMMENT ON COLUMN alert_pending.vantage IS 'Where it is watched from.';
COMMENT ON COLUMN alert_pending.alert_id IS 'Number of the alert, the same each time it is sent; it follows from what it says.';
COMMENT ON COLUMN alert_pending.target IS 'webhook or command.';
COMMENT ON COLUMN alert_pending.created_at IS 'When its events were worked out, UTC. Two days later it is given up.';
COMMENT ON COLUMN alert_pending.body IS 'What is sent: JSON.';
