-- What an analysis says of pairs of servers, and why.

CREATE TABLE analysis_run (
  crawl_id INTEGER NOT NULL,
  analysed_at TIMESTAMP NOT NULL,
  code_version VARCHAR NOT NULL,
  options JSON NOT NULL,
  servers INTEGER NOT NULL,
  pairs_possible BIGINT NOT NULL,
  pairs_compared INTEGER NOT NULL,
  pairs_of_strangers INTEGER NOT NULL,
  blocks INTEGER NOT NULL,
  sampled_blocks INTEGER NOT NULL,
  operator_prior DOUBLE NOT NULL,
  threshold DOUBLE NOT NULL,
  operator_clusters INTEGER NOT NULL,
  expected_false_clusters DOUBLE NOT NULL,
  louvain_communities INTEGER NOT NULL,
  louvain_agreement DOUBLE,
  louvain_would_split INTEGER NOT NULL,
  louvain_would_join INTEGER NOT NULL
);
COMMENT ON TABLE analysis_run IS 'One row is the newest analysis of one crawl: what it compared and how sure it is. Level: crawl.';
COMMENT ON COLUMN analysis_run.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN analysis_run.analysed_at IS 'When, UTC.';
COMMENT ON COLUMN analysis_run.code_version IS 'Version of the program that analysed it.';
COMMENT ON COLUMN analysis_run.options IS 'Options of the analysis, JSON object: seed, and further public suffixes.';
COMMENT ON COLUMN analysis_run.servers IS 'Servers compared: confirmed, and of the crawl''s chain.';
COMMENT ON COLUMN analysis_run.pairs_possible IS 'Pairs that these servers make.';
COMMENT ON COLUMN analysis_run.pairs_compared IS 'Pairs compared because they share a value; what they share with many others is sampled, never dropped.';
COMMENT ON COLUMN analysis_run.pairs_of_strangers IS 'Random pairs of different owners by which u and dependence were measured.';
COMMENT ON COLUMN analysis_run.blocks IS 'Values that more than one server has.';
COMMENT ON COLUMN analysis_run.sampled_blocks IS 'Of these, values that so many have that not all pairs were compared.';
COMMENT ON COLUMN analysis_run.operator_prior IS 'Probability that two servers drawn at random have one operator, before evidence.';
COMMENT ON COLUMN analysis_run.threshold IS 'Probability from which on a pair is called probably one operator.';
COMMENT ON COLUMN analysis_run.operator_clusters IS 'Groups called probably one operator.';
COMMENT ON COLUMN analysis_run.expected_false_clusters IS 'How many of them the model itself expects to be wrong: the sum of 1 - cluster.posterior over all of them.';
COMMENT ON COLUMN analysis_run.louvain_communities IS 'Louvain communities of the graph of pairs likelier than not. Reported beside the clusters, not used for them.';
COMMENT ON COLUMN analysis_run.louvain_agreement IS 'Adjusted Rand index of these communities with the clusters; null when no pair is likelier than not.';
COMMENT ON COLUMN analysis_run.louvain_would_split IS 'Clusters that these communities would tear apart.';
COMMENT ON COLUMN analysis_run.louvain_would_join IS 'Communities that would join several clusters, or servers of none.';

CREATE TABLE comparison_weight (
  crawl_id INTEGER NOT NULL,
  comparison VARCHAR NOT NULL,
  level VARCHAR NOT NULL,
  question VARCHAR NOT NULL,
  forgeability VARCHAR NOT NULL,
  bundle VARCHAR NOT NULL,
  definition VARCHAR NOT NULL,
  innocent VARCHAR[] NOT NULL,
  m DOUBLE NOT NULL,
  u DOUBLE NOT NULL,
  bits DOUBLE NOT NULL,
  measured BOOLEAN NOT NULL,
  pairs INTEGER NOT NULL,
  depends_on VARCHAR,
  lift DOUBLE
);
COMMENT ON TABLE comparison_weight IS 'One row is one outcome of one comparison of two servers, with what it weighs in one crawl. Level: outcome of a comparison.';
COMMENT ON COLUMN comparison_weight.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN comparison_weight.comparison IS 'What is compared, e.g. donation address.';
COMMENT ON COLUMN comparison_weight.level IS 'What was found, e.g. the same.';
COMMENT ON COLUMN comparison_weight.question IS 'What it is evidence of: same server, same machine, shared infrastructure or same operator.';
COMMENT ON COLUMN comparison_weight.forgeability IS 'How a stranger could bring it about: possession (of a private key), image (of one whose certificate names neither), two-sided (both state it), minting (made at one time), copyable, hosting, backend or software.';
COMMENT ON COLUMN comparison_weight.bundle IS 'Comparisons of one bundle look at one decision of somebody; of those that agree, one counts.';
COMMENT ON COLUMN comparison_weight.definition IS 'When two servers agree in it, in a sentence.';
COMMENT ON COLUMN comparison_weight.innocent IS 'What else explains an agreement.';
COMMENT ON COLUMN comparison_weight.m IS 'P(outcome | the question is answered yes, both values known): documented, and learnt from the crawl by EM.';
COMMENT ON COLUMN comparison_weight.u IS 'P(outcome | strangers, both values known): measured on random pairs or documented. A single value may have its own, see evidence.bits.';
COMMENT ON COLUMN comparison_weight.bits IS 'log2(m / u): above 0 for, below 0 against.';
COMMENT ON COLUMN comparison_weight.measured IS 'u was measured in this crawl, and values by their own frequency over independent owners; else it is documented.';
COMMENT ON COLUMN comparison_weight.pairs IS 'Pairs compared that had this outcome.';
COMMENT ON COLUMN comparison_weight.depends_on IS 'Comparison with which strangers agree together most; null where none makes this one twice as likely.';
COMMENT ON COLUMN comparison_weight.lift IS 'How many times likelier strangers who agree in depends_on agree in this one; null without one.';

