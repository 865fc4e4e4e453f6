/** What analysis makes of a crawl, in place of what an earlier one made; each table has a column `crawl_id`. */
export const analysedTables: ReadonlySet<string> = new Set([
  "analysis_run", "behaviour_vector", "cluster", "cluster_member", "community", "comparison_weight", "concentration", "evidence", "exposure",
  "graph_layout", "graph_place", "indicator", "pair", "selection_policy", "suspicion"
])
