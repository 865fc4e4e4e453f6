import { Effect, Schema } from "effect"
import { Database } from "../store/database.ts"

const RunRow = Schema.Struct({ expected_false: Schema.Finite })

/** How many of a crawl's groups the model itself expects to be wrong; null before it was analysed. */
export const readExpectedFalse = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  const [run] = yield* database.rows(
    RunRow,
    "SELECT expected_false_clusters AS expected_false FROM analysis_run WHERE crawl_id = $crawl_id",
    { crawl_id: crawlId }
  )
  return run?.expected_false ?? null
})

const MainRow = Schema.Struct({ value: Schema.Finite, low: Schema.Finite, high: Schema.Finite })

/** Chances of owners to be the main server of one start of the stock wallet over clearnet, the largest first. */
export const readMainOfOneStart = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  return yield* database.rows(
    MainRow,
    `SELECT main_probability AS value, main_low AS low, main_high AS high FROM exposure
    WHERE crawl_id = $crawl_id AND wallet = 'Electrum' AND route = 'clearnet' AND NOT saved_server AND starts = 1
    ORDER BY main_probability DESC, owner LIMIT 5`,
    { crawl_id: crawlId }
  )
})

const StatedRow = Schema.Struct({
  method: Schema.Literals(["Chao", "Chapman"]),
  seen: Schema.Int,
  total: Schema.Finite,
  low: Schema.Finite,
  high: Schema.Finite
})

/** What a crawl stated of its own coverage when it ended, over all network classes; none where too little was captured, or by a version that stated none. */
export const readStatedCoverage = Effect.fnUntraced(function*(crawlId: number) {
  const database = yield* Database
  return yield* database.rows(
    StatedRow,
    `SELECT method, seen, estimated AS total, estimated_low AS low, estimated_high AS high FROM crawl_coverage
    WHERE crawl_id = $crawl_id AND network_class IS NULL AND estimated IS NOT NULL ORDER BY method`,
    { crawl_id: crawlId }
  )
})
