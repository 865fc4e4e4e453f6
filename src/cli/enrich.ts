import { Clock, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { seededRandom } from "../analysis/seeded-random.ts"
import { type BaseRateSummary, mostRandomHosts, sampleBaseRate } from "../crawl/base-rate.ts"
import { enrichCrawl } from "../crawl/enrich-crawl.ts"
import { Store } from "../store/store.ts"
import { simulatedNotice } from "./crawl-summary.ts"
import { databaseArgument } from "./default-database.ts"
import { usualFreshMs } from "./enrich-freshness.ts"
import { connectionFlags, crawlFlags, crawlNumberFlag, db, duration, lookupFlags, networkFlags } from "./flags.ts"
import { lookupLines, lookupsOf } from "./lookups.ts"
import { chosenTarget } from "./network.ts"
import { integer, nullable } from "./option.ts"
import { Output } from "./output.ts"
import { exclusionsFor } from "./run-crawl.ts"

const baseRateLine = ({ hosts, named, servers }: BaseRateSummary): string =>
  hosts === 0
    ? "  no random hosts: of no server is the announced IPv4 prefix known (--asn cymru, or a geo file of systems)"
    : `  random hosts  ${hosts} drawn from the prefixes of ${servers} servers, ${named} have a reverse name`

export const enrichCommand = Command.make("enrich", {
  db,
  ...networkFlags,
  crawl: crawlNumberFlag,
  ...lookupFlags,
  stale: duration("stale", "Ask again for what was looked up longer ago than this (default 720h)").pipe(Flag.withDefault(usualFreshMs)),
  resolver: connectionFlags.resolver,
  baseRate: nullable(Flag.filter(
    integer("base-rate", `Also ask for the reverse names of so many random hosts in the prefixes where the servers stand, to compare servers with (${mostRandomHosts} at the most).`),
    (hosts) => hosts > 0 && hosts <= mostRandomHosts,
    (hosts) => `1 to ${mostRandomHosts}, not ${hosts}`
  )),
  randomSeed: integer("random-seed", "Random hosts are drawn from this number (default 1).").pipe(Flag.withDefault(1)),
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
    const sample = input.baseRate === null ? null : yield* Effect.gen(function*() {
      yield* output.stderr(`Asking for the names of ${input.baseRate} random hosts in the servers' prefixes.\n`)
      return yield* sampleBaseRate({ ...crawl, exclusions, hosts: input.baseRate!, randomSeed: input.randomSeed, random: seededRandom(input.randomSeed) })
    }).pipe(Effect.provide(yield* lookupsOf(
      { ...input, asn: "off", ptr: true, geoip: [], cloudRanges: [] },
      { resolver: input.resolver, throughProxy: crawl.throughProxy, simulated: crawl.simulated }
    )))
    if (crawl.simulated) yield* output.stdout(`${output.style.warning(simulatedNotice(crawl.network))}\n\n`)
    yield* output.stdout([
      output.style.bold(`Crawl ${crawl.crawlId} of ${crawl.network}: what is known about its addresses from elsewhere.`),
      ...lookupLines(summary),
      ...(sample === null ? [] : [baseRateLine(sample)]),
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
    { command: "observatory enrich --geoip GeoLite2-City.mmdb", description: "Add places from a file, and ask Team Cymru for the rest" },
    { command: "observatory enrich --base-rate 500 --resolver 127.0.0.1:53", description: "Also what random hosts in the same prefixes are called, which a report compares servers with" }
  ])
)
