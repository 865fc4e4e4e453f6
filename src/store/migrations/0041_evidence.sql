-- What evidence was not complete without: certificates above the leaf, parameters of requests. And opt-outs know their network themselves.

CREATE TABLE chain_certificate (
  sha256 VARCHAR PRIMARY KEY,
  der BLOB NOT NULL
);
COMMENT ON TABLE chain_certificate IS 'One row is one distinct certificate ever presented above a leaf; tls_session.chain_sha256 says in which handshakes, and where in the chain. Level: certificate.';
COMMENT ON COLUMN chain_certificate.sha256 IS 'SHA-256 of the DER, lower-case hex. Never null.';
COMMENT ON COLUMN chain_certificate.der IS 'The certificate itself, DER, at most 64 kB. Never null.';

ALTER TABLE observation ADD COLUMN params VARCHAR;
COMMENT ON COLUMN observation.params IS 'Parameters of the request as JSON, as they were sent. Null for lines that answer nothing we asked, for what was not asked, and when not recorded yet.';

ALTER TABLE opt_out ADD COLUMN network VARCHAR;
UPDATE opt_out SET network = (SELECT network FROM crawl WHERE crawl.crawl_id = opt_out.crawl_id);
COMMENT ON COLUMN opt_out.network IS 'Network of that run, so that it outlives the run''s other rows. Never null.';