CREATE TABLE pair (
  crawl_id INTEGER NOT NULL,
  server_a INTEGER NOT NULL,
  server_b INTEGER NOT NULL,
  same_server DOUBLE NOT NULL,
  same_machine DOUBLE NOT NULL,
  shared_infrastructure DOUBLE NOT NULL,
  same_operator DOUBLE NOT NULL,
  operator_bits DOUBLE NOT NULL,
  hypothesis VARCHAR NOT NULL,
  held_by VARCHAR,
  copier_id INTEGER
);
COMMENT ON TABLE pair IS 'One row is two servers compared, with four separate probabilities. Only pairs of which one is at least 0.02, and those that speak against each other within a cluster; the others compared are below. Level: pair of servers.';
COMMENT ON COLUMN pair.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN pair.server_a IS 'The one server, the smaller number.';
COMMENT ON COLUMN pair.server_b IS 'The other server.';
COMMENT ON COLUMN pair.same_server IS 'Probability that they are one running service.';
COMMENT ON COLUMN pair.same_machine IS 'Probability that they run on one machine.';
COMMENT ON COLUMN pair.shared_infrastructure IS 'Probability that they share a node or proxy; nodes are rented out and relayed, so it says nothing of operators.';
COMMENT ON COLUMN pair.same_operator IS 'Probability that one operator controls both. Held at 0.5 or less without something that a copier cannot have and something else beside it, see held_by.';
COMMENT ON COLUMN pair.operator_bits IS 'Bits for and against one operator that counted, after caps, without the prior.';
COMMENT ON COLUMN pair.hypothesis IS 'What explains the evidence best: same operator, undecided, copies or relays, strangers.';
COMMENT ON COLUMN pair.held_by IS 'Why same_operator was held down, in words; null where it was not.';
COMMENT ON COLUMN pair.copier_id IS 'The server that claims the other''s hosts, or shows a group''s texts, one way only; null without a direction.';

CREATE TABLE evidence (
  crawl_id INTEGER NOT NULL,
  server_a INTEGER NOT NULL,
  server_b INTEGER NOT NULL,
  comparison VARCHAR NOT NULL,
  level VARCHAR NOT NULL,
  value VARCHAR,
  bits DOUBLE NOT NULL,
  counted BOOLEAN NOT NULL,
  reduction VARCHAR,
  detail JSON NOT NULL
);
COMMENT ON TABLE evidence IS 'One row is one outcome of one comparison of a stored pair, with what it weighs. Level: pair of servers.';
COMMENT ON COLUMN evidence.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN evidence.server_a IS 'The one server, the smaller number.';
COMMENT ON COLUMN evidence.server_b IS 'The other server.';
COMMENT ON COLUMN evidence.comparison IS 'What was compared; see comparison_weight for what it is evidence of.';
COMMENT ON COLUMN evidence.level IS 'What was found.';
COMMENT ON COLUMN evidence.value IS 'The value they share, its first 200 characters; null where the outcome has none.';
COMMENT ON COLUMN evidence.bits IS 'What it weighs in this pair: log2(m / u) with the frequency of the value, less what goes along with stronger evidence. Above 0 for, below 0 against.';
COMMENT ON COLUMN evidence.counted IS 'It is in the sum.';
COMMENT ON COLUMN evidence.reduction IS 'Why it weighs less or nothing: same decision, dependent, explained by copying. Null where nothing was taken off.';
COMMENT ON COLUMN evidence.detail IS 'The raw values of both, JSON object.';

ALTER TABLE cluster ADD COLUMN posterior DOUBLE;
COMMENT ON COLUMN cluster.posterior IS 'Probability that all links that hold the group together hold: the product over its strongest links. Null for shared keys, which are seen, not inferred.';
ALTER TABLE cluster ADD COLUMN weakest_link DOUBLE;
COMMENT ON COLUMN cluster.weakest_link IS 'Probability of the weakest of these links. Null for shared keys and equal behaviour, which are seen.';
ALTER TABLE cluster_member ADD COLUMN posterior DOUBLE;
COMMENT ON COLUMN cluster_member.posterior IS 'Probability of its strongest link to another member. Null for shared keys and equal behaviour, which are seen.';

COMMENT ON TABLE cluster IS 'One row is one group of servers, of one kind. Only the kind operator says probably one operator, never certainly; the others say what is shared. Level: group of servers.';
COMMENT ON COLUMN cluster.cluster_id IS 'Number of the group, unique over kinds within the crawl; kept from crawl to crawl of one network by the most endpoints in common.';
COMMENT ON COLUMN cluster.kind IS 'operator (probably one operator), shared infrastructure (a node or proxy), same machine, same behaviour (one software in one configuration) or shared key.';
COMMENT ON COLUMN cluster.evidence IS 'The shared thing itself (a key, a fingerprint), or the comparisons that weigh most.';
COMMENT ON COLUMN cluster.detail IS 'JSON object. Of operators: statement, evidence with raw rows and innocent explanations, what speaks against, what would change the verdict. Null for nothing.';
