import type { CollectedFact } from "./facts.ts"
import type { RowOf } from "./tables.ts"
import { count, timestamp, timestampOrNull } from "./to-duckdb.ts"

/** How a source was collected, as its row. */
export const collectionRow = (
  fact: CollectedFact,
  ids: { readonly crawl: number; readonly source: number }
): RowOf<"collection"> => ({
  crawl_id: ids.crawl,
  source_id: ids.source,
  started_at: timestamp(fact.startedAt),
  ended_at: timestamp(fact.endedAt),
  outcome: fact.outcome,
  reason: fact.reason,
  detail: fact.detail,
  announcements: count(fact.announcements),
  dropped: count(fact.dropped),
  dated_at: timestampOrNull(fact.dated),
  sha256: fact.sha256
})
