-- Where servers are drawn, so that a map is the same for everybody and from crawl to crawl.

CREATE TABLE graph_layout (
  crawl_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  x DOUBLE NOT NULL,
  y DOUBLE NOT NULL
);
COMMENT ON TABLE graph_layout IS 'One row is one server of an analysed crawl with its place on the map of the announcement graph (ForceAtlas2). Nearness says who lists whom, never who operates what; directions and distances have no unit. Level: server.';
COMMENT ON COLUMN graph_layout.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN graph_layout.server_id IS 'The server. Never null.';
COMMENT ON COLUMN graph_layout.x IS 'Place to the right, about -1000 to 1000; a server that was on the map of the crawl before stands near its place there. Never null.';
COMMENT ON COLUMN graph_layout.y IS 'Place upwards, as x. Never null.';
