-- Visits of other kinds than the one a crawl makes of an endpoint.

ALTER TABLE visit ADD COLUMN kind VARCHAR DEFAULT 'regular';
COMMENT ON COLUMN visit.kind IS 'regular: the visit of a crawl, which brings announcements and all that is counted; deep: malformed envelopes and dialects; snapshot: what is compared across servers at one moment; differential: the same questions asked as a wallet. Only regular visits are counted.';
COMMENT ON TABLE visit IS 'One row is one attempt on one endpoint: a result or a reason. Level: endpoint (at most one visit of kind regular per endpoint and crawl).';
COMMENT ON COLUMN crawl.kind IS 'crawl; visit for single visits stored on request; probe for runs that make visits of other kinds than regular. Only crawls are taken for a picture of the network.';
