import { hostname } from "node:os"
import { Effect, Redacted } from "effect"
import { Command } from "effect/cli"
import type { SharedLogOptions } from "../crawl/shared/shared-log.ts"
import { termsOf } from "../crawl/shared/terms.ts"
import type { CrawlSettings } from "../crawl/settings.ts"
import type { Chain } from "../domain/chain.ts"
import { archiveTo, openArchive } from "./archive.ts"
import { crawlSettingsOf } from "./crawl-settings.ts"
import { archiveFlag, connectionFlags, crawlFlags, db, fingerprintFlag, identityFlags, lookupFlags, networkFlags, progressFlag, sharedFlags, visitFlag } from "./flags.ts"
import { chosenChain, usageError } from "./network.ts"
import { toggle } from "./option.ts"
import { Output } from "./output.ts"
import { probeDifferential } from "./probe-differential.ts"
import { isOver, runCrawl } from "./run-crawl.ts"
import { seedSourcesOf, sourceFlags } from "./seed-sources.ts"

/** Where runners meet, by the flags; null for a crawl of one. */
const sharedOptions = Effect.fnUntraced(function*(chain: Chain, usual: CrawlSettings, input: {
  readonly sharedFrontier: string | null
  readonly sharedCrawl: string | null
  readonly runner: string | null
  readonly lease: number
  readonly sharedWait: number
  readonly fingerprint: CrawlSettings["fingerprint"] | null
  readonly differential: boolean
  readonly resume: boolean
}) {
  if (input.sharedFrontier === null) return null
  if (!/^postgres(?:ql)?:\/\//.test(input.sharedFrontier) || !URL.canParse(input.sharedFrontier)) {
    return yield* usageError("--shared-frontier: expected postgres://USER:PASSWORD@HOST:PORT/NAME, with what is special in user and password percent-encoded (/ as %2F, @ as %40).")
  }
  // Once a server: which endpoints are one, only what all runners saw together tells.
  if (input.differential || (input.fingerprint !== null && input.fingerprint !== "off")) {
    return yield* usageError(`A runner of a shared crawl does not know all names of a server, so it makes no further visits: merge what the runners archived, then probe ${input.differential ? "--differential" : "--due"} that file.`)
  }
  if (input.resume) return yield* usageError("A runner of a shared crawl goes on where the others are: start it without --resume.")
  return {
    url: Redacted.make(input.sharedFrontier),
    crawl: input.sharedCrawl ?? chain.name,
    network: chain.name,
    terms: termsOf(usual),
    runner: input.runner ?? `${hostname()}-${process.pid}`,
    leaseMs: input.lease,
    waitMs: input.sharedWait
  } satisfies SharedLogOptions
})

export const crawlCommand = Command.make("crawl", {
  db,
  ...networkFlags,
  ...sourceFlags,
  ...crawlFlags,
  ...connectionFlags,
  ...identityFlags,
  ...lookupFlags,
  visit: visitFlag,
  fingerprint: fingerprintFlag,
  differential: toggle(
    "differential",
    "Afterwards ask each server the same questions in the crawler's way and in the wallet's: one extra visit per server and day.",
    false
  ),
  progress: progressFlag,
  archive: archiveFlag,
  ...sharedFlags,
  resume: toggle("resume", "Go on with the newest unfinished crawl of the network, with its stored settings.", false)
}, Effect.fn("crawl")(function*(input) {
  const chain = yield* chosenChain(input)
  const usual = crawlSettingsOf(chain, input)
  const shared = yield* sharedOptions(chain, usual, input)
  const settings: CrawlSettings = {
    ...usual,
    limit: input.limit,
    maxTimeMs: input.maxTime,
    // A server's names may be visited by several runners, who could not tell that they are one: no deep visits.
    ...(shared === null ? {} : { fingerprint: "off", sharedCrawl: shared.crawl, runner: shared.runner })
  }
  if (input.archive !== null) yield* openArchive(input.archive)
  const summary = yield* runCrawl({
    db: input.db,
    chain,
    progress: input.progress,
    connection: input,
    lookups: input,
    fresh: input.resume ? null : { settings, sources: yield* seedSourcesOf(chain, input) },
    exclude: input.exclude,
    shared,
    suggestNext: true
  })
  if (shared !== null && summary.end === "complete" && summary.visits === 0) {
    const { stderr } = yield* Output
    yield* stderr(`Nothing was left to visit: the other runners of the shared crawl ${shared.crawl} have done all of it. A new crawl needs another name (--shared-crawl).\n`)
  }
  if (input.differential) yield* probeDifferential({ ...input, concurrency: null })
  if (input.archive !== null && isOver(summary)) yield* archiveTo(input.db, { archive: input.archive, crawlId: null, dropOlderThanMs: null })
})).pipe(
  Command.withDescription(
    "Crawls a network: seeds, then server.peers.subscribe recursively, a visit to every host, everything into DuckDB."
  ),
  Command.withExamples([
    { command: "observatory crawl --contact https://example.org/about", description: "Crawl mainnet from the wallet's list" },
    { command: "observatory crawl --network testnet4 --seed blackie.c3-soft.com:57010:s", description: "Start from one server" },
    { command: "observatory crawl --visit topology", description: "Only map the network: the fewest questions" },
    { command: "observatory crawl --resume", description: "Go on after an interruption or a crash" }
  ])
)
