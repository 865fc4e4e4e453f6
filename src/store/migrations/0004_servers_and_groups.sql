-- What endpoints, servers and groups of servers are taken to be.

CREATE TABLE server (
  crawl_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  chain VARCHAR,
  confirmed BOOLEAN NOT NULL,
  endpoints INTEGER NOT NULL
);
COMMENT ON TABLE server IS 'One row is one running service, as far as one crawl can tell; written when the crawl ends. Level: server.';
COMMENT ON COLUMN server.crawl_id IS 'Crawl that joined it.';
COMMENT ON COLUMN server.server_id IS 'Smallest endpoint_id of its endpoints; meaningful within its crawl.';
COMMENT ON COLUMN server.chain IS 'Chain shown by headers; null while unverified or unreached.';
COMMENT ON COLUMN server.confirmed IS 'At least one endpoint answered server.version. An unreached host counts as a server of its own, unconfirmed.';
COMMENT ON COLUMN server.endpoints IS 'Endpoints joined in it.';

CREATE TABLE server_endpoint (
  crawl_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  endpoint_id INTEGER NOT NULL,
  evidence VARCHAR NOT NULL
);
COMMENT ON TABLE server_endpoint IS 'One row is one endpoint of one server, with why it is counted there. Level: endpoint.';
COMMENT ON COLUMN server_endpoint.crawl_id IS 'Crawl that joined it.';
COMMENT ON COLUMN server_endpoint.server_id IS 'The server.';
COMMENT ON COLUMN server_endpoint.endpoint_id IS 'The endpoint, of one server only.';
COMMENT ON COLUMN server_endpoint.evidence IS 'itself, same host, same address and certificate, same address and features, or mutual hosts claim.';

CREATE TABLE community (
  crawl_id INTEGER NOT NULL,
  resolution DOUBLE NOT NULL,
  server_id INTEGER NOT NULL,
  community INTEGER NOT NULL,
  stability DOUBLE,
  modularity DOUBLE
);
COMMENT ON TABLE community IS 'One row is the Louvain community of one server in the announcement graph at one resolution. Who announces whom, not who operates what. Level: server.';
COMMENT ON COLUMN community.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN community.resolution IS 'Louvain resolution; 1 is plain modularity, higher gives smaller communities.';
COMMENT ON COLUMN community.server_id IS 'The server.';
COMMENT ON COLUMN community.community IS 'Number of its community, by size, 0 the largest; meaningful within crawl and resolution.';
COMMENT ON COLUMN community.stability IS 'Share of repeated runs that agree with this placement, 0 to 1; null when not repeated.';
COMMENT ON COLUMN community.modularity IS 'Modularity of the whole partition, the same in all its rows.';

CREATE TABLE cluster (
  crawl_id INTEGER NOT NULL,
  cluster_id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  evidence VARCHAR NOT NULL,
  servers INTEGER NOT NULL,
  detail JSON
);
COMMENT ON TABLE cluster IS 'One row is one group of servers that share something checkable; probably one operator, never certainly. Level: group of servers.';
COMMENT ON COLUMN cluster.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN cluster.cluster_id IS 'Identifier within the crawl.';
COMMENT ON COLUMN cluster.kind IS 'What is shared, e.g. shared key.';
COMMENT ON COLUMN cluster.evidence IS 'The shared thing itself, so that anyone can check it, e.g. the SHA-256 of the public key.';
COMMENT ON COLUMN cluster.servers IS 'Members, counted as servers.';
COMMENT ON COLUMN cluster.detail IS 'More about the evidence and its innocent explanations, as JSON; null for nothing.';

CREATE TABLE cluster_member (
  crawl_id INTEGER NOT NULL,
  cluster_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  evidence VARCHAR
);
COMMENT ON TABLE cluster_member IS 'One row is one server of one group. Level: server.';
COMMENT ON COLUMN cluster_member.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN cluster_member.cluster_id IS 'The group.';
COMMENT ON COLUMN cluster_member.server_id IS 'The server.';
COMMENT ON COLUMN cluster_member.evidence IS 'What ties this member to the group, where it differs from the group''s own evidence.';
