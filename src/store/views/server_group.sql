CREATE VIEW server_group AS
SELECT
  s.crawl_id, s.server_id,
  max(k.cluster_id) FILTER (k.kind = 'operator') AS cluster_id,
  max(m.posterior) FILTER (k.kind = 'operator') AS operator_posterior,
  max(k.cluster_id) FILTER (k.kind = 'shared infrastructure') AS backend_id,
  max(k.cluster_id) FILTER (k.kind = 'same machine') AS machine_id,
  max(k.cluster_id) FILTER (k.kind = 'same behaviour') AS behaviour_cluster_id,
  max(co.community) AS community_id
FROM server s
LEFT JOIN cluster_member m ON m.crawl_id = s.crawl_id AND m.server_id = s.server_id
LEFT JOIN cluster k ON k.crawl_id = m.crawl_id AND k.cluster_id = m.cluster_id
LEFT JOIN community co ON co.crawl_id = s.crawl_id AND co.server_id = s.server_id AND co.resolution = 1
GROUP BY s.crawl_id, s.server_id;
COMMENT ON VIEW server_group IS 'One row is one server of any crawl, with its groups: different things, none of which implies another. Level: server.';
COMMENT ON COLUMN server_group.crawl_id IS 'The crawl. Never null.';
COMMENT ON COLUMN server_group.server_id IS 'The server. Never null.';
COMMENT ON COLUMN server_group.cluster_id IS 'Operator cluster: servers probably under one operator, see cluster and operator_posterior. Null for none or when not analysed.';
COMMENT ON COLUMN server_group.operator_posterior IS 'Probability of its strongest link to another server of its operator cluster. Null without one.';
COMMENT ON COLUMN server_group.backend_id IS 'Shared infrastructure: servers behind one node or proxy, which says nothing of who runs them. Null for none or when not analysed.';
COMMENT ON COLUMN server_group.machine_id IS 'Servers probably on one machine. Null for none or when not analysed.';
COMMENT ON COLUMN server_group.behaviour_cluster_id IS 'Servers of one behaviour fingerprint: one software in one configuration. Null for none or when not analysed.';
COMMENT ON COLUMN server_group.community_id IS 'Louvain community of the announcement graph at resolution 1: who lists whom. Null when not analysed, and of servers nobody lists who list nobody.';
