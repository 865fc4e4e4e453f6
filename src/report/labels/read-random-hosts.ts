import { Effect, Schema } from "effect"
import { Database } from "../../store/database.ts"
import type { RandomHosts } from "./match-labels.ts"

const HostRow = Schema.Struct({
  address: Schema.String,
  asn: Schema.NullOr(Schema.Int),
  org: Schema.NullOr(Schema.String),
  names: Schema.Array(Schema.String),
  told: Schema.Boolean,
  day: Schema.String
})

/** The sample of random hosts that a crawl's servers are compared with; null where none was drawn, or no name server answered. */
export const readRandomHosts = Effect.fn("readRandomHosts")(function*(crawlId: number) {
  const database = yield* Database
  const rows = yield* database.rows(
    HostRow,
    `SELECT address, asn, org, names, reason IS NULL OR reason = 'no data' AS told, strftime(max(looked_up_at) OVER (), '%Y-%m-%d') AS day
     FROM random_host WHERE crawl_id = $crawl_id ORDER BY address`,
    { crawl_id: crawlId }
  )
  const told = rows.filter((row) => row.told)
  const hosts: RandomHosts | null = told.length === 0 ? null : { hosts: told, date: told[0]!.day }
  return hosts
})
