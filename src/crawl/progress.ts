import type { CrawlCoverage } from "../domain/coverage.ts"
import type { CrawlId } from "../store/facts.ts"

/** Where a crawl stands. All counts are endpoints unless the name says otherwise. */
export interface CrawlProgress {
  readonly crawlId: CrawlId
  readonly network: string
  readonly simulated: boolean
  /** Milliseconds since this run began. */
  readonly elapsedMs: number
  /** Visits that ended in this run. */
  readonly visits: number
  readonly known: number
  /** Visited or settled without a visit. */
  readonly done: number
  /** Taken up and not done: being resolved, dialled or asked, or waiting for `--rate` or for another connection to their address or block. */
  readonly inFlight: number
  /** Known and due, waiting for their turn. */
  readonly due: number
  /** Waiting for a later wave. */
  readonly parked: number
  readonly answered: number
  readonly failed: number
  readonly notVisited: number
}

/** Why a crawl ended. */
export type CrawlEnd = "complete" | "limit" | "max time" | "interrupted" | "proxy lost"

export interface CrawlSummary extends CrawlProgress {
  readonly end: CrawlEnd
  /** Visits by reason, most frequent first. */
  readonly reasons: ReadonlyArray<readonly [reason: string, visits: number]>
  /** Endpoints without a visit by reason, most frequent first. */
  readonly notVisitedReasons: ReadonlyArray<readonly [reason: string, endpoints: number]>
  /** Servers joined from endpoints that answered on this chain (level: server). */
  readonly serversAnswered: number
  /** What the crawl may have missed, by network class; empty where it was not finished. */
  readonly coverage: ReadonlyArray<CrawlCoverage>
  /** Endpoints dropped beyond every bound; neither stored nor dialled. */
  readonly uncounted: number
  /** Advertisements and endpoints left out by the opt-out list. */
  readonly excluded: number
  /** Nothing answered and nothing could even be resolved or routed: probably no network here. */
  readonly looksOffline: boolean
  /** What kept us from dialling most often, e.g. `no Tor`; null when nothing did. */
  readonly lack: string | null
}
