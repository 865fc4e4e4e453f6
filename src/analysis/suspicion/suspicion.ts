import type { TableRows } from "../../store/database.ts"
import type { CrawlId } from "../../store/facts.ts"
import { type IndicatorTable, shippedIndicators } from "./indicator-table.ts"
import type { ReadEvidence } from "./read-evidence.ts"
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
 * Score the servers of a crawl, of which evidence was read. `relations` is what
 * linkage knows of them; without it nobody is in a fleet, and who shares an
 * address or a domain is no stranger all the same.
 */
export const suspicionOf = (
  crawlId: CrawlId,
  { crawl, servers, unjudged }: ReadEvidence,
  relations: Relations = noRelations,
  table: IndicatorTable = shippedIndicators
): CrawlSuspicion => {
  const scored = crawl === null ? [] : suspicions(crawl, servers, relations, table)
  return {
    suspicions: scored,
    tables: suspicionRows(crawlId, scored, unjudged, crawl?.simulated ?? false)
  }
}
