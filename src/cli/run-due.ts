import { Clock, Effect, Layer } from "effect"
import { DueProbes, type DueRun } from "../crawl/due-probes.ts"
import type { DueSummary } from "../crawl/due-summary.ts"
import type { Connection } from "./connection.ts"
import { Output } from "./output.ts"

/** Least milliseconds between two lines of progress. */
const progressEveryMs = 5000

/** Makes the deep visits that are due, with a line of progress now and then. Shared by `probe` and `crawl`. */
export const runDue = Effect.fnUntraced(function*(
  run: Omit<DueRun, "onProgress" | "vantage">,
  { layer, vantage }: Connection,
  quiet: boolean
) {
  const output = yield* Output
  let toldAt = Number.NEGATIVE_INFINITY
  const onProgress = Effect.fnUntraced(function*(done: number, of: number) {
    const now = yield* Clock.currentTimeMillis
    if (quiet || (now - toldAt < progressEveryMs && done < of)) return
    toldAt = now
    yield* output.stderr(`Deep visits: ${done} of ${of} done.\n`)
  })
  const summary: DueSummary = yield* Effect.flatMap(DueProbes, (probes) => probes.run({ ...run, vantage, onProgress })).pipe(
    Effect.provide(Layer.provide(DueProbes.layer, layer))
  )
  return summary
})
