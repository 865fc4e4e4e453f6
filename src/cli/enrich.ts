import { Clock, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { enrichCrawl } from "../crawl/enrich-crawl.ts"
import { Store } from "../store/store.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import { usualFreshMs } from "./enrich-freshness.ts"
import { connectionFlags, crawlFlags, crawlNumberFlag, db, duration, lookupFlags, networkFlags } from "./flags.ts"
import { lookupLines, lookupsOf } from "./lookups.ts"
import { chosenTarget } from "./network.ts"
import { Output } from "./output.ts"
import { exclusionsFor } from "./run-crawl.ts"

export const enrichCommand = Command.make("enrich", {
  db,
  ...networkFlags,
  crawl: crawlNumberFlag,
  ...lookupFlags,
  stale: duration("stale", "Ask again for what was looked up longer ago than this (default 720h)").pipe(Flag.withDefault(usualFreshMs)),
  resolver: connectionFlags.resolver,
  exclude: crawlFlags.exclude
}, Effect.fn("enrich")(function*(input) {
  const output = yield* Output
  yield* Effect.gen(function*() {
    const store = yield* Store
    const crawl = yield* store.enrichment.crawl(yield* chosenTarget(input))
    const lookups = yield* lookupsOf(input, { resolver: input.resolver, throughProxy: crawl.throughProxy, simulated: crawl.simulated })
    const exclusions = yield* exclusionsFor(crawl.network, [...new Set([...crawl.exclude, ...input.exclude])])
    yield* store.saveOptOuts(crawl.crawlId, exclusions.lists, yield* Clock.currentTimeMillis)
    const summary = yield* enrichCrawl({
      ...crawl,
      exclusions,
      freshMs: input.stale,
      onStart: (addresses) => output.stderr(`Looking up ${addresses} addresses.\n`)
    }).pipe(Effect.provide(lookups))
    if (crawl.simulated) yield* output.stdout(`${output.style.warning(simulatedNotice(crawl.network))}\n\n`)
    yield* output.stdout([
      output.style.bold(`Crawl ${crawl.crawlId} of ${crawl.network}: what is known about its addresses from elsewhere.`),
      ...lookupLines(summary),
      "",
      `Next:  ${output.command} query servers-by-asn${databaseArgument(input.db)}`,
      ""
    ].join("\n"))
  }).pipe(Effect.provide(Store.layerExisting(input.db)))
})).pipe(
  Command.withDescription(
    "Looks up what is missing or stale about the addresses of a crawl: systems, countries, clouds, reverse names."
  ),
  Command.withExamples([
    { command: "observatory enrich --geoip GeoLite2-City.mmdb", description: "Add places from a file, and ask Team Cymru for the rest" }
  ])
)
