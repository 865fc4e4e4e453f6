-- The places of servers in the announcement graph.

CREATE TABLE graph_place (
  crawl_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  names_servers INTEGER NOT NULL,
  named_by_servers INTEGER NOT NULL,
  mutual INTEGER NOT NULL,
  core INTEGER NOT NULL,
  known_by DOUBLE,
  sole_lister_id INTEGER,
  introduced_by_id INTEGER,
  introduces INTEGER NOT NULL,
  list_manner VARCHAR,
  list_coverage DOUBLE,
  sole_named INTEGER,
  sole_expected DOUBLE,
  sole_p DOUBLE,
  sole_q DOUBLE
);
COMMENT ON TABLE graph_place IS 'One row is one server that announces or is announced, in the announcement graph of one analysed crawl. It says who lists whom, never who operates what. Level: server.';
COMMENT ON COLUMN graph_place.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN graph_place.server_id IS 'The server. Never null.';
COMMENT ON COLUMN graph_place.names_servers IS 'Servers in its peer lists, itself not counted. 0 may be discovery switched off. Never null.';
COMMENT ON COLUMN graph_place.named_by_servers IS 'Servers whose peer lists name it. Never null.';
COMMENT ON COLUMN graph_place.mutual IS 'Servers that it names and that name it. Never null.';
COMMENT ON COLUMN graph_place.core IS 'Core number: largest k for which it lies in a part of the graph where each is joined to k others of that part (Batagelj and Zaversnik, 2003). Never null.';
COMMENT ON COLUMN graph_place.known_by IS 'Estimated number of servers that know it: those that name it, each divided by the share of its list that was seen (Horvitz and Thompson, 1952). Null when nobody names it.';
COMMENT ON COLUMN graph_place.sole_lister_id IS 'The server that alone names it. Null when several name it, or none does.';
COMMENT ON COLUMN graph_place.introduced_by_id IS 'The server without which nothing leads from the sources of the crawl to it (immediate dominator). Null when a source names it, when independent ways lead to it, or none does.';
COMMENT ON COLUMN graph_place.introduces IS 'Servers that it introduces in that sense. Never null.';
COMMENT ON COLUMN graph_place.list_manner IS 'How its implementation chooses whom it lists: all, or two of a block (of addresses). Null when it showed no list.';
COMMENT ON COLUMN graph_place.list_coverage IS 'Estimated share of the peers it would ever list that its answers showed, 0 to 1. Null when it showed no list.';
COMMENT ON COLUMN graph_place.sole_named IS 'Servers that it alone names. Null when it showed no list.';
COMMENT ON COLUMN graph_place.sole_expected IS 'How many it alone would name if all lists were random draws of their sizes, each in the manner of its implementation. Null when it showed no list.';
COMMENT ON COLUMN graph_place.sole_p IS 'Probability of so many or more under that model. No suspicion: gossip begins somewhere. Null when it showed no list.';
COMMENT ON COLUMN graph_place.sole_q IS 'The same corrected for the number of lists of the crawl (Benjamini and Hochberg, 1995). Null when it showed no list.';
