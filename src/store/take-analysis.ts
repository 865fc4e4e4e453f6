import type { DuckDBConnection } from "@duckdb/node-api"
import { Effect } from "effect"
import { analysedTables } from "./analysed-tables.ts"
import { identifier, literal, run } from "./duckdb.ts"
import type { CrawlId } from "./facts.ts"
import type { StoreError } from "./store-error.ts"
import { inTransaction } from "./together.ts"

/** Name under which the copy is attached. */
const copyName = "analysed_copy"

/**
 * Takes what was found about a crawl on a copy of a database, in place of what the
 * database has of it: all of it or nothing.
 */
export const takeAnalysis = Effect.fn("takeAnalysis")(function*(
  connection: DuckDBConnection,
  copy: string,
  crawlId: CrawlId
): Effect.fn.Return<void, StoreError> {
  const doing = `Cannot take the analysis of crawl ${crawlId}`
  const command = (sql: string, parameters?: Parameters<typeof run>[4]) => run(connection, "write failed", doing, sql, parameters)
  yield* command(`ATTACH ${literal(copy)} AS ${copyName} (READ_ONLY)`)
  yield* inTransaction(connection, doing, Effect.forEach([...analysedTables], (table) =>
    Effect.andThen(
      command(`DELETE FROM ${identifier(table)} WHERE crawl_id = $crawlId`, { crawlId }),
      command(`INSERT INTO ${identifier(table)} BY NAME SELECT * FROM ${copyName}.${identifier(table)} WHERE crawl_id = $crawlId`, { crawlId })
    ), { discard: true })).pipe(
    Effect.ensuring(Effect.ignore(command(`DETACH ${copyName}`)))
  )
})
