-- How servers behave, beside one another.

CREATE TABLE behaviour_vector (
  crawl_id INTEGER NOT NULL,
  server_id INTEGER NOT NULL,
  implementation VARCHAR,
  traits JSON NOT NULL,
  known INTEGER NOT NULL,
  profile INTEGER NOT NULL,
  surprise DOUBLE,
  distance DOUBLE,
  unusual VARCHAR[] NOT NULL,
  neighbours INTEGER[] NOT NULL,
  similarities DOUBLE[] NOT NULL
);
COMMENT ON TABLE behaviour_vector IS 'One row is the behaviour of one confirmed server of an analysed crawl: what it answered in which form. Software and configuration behave, not operators: neighbours here say nothing about who runs what. Level: server.';
COMMENT ON COLUMN behaviour_vector.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN behaviour_vector.server_id IS 'The server. Never null.';
COMMENT ON COLUMN behaviour_vector.implementation IS 'What it behaves like. Null when nothing known fits well enough or its endpoints differ.';
COMMENT ON COLUMN behaviour_vector.traits IS 'What was seen, JSON object: trait to value; a trait on which its endpoints differ has the value differs. Never null.';
COMMENT ON COLUMN behaviour_vector.known IS 'Traits seen. Never null.';
COMMENT ON COLUMN behaviour_vector.profile IS 'Number of the vector: servers with one number behaved alike in every trait. The most frequent is 1. Never null.';
COMMENT ON COLUMN behaviour_vector.surprise IS 'Mean surprise of its values among servers of its implementation, bits for each trait: -log2 of the share of others that have the same. Null with fewer than 8 of them.';
COMMENT ON COLUMN behaviour_vector.distance IS 'How far that surprise is from the median of its implementation, in robust deviations (1.4826 times the median distance from the median). Above 3.5 is unusual, which configuration, proxies and forks are too. Null with fewer than 8 of them.';
COMMENT ON COLUMN behaviour_vector.unusual IS 'Traits whose value fewer than one in ten servers of its implementation share, the rarest first. Never null.';
COMMENT ON COLUMN behaviour_vector.neighbours IS 'Up to ten servers that behave most alike, the most similar first. Never null.';
COMMENT ON COLUMN behaviour_vector.similarities IS 'Of each neighbour: shared values weighed by their rarity, of all traits that both have, 0 to 1. Never null.';
