COMMENT ON COLUMN sighting.due_at IS 'Not to be connected to again before this time, UTC; sooner only where our own line had been down, and then as if it had answered.';
