/*
 * The last number given out of each kind, as SQL. What is in an archive only keeps
 * its numbers, so that none is given out twice.
 */

export const lastCrawl = "greatest((SELECT coalesce(max(crawl_id), 0) FROM crawl), (SELECT coalesce(max(crawl_id), 0) FROM archived_crawl))"

export const lastVisit = "greatest((SELECT coalesce(max(visit_id), 0) FROM visit), (SELECT coalesce(max(last_visit_id), 0) FROM archived_crawl))"

export const lastSnapshot = "greatest((SELECT coalesce(max(snapshot_id), 0) FROM snapshot), (SELECT coalesce(max(last_snapshot_id), 0) FROM archived_crawl))"

/** Of the one sequence that several tables share. */
export const lastSequence = `greatest(
  (SELECT coalesce(max(sequence), 0) FROM endpoint_state),
  (SELECT coalesce(max(sequence), 0) FROM probe_due),
  (SELECT coalesce(max(sequence), 0) FROM held_session),
  (SELECT coalesce(max(last_sequence), 0) FROM archived_crawl))`
