import type { CrawlId } from "../store/facts.ts"

/** What became of deep visits that were due. Level: server, one visit each. */
export interface DueSummary {
  /** The run they are stored under; null when none was made. */
  readonly runId: CrawlId | null
  /** Answered, and tried without an answer. */
  readonly answered: number
  readonly failed: number
  /** Put off by the cost ledger, a back-off, what our own side lacks, or not finished in a visit's time. */
  readonly postponed: number
  /** On an opt-out list. */
  readonly dropped: number
  /** Not due yet, those put off among them. */
  readonly waiting: number
  /** When the earliest of these is due, milliseconds since 1970; null for none. */
  readonly nextDueAt: number | null
  /** Due, but their crawl went through a proxy and this one does not, or the other way round. */
  readonly otherWay: number
}
