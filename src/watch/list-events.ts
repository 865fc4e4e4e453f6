import type { WatchEvent } from "../domain/watch.ts"

/** How many servers' lists named a watched server's host in one finished crawl. Times in milliseconds since 1970. */
export interface Listing {
  readonly endpoint: string
  readonly startedAt: number
  readonly endedAt: number
  readonly listers: number
}

/** Lists are random subsets: that fewer name a server no more says little, that none of so many does is a change. */
const leastListers = 3

/**
 * Who came onto lists, and who is on none any more, from one crawl to the next.
 *
 * @param listings of several crawls, ascending by time
 */
export const listEvents = (listings: ReadonlyArray<Listing>): ReadonlyArray<WatchEvent> =>
  [...Map.groupBy(listings, ({ endpoint }) => endpoint)].flatMap(([endpoint, all]) =>
    all.flatMap((now, i): ReadonlyArray<WatchEvent> => {
      const before = all[i - 1]
      if (before === undefined) return []
      const kind = before.listers === 0 && now.listers > 0
        ? "listed"
        : before.listers >= leastListers && now.listers === 0 ? "unlisted" : null
      return kind === null ? [] : [{
        endpoint,
        kind,
        earliest: before.startedAt,
        latest: now.endedAt,
        before: `${before.listers} lists`,
        after: `${now.listers} lists`,
        cause: null,
        detail: null
      }]
    }))
