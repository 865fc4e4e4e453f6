import { Effect, Schema } from "effect"
import { Atlas } from "../../atlas/atlas.ts"
import type { CrawlRow } from "../../atlas/shapes/crawl.ts"
import { Database } from "../../store/database.ts"
import { ReportError } from "../report-error.ts"
import { changesBetween, type ComparedServer, type CrawlChange } from "./crawl-change.ts"

const ShownRow = Schema.Struct({
  server_id: Schema.Int,
  endpoints: Schema.Array(Schema.Int),
  keys: Schema.Array(Schema.String)
})

/** The servers of a crawl as the atlas shows them, with their endpoints and keys. */
const readCompared = Effect.fnUntraced(function*(crawlId: number) {
  const atlas = yield* Atlas
  const database = yield* Database
  const rows = yield* database.rows(
    ShownRow,
    `SELECT se.server_id, list_sort(list(DISTINCT se.endpoint_id)) AS endpoints,
      list_sort(coalesce(list(DISTINCT x.spki_sha256) FILTER (x.spki_sha256 IS NOT NULL), [])) AS keys
    FROM server_endpoint se
    LEFT JOIN visit v ON v.crawl_id = se.crawl_id AND v.endpoint_id = se.endpoint_id AND v.kind = 'regular'
    LEFT JOIN tls_session t ON t.visit_id = v.visit_id
    LEFT JOIN certificate x ON x.sha256 = t.certificate_sha256
    WHERE se.crawl_id = $crawl_id
    GROUP BY se.server_id`,
    { crawl_id: crawlId }
  )
  const shown = new Map(rows.map((row) => [row.server_id, row]))
  return (yield* atlas.servers(crawlId)).map((row): ComparedServer => {
    const one = shown.get(row.serverId)
    return { row, endpoints: one?.endpoints ?? [], keys: one?.keys ?? [] }
  })
})

/** What changed between two crawls of one network, the earlier one first whichever was named. Fails with `not comparable`. */
export const readChange = Effect.fn("readChange")(function*(crawl: CrawlRow, compareWith: number) {
  const atlas = yield* Atlas
  const other = yield* atlas.crawl(compareWith)
  if (other.network !== crawl.network || other.crawlId === crawl.crawlId) {
    return yield* new ReportError({
      reason: "not comparable",
      message: other.crawlId === crawl.crawlId
        ? `Crawl ${crawl.crawlId} cannot be compared with itself.`
        : `Crawl ${other.crawlId} is of ${other.network}, crawl ${crawl.crawlId} of ${crawl.network}.`
    })
  }
  const [before, after] = other.crawlId < crawl.crawlId ? [other, crawl] : [crawl, other]
  const said = ({ counts, crawlId, startedAt, vantage }: CrawlRow): CrawlChange["before"] => ({ crawlId, startedAt, vantage, answered: counts.serversReachable })
  return changesBetween(said(before), said(after), yield* readCompared(before.crawlId), yield* readCompared(after.crawlId))
})
