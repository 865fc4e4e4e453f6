import type { CrawlSettings } from "../crawl/settings.ts"
import type { HoldRules, RevisitRules } from "./schedule.ts"

/** How a network is watched; times in milliseconds of the stamps. Stored with each run. */
export interface WatchSettings {
  /** Of the crawls that find servers. */
  readonly crawl: CrawlSettings
  /** From the start of one such crawl to the next. */
  readonly crawlEveryMs: number
  readonly revisit: RevisitRules
  readonly hold: HoldRules
  /** Servers to which a connection is held; the others are visited again and again. */
  readonly sentinels: number
  /** From one aligned snapshot to the next; null: none is taken. */
  readonly snapshotEveryMs: number | null
  /** How often events, reliability and identities are worked out anew. */
  readonly deriveEveryMs: number
  /** A server that has been gone for so long is left to the crawls. */
  readonly forgetAfterMs: number
  /** Milliseconds of the stamps for each of the clock; 1 but on simulated networks. */
  readonly timeScale: number
}

const hour = 3_600_000

export const defaultWatchTimes = {
  crawlEveryMs: 24 * hour,
  snapshotEveryMs: null,
  deriveEveryMs: hour / 4,
  forgetAfterMs: 14 * 24 * hour
} as const
