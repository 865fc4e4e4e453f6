import { Effect, type FileSystem, type Layer } from "effect"
import type { HttpClient } from "effect/http"
import { CrawlError } from "../crawl/crawl-error.ts"
import { Crawler } from "../crawl/crawler.ts"
import type { CrawlSettings } from "../crawl/settings.ts"
import { type Exclusions, noExclusions } from "../discovery/exclude.ts"
import { readExclusions } from "../discovery/read-exclusions.ts"
import type { SeedList } from "../discovery/seeds.ts"
import type { Chain } from "../domain/chain.ts"
import type { Visitor } from "../probe/visitor.ts"
import type { AdvertisedFact } from "../store/facts.ts"
import { Store, type Vantage } from "../store/store.ts"
import type { Dialer } from "../transport/dialer.ts"
import { version } from "../version.ts"
import { crawlSummaryText } from "./crawl-summary.ts"
import { Output } from "./output.ts"
import { makeProgressDisplay } from "./progress-display.ts"

export interface RunCrawl {
  readonly db: string
  readonly chain: Chain
  readonly vantage: Vantage
  readonly progress: "auto" | "plain" | "json" | "off"
  readonly dialling: Layer.Layer<Dialer | Visitor>
  /** Null: go on with the newest unfinished crawl. */
  readonly fresh: { readonly settings: CrawlSettings; readonly seeds: ReadonlyArray<SeedList> } | null
}

/** Runs one crawl with progress and prints its summary. Shared by `crawl` and `demo`. */
export const runCrawl = Effect.fnUntraced(function*(run: RunCrawl) {
  const output = yield* Output
  const services = yield* Effect.context<Output | FileSystem.FileSystem | HttpClient.HttpClient>()
  const display = yield* makeProgressDisplay(output.progress(run.progress))
  const context = {
    chain: run.chain,
    vantage: run.vantage,
    codeVersion: version,
    readExclusions: (sources: ReadonlyArray<string>) => Effect.provideContext(readAll(sources), services),
    onProgress: display.onProgress
  }
  const at = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
  const fresh = run.fresh
  const summary = yield* Effect.flatMap(Crawler, (crawler) =>
    fresh === null
      ? crawler.resume(context)
      : crawler.start({ ...context, settings: fresh.settings, seeds: fresh.seeds.map((list) => factOf(list, at)) })).pipe(
        Effect.provide(Crawler.layer),
        Effect.provide(run.dialling),
        Effect.provide(Store.layer(run.db)),
        Effect.scoped,
        Effect.ensuring(display.clear),
        Effect.onInterrupt(() => output.stderr(
          `Interrupted; what was seen is saved. Go on with: observatory crawl --resume --network ${run.chain.name} --db ${run.db}\n`
        ))
      )
  yield* run.progress === "json"
    ? output.stdout(`${JSON.stringify({ type: "summary", ...summary })}\n`)
    : output.stdout(crawlSummaryText(summary, output.style, run.db))
  if (summary.looksOffline) {
    return yield* new CrawlError({
      reason: "no network",
      message: `Nothing could be resolved or reached${
        summary.lack === null ? "" : ` (${summary.lack})`
      }: this machine seems to have no network, or no seed exists.`
    })
  }
  return summary
})

const factOf = (list: SeedList, at: number): AdvertisedFact => ({
  _tag: "advertised",
  source: list.source,
  at,
  timesAsked: 1,
  entries: list.advertisements.map((advertisement) => ({ advertisement, times: 1 })),
  dropped: list.dropped
})

const readAll = Effect.fnUntraced(function*(sources: ReadonlyArray<string>) {
  const output = yield* Output
  let merged: Exclusions = noExclusions
  for (const source of sources) {
    const list = yield* readExclusions(source)
    for (const line of list.unreadable) yield* output.stderr(`${source}: cannot read the opt-out entry ${line}\n`)
    const earlier = merged
    merged = {
      excludes: (host, addresses) => earlier.excludes(host, addresses) ?? list.excludes(host, addresses),
      size: earlier.size + list.size,
      unreadable: []
    }
  }
  return merged
})
