-- What stands in error_message beside errors.

COMMENT ON COLUMN observation.error_message IS 'Message of a JSON-RPC error (outcome error or throttled), not cleaned, cut to 1,024 characters. With any other outcome our own words: what is odd about the reply, why there was none, or why it was not asked; so too for a server.version refused and asked again. Null when there is nothing to say.';
