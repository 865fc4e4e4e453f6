import { Effect, Schema } from "effect"
import type { AnalysedCrawl } from "../analysis/analysis-input.ts"
import { dataLicence } from "../domain/licence.ts"
import { Database } from "../store/database.ts"
import { version } from "../version.ts"

/** What every exported file says of itself. */
export interface About {
  readonly crawl_id: number
  readonly network: string
  /** Invented behaviour: no finding about real servers. */
  readonly simulated: boolean
  /** Of the program that made the crawl. */
  readonly code_version: string
  readonly licence: string
}

/** The same, and what a reader of the files needs to cite them; for the file beside. */
export interface Provenance extends About {
  readonly crawl_started_at: string
  readonly crawl_ended_at: string | null
  readonly analysed_at: string | null
  readonly vantage: string
  /** Of the program that wrote the file. */
  readonly exported_by: string
  /** public: what the note on withholding keeps back is not in it; local: everything is. */
  readonly audience: "public" | "local"
}

const CrawlRow = Schema.Struct({
  started_at: Schema.String,
  ended_at: Schema.NullOr(Schema.String),
  analysed_at: Schema.NullOr(Schema.String),
  vantage: Schema.String,
  code_version: Schema.String
})

/** What exports of a crawl say of themselves. Of one database they say the same whenever they are made. */
export const readProvenance = Effect.fnUntraced(function*(crawl: AnalysedCrawl, audience: Provenance["audience"]) {
  const database = yield* Database
  const [row] = yield* database.rows(
    CrawlRow,
    `SELECT c.started_at, c.ended_at, a.analysed_at, c.vantage, c.code_version
    FROM crawl c LEFT JOIN analysis_run a USING (crawl_id) WHERE c.crawl_id = $crawl_id`,
    { crawl_id: crawl.crawl_id }
  )
  const provenance: Provenance = {
    crawl_id: crawl.crawl_id,
    network: crawl.network,
    simulated: crawl.simulated,
    code_version: row!.code_version,
    licence: dataLicence,
    crawl_started_at: row!.started_at,
    crawl_ended_at: row!.ended_at,
    analysed_at: row!.analysed_at,
    vantage: row!.vantage,
    exported_by: `electrum-observatory ${version}`,
    audience
  }
  return provenance
})

/** The part that stands in every row. */
export const aboutOf = ({ code_version, crawl_id, licence, network, simulated }: Provenance): About =>
  ({ crawl_id, network, simulated, code_version, licence })

/** The sentence at the head of everything simulated; null where nothing is. */
export const simulatedSentence = ({ network, simulated }: Pick<About, "network" | "simulated">): string | null =>
  simulated ? `SIMULATED: ${network} is an invented network; nothing in here is a finding about real servers.` : null
