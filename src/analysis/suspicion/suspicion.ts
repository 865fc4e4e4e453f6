import { Effect } from "effect"
import type { TableRows } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { type IndicatorTable, shippedIndicators } from "./indicator-table.ts"
import { readEvidence } from "./read-evidence.ts"
import { noRelations, type Relations } from "./relations.ts"
import { type Suspicion, suspicions } from "./score.ts"
import { suspicionRows } from "./suspicion-rows.ts"

/** The scores of a crawl's servers. */
export interface CrawlSuspicion {
  readonly suspicions: ReadonlyArray<Suspicion>
  /** Rows of tables `indicator` and `suspicion`. */
  readonly tables: ReadonlyArray<TableRows>
}

/**
 * Score the servers of a crawl. `relations` is what linkage knows of them;
 * without it nobody is in a fleet, and who shares an address or a domain is no
 * stranger all the same. Fails with `StoreError` when the file cannot be read.
 */
export const suspicionOf = Effect.fnUntraced(function*(
  crawlId: CrawlId,
  relations: Relations = noRelations,
  table: IndicatorTable = shippedIndicators
) {
  const { crawl, servers, unjudged } = yield* readEvidence(crawlId)
  const scored = crawl === null ? [] : suspicions(crawl, servers, relations, table)
  const result: CrawlSuspicion = {
    suspicions: scored,
    tables: suspicionRows(crawlId, scored, unjudged, crawl?.simulated ?? false)
  }
  return result
})
