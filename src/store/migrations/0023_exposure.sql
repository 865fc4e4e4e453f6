-- What operators would see of wallets.

CREATE TABLE exposure (
  crawl_id INTEGER NOT NULL,
  wallet VARCHAR NOT NULL,
  route VARCHAR NOT NULL,
  saved_server BOOLEAN NOT NULL,
  starts INTEGER NOT NULL,
  owner VARCHAR NOT NULL,
  cluster_id INTEGER,
  server_id INTEGER,
  servers INTEGER NOT NULL,
  posterior DOUBLE,
  main_probability DOUBLE NOT NULL,
  main_low DOUBLE NOT NULL,
  main_high DOUBLE NOT NULL,
  main_error DOUBLE NOT NULL,
  connected_probability DOUBLE NOT NULL,
  connected_low DOUBLE NOT NULL,
  connected_high DOUBLE NOT NULL,
  connected_error DOUBLE NOT NULL,
  lives INTEGER,
  switches_per_start INTEGER,
  basis VARCHAR NOT NULL,
  recommendation VARCHAR NOT NULL
);
COMMENT ON TABLE exposure IS 'One row is what one owner (servers that are probably one operator''s, or a server in no such group) would come to see of one kind of wallet. Model output, from the wallet''s own rules of choosing servers and one crawl: no accusation, anybody who runs servers sees this. Level: operator (probable) or server.';
COMMENT ON COLUMN exposure.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN exposure.wallet IS 'Electrum: ten connections, one of them the main server; one server: a wallet that knows one public server at a time.';
COMMENT ON COLUMN exposure.route IS 'clearnet: without Tor, onions cannot be used; tor: everything through Tor, the wallet''s rule of one server per /16 is void.';
COMMENT ON COLUMN exposure.saved_server IS 'True: the user once saved a main server, drawn from the usable ones of the list. False: every start draws one anew, as the wallet does by default.';
COMMENT ON COLUMN exposure.starts IS 'After so many starts of the wallet.';
COMMENT ON COLUMN exposure.owner IS 'A name to show: a host, or the number of the cluster with one of its hosts.';
COMMENT ON COLUMN exposure.cluster_id IS 'The cluster; null for a server in none.';
COMMENT ON COLUMN exposure.server_id IS 'The server; null for a cluster, and for a listed host that the crawl does not know.';
COMMENT ON COLUMN exposure.servers IS 'Servers of it that a wallet may choose.';
COMMENT ON COLUMN exposure.posterior IS 'Probability that the cluster is one operator''s, 0 to 1; null for a server in none.';
COMMENT ON COLUMN exposure.main_probability IS 'Probability that it was the main server at least once: it was asked about every address of the wallet. Mean over whether the cluster is one operator''s; where it is not, the most that one of its servers sees.';
COMMENT ON COLUMN exposure.main_low IS 'Lower 95 % limit, over the cluster''s posterior and the error of simulating.';
COMMENT ON COLUMN exposure.main_high IS 'Upper 95 % limit.';
COMMENT ON COLUMN exposure.main_error IS 'Standard error of main_probability that comes from simulating only so many lives; 0 where it is computed.';
COMMENT ON COLUMN exposure.connected_probability IS 'Probability that a connection was made to it at least once: it saw the IP address (through Tor that of an exit or circuit), the wallet''s name and version, and when it is on. Connections that the wallet ends at once for its rule of spread count.';
COMMENT ON COLUMN exposure.connected_low IS 'Lower 95 % limit.';
COMMENT ON COLUMN exposure.connected_high IS 'Upper 95 % limit.';
COMMENT ON COLUMN exposure.connected_error IS 'Standard error of connected_probability, as main_error.';
COMMENT ON COLUMN exposure.lives IS 'Wallets simulated; null where the figure is computed.';
COMMENT ON COLUMN exposure.switches_per_start IS 'How often the main server was exchanged within a session; with 0 the figure is a lower bound. Null where the figure is computed.';
COMMENT ON COLUMN exposure.basis IS 'Always: model output.';
COMMENT ON COLUMN exposure.recommendation IS 'What follows from the figure for users and for developers of wallets.';

