import { isUrl } from "../discovery/fetch-list.ts"
import type { Collection } from "../discovery/sources/collect.ts"
import type { Source } from "../domain/advertisement.ts"
import { tallied } from "../domain/tallied.ts"
import type { AdvertisedFact, CollectedFact } from "../store/facts.ts"

/** What a crawl begins with: what was said, and how it was collected. */
export interface CrawlSeeds {
  readonly said: ReadonlyArray<AdvertisedFact>
  readonly collected: ReadonlyArray<CollectedFact>
}

const collectedFact = ({ said, ...collection }: Collection): CollectedFact => ({
  _tag: "collected",
  source: collection.source,
  startedAt: collection.startedAt,
  endedAt: collection.endedAt,
  outcome: collection.outcome,
  reason: collection.reason,
  detail: collection.detail,
  announcements: said.reduce((sum, { advertisements }) => sum + advertisements.length, 0),
  dropped: collection.dropped,
  dated: collection.dated,
  sha256: collection.sha256
})

/** Collected sources as facts; what was said keeps who said it and when. */
export const crawlSeedsOf = (collections: ReadonlyArray<Collection>): CrawlSeeds => ({
  said: collections.flatMap(({ said }) => said.map(({ advertisements, at, by, dropped }): AdvertisedFact => ({
    _tag: "advertised",
    source: by,
    at,
    timesAsked: 1,
    entries: tallied(advertisements),
    dropped
  }))),
  collected: collections.map(collectedFact)
})

/**
 * Whether a source is the user's own word: only that leads to ports nobody
 * expects Electrum on, and is followed without a bound of its own. What others
 * write into channels, pages and lists at addresses is not.
 */
export const isUsersOwn = ({ kind, name }: Source): boolean =>
  kind === "user" || kind === "scan" || kind === "database" || (kind === "list" && !isUrl(name))

/** What speakers of one source said, together: for the frontier they are one voice. */
export const bySource = (said: ReadonlyArray<AdvertisedFact>): ReadonlyArray<ReadonlyArray<AdvertisedFact>> =>
  [...Map.groupBy(said, ({ source }) => `${source.kind} ${source.name}`).values()]
