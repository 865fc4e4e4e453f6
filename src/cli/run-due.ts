import { Clock, Effect, Layer } from "effect"
import { DueProbes, type DueRun } from "../crawl/due-probes.ts"
import type { DueSummary } from "../crawl/due-summary.ts"
import type { CrawlSettings } from "../crawl/settings.ts"
import { version } from "../version.ts"
import type { Connection } from "./connection.ts"
import { Output } from "./output.ts"

/** Least milliseconds between two lines of progress. */
const progressEveryMs = 5000

/** Makes the deep visits that are due, with a line of progress now and then. */
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

/** The deep visits that are due after a crawl, made by its settings; null where these want none. Shared by `crawl` and `watch`. */
export const runDueAfterCrawl = Effect.fnUntraced(function*(
  { settings, ...run }: Pick<DueRun, "chain" | "exclusions" | "exclude" | "ledger"> & { readonly settings: CrawlSettings },
  connection: Connection,
  quiet: boolean
) {
  if (settings.fingerprint === "off") return null
  const { clientName, concurrency, drainMs, perBlock, rate } = settings
  return yield* runDue({ ...run, codeVersion: version, choice: "usual", clientName, concurrency, drainMs, perBlock, rate }, connection, quiet)
})