CREATE TABLE selection_policy (
  crawl_id INTEGER NOT NULL,
  policy VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  route VARCHAR NOT NULL,
  starts INTEGER NOT NULL,
  shows_ip BOOLEAN NOT NULL,
  served DOUBLE NOT NULL,
  all_scripts DOUBLE NOT NULL,
  all_scripts_low DOUBLE NOT NULL,
  all_scripts_high DOUBLE NOT NULL,
  share_of_scripts DOUBLE NOT NULL,
  share_of_scripts_low DOUBLE NOT NULL,
  share_of_scripts_high DOUBLE NOT NULL,
  connected DOUBLE NOT NULL,
  connected_low DOUBLE NOT NULL,
  connected_high DOUBLE NOT NULL,
  best_informed VARCHAR,
  owners_asked DOUBLE NOT NULL,
  basis VARCHAR NOT NULL,
  recommendation VARCHAR NOT NULL
);
COMMENT ON TABLE selection_policy IS 'One row is one rule by which a wallet could choose servers, with what the best informed owner would learn under it. Model output. Level: operator (probable) or server.';
COMMENT ON COLUMN selection_policy.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN selection_policy.policy IS 'Name of the rule; today is Electrum''s own.';
COMMENT ON COLUMN selection_policy.title IS 'What such a wallet does, after "a wallet that".';
COMMENT ON COLUMN selection_policy.route IS 'clearnet or tor.';
COMMENT ON COLUMN selection_policy.starts IS 'After so many starts, without a saved server.';
COMMENT ON COLUMN selection_policy.shows_ip IS 'Servers see the wallet''s IP address.';
COMMENT ON COLUMN selection_policy.served IS 'Share of wallets that find a server at all, 0 to 1.';
COMMENT ON COLUMN selection_policy.all_scripts IS 'Probability that the owner who gets most was asked about every script of the wallet.';
COMMENT ON COLUMN selection_policy.all_scripts_low IS 'Lower 95 % limit, over the posteriors of clusters and the error of simulating.';
COMMENT ON COLUMN selection_policy.all_scripts_high IS 'Upper 95 % limit.';
COMMENT ON COLUMN selection_policy.share_of_scripts IS 'Mean share of the scripts that the owner who gets most was asked about, 0 to 1.';
COMMENT ON COLUMN selection_policy.share_of_scripts_low IS 'Lower 95 % limit.';
COMMENT ON COLUMN selection_policy.share_of_scripts_high IS 'Upper 95 % limit.';
COMMENT ON COLUMN selection_policy.connected IS 'Probability that the owner who meets most wallets was connected to.';
COMMENT ON COLUMN selection_policy.connected_low IS 'Lower 95 % limit.';
COMMENT ON COLUMN selection_policy.connected_high IS 'Upper 95 % limit.';
COMMENT ON COLUMN selection_policy.best_informed IS 'Who gets the largest share of scripts if every probable cluster is one operator''s; null when nobody gets any.';
COMMENT ON COLUMN selection_policy.owners_asked IS 'Mean number of owners that are asked about some script.';
COMMENT ON COLUMN selection_policy.basis IS 'Always: model output.';
COMMENT ON COLUMN selection_policy.recommendation IS 'What follows from comparing it with the rule of today.';

CREATE TABLE concentration (
  crawl_id INTEGER NOT NULL,
  level VARCHAR NOT NULL,
  dimension VARCHAR NOT NULL,
  counted INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  value_groups INTEGER NOT NULL,
  largest VARCHAR,
  largest_share DOUBLE NOT NULL,
  hhi DOUBLE NOT NULL,
  hhi_low DOUBLE NOT NULL,
  hhi_high DOUBLE NOT NULL,
  hhi_if_servers_apart DOUBLE NOT NULL,
  nakamoto DOUBLE NOT NULL,
  nakamoto_low DOUBLE NOT NULL,
  nakamoto_high DOUBLE NOT NULL,
  nakamoto_if_servers_apart DOUBLE NOT NULL,
  recommendation VARCHAR NOT NULL
);
COMMENT ON TABLE concentration IS 'One row is how concentrated the confirmed servers of a crawl, or their probable operators, are in one respect. Level: as the column level says, server or operator (probable).';
COMMENT ON COLUMN concentration.crawl_id IS 'Crawl analysed.';
COMMENT ON COLUMN concentration.level IS 'server: every server counts once, spread over its values. operator: every probable operator counts once, spread over its servers.';
COMMENT ON COLUMN concentration.dimension IS 'operator, asn, cloud region (cloud and country, elsewhere system and country), country, software, or bucket (/16 or /48).';
COMMENT ON COLUMN concentration.counted IS 'Servers or probable operators of which the value is known.';
COMMENT ON COLUMN concentration.unknown IS 'Those of which it is not.';
COMMENT ON COLUMN concentration.value_groups IS 'Different values.';
COMMENT ON COLUMN concentration.largest IS 'The value that most have, every cluster taken as one operator; null when none is known.';
COMMENT ON COLUMN concentration.largest_share IS 'Its share of what is known, 0 to 1.';
COMMENT ON COLUMN concentration.hhi IS 'Herfindahl-Hirschman index of what is known: the sum of squared shares, 0 to 1 (times 10,000 as economists write it). Mean over draws of the clusters.';
COMMENT ON COLUMN concentration.hhi_low IS 'Lower 95 % limit over draws of the clusters, the unknown all apart where that makes it lower.';
COMMENT ON COLUMN concentration.hhi_high IS 'Upper 95 % limit, the unknown all in the largest group where that makes it higher.';
COMMENT ON COLUMN concentration.hhi_if_servers_apart IS 'The index if every server were its own operator. For dimension operator a lower bound, whatever clusters are.';
COMMENT ON COLUMN concentration.nakamoto IS 'Nakamoto coefficient of what is known: the least number of groups that together have more than half. Mean over draws of the clusters.';
COMMENT ON COLUMN concentration.nakamoto_low IS 'Lower 95 % limit, as hhi_low.';
COMMENT ON COLUMN concentration.nakamoto_high IS 'Upper 95 % limit, as hhi_high.';
COMMENT ON COLUMN concentration.nakamoto_if_servers_apart IS 'The coefficient if every server were its own operator. For dimension operator the most that it can be, whatever clusters are.';
COMMENT ON COLUMN concentration.recommendation IS 'What follows from the figure.';
