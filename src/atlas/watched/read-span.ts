import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import type { CrawlRow } from "../shapes/crawl.ts"
import type { WatchedWindow } from "../shapes/watched-words.ts"

/** What of a watch is shown with a crawl. Times in milliseconds since 1970. */
export interface WatchedSpan {
  readonly network: string
  readonly vantage: string
  readonly from: number
  /** The last look. */
  readonly until: number
}

/** A span as the parameters of queries: the whole milliseconds that hold it. */
export const spanParameters = ({ from, network, until, vantage }: WatchedSpan) =>
  ({ network, vantage, from: Math.floor(from), until: Math.ceil(until) })

const SpanRow = Schema.Struct({ vantage: Schema.String, since: Schema.Finite, until: Schema.Finite })

/**
 * The looks that belong to the time of a crawl end where the next finished crawl of
 * its kind begins, so that an old crawl shows what was known then. Who merged several
 * observers' files sees the watch that looked last, where none has the crawl's vantage.
 */
const sql = `
  WITH after AS (
    SELECT min(started_at) AS began FROM crawl
    WHERE kind = 'crawl' AND state = 'finished' AND network = $network AND vantage = $vantage AND crawl_id > $crawl_id
      AND started_at > (SELECT started_at FROM crawl WHERE crawl_id = $crawl_id)
  )
  SELECT c.vantage, epoch_ms(min(s.seen_at))::DOUBLE AS since, epoch_ms(max(s.seen_at))::DOUBLE AS until
  FROM sighting s JOIN crawl c USING (crawl_id)
  WHERE c.network = $network AND s.seen_at < coalesce((SELECT began FROM after), TIMESTAMP 'infinity')
  GROUP BY c.vantage ORDER BY c.vantage = $vantage DESC, until DESC LIMIT 1`

const day = 24 * 3_600_000
const lengths: Readonly<Record<WatchedWindow, number>> = { day, week: 7 * day, month: 30 * day, all: Number.POSITIVE_INFINITY }

/** The watched time that is shown with a crawl; null where nobody watched its network. */
export const readWatchedSpan = Effect.fnUntraced(function*({ crawlId, network, vantage }: CrawlRow, window: WatchedWindow) {
  const database = yield* Database
  const [row] = yield* database.rows(SpanRow, sql, { crawl_id: crawlId, network, vantage })
  if (row === undefined) return null
  const span: WatchedSpan = { network, vantage: row.vantage, until: row.until, from: Math.max(row.since, row.until - lengths[window]) }
  return span
})

/** A time as answers have it. */
export const isoOf = (ms: number): string => new Date(ms).toISOString()
