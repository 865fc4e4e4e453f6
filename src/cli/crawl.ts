import { Effect } from "effect"
import { Command } from "effect/cli"
import type { CrawlSettings } from "../crawl/settings.ts"
import { defaultCrawlSettings } from "../crawl/settings.ts"
import type { Chain } from "../domain/chain.ts"
import { archiveTo } from "./archive.ts"
import { clientNameOf } from "./client-name.ts"
import { storedConnection } from "./connection.ts"
import { archiveFlag, connectionFlags, crawlFlags, db, fingerprintFlag, identityFlags, lookupFlags, networkFlags, progressFlag } from "./flags.ts"
import { chosenChain } from "./network.ts"
import { toggle } from "./option.ts"
import { probeDifferential } from "./probe-differential.ts"
import { isOver, runCrawl } from "./run-crawl.ts"
import { seedSourcesOf, sourceFlags } from "./seed-sources.ts"

/** Real servers are given half an hour to forget the regular visit; simulated ones need none. */
export const usualFingerprint = (chain: Chain): CrawlSettings["fingerprint"] => chain.simulated ? "now" : "due"

export const crawlCommand = Command.make("crawl", {
  db,
  ...networkFlags,
  ...sourceFlags,
  ...crawlFlags,
  ...connectionFlags,
  ...identityFlags,
  ...lookupFlags,
  fingerprint: fingerprintFlag,
  differential: toggle(
    "differential",
    "Afterwards ask each server the same questions in the crawler's way and in the wallet's: one extra visit per server and day.",
    false
  ),
  progress: progressFlag,
  archive: archiveFlag,
  resume: toggle("resume", "Go on with the newest unfinished crawl of the network, with its stored settings.", false)
}, Effect.fn("crawl")(function*(input) {
  const chain = yield* chosenChain(input)
  const settings: CrawlSettings = {
    ...defaultCrawlSettings,
    network: chain.name,
    maxEndpoints: input.maxEndpoints,
    limit: input.limit,
    maxTimeMs: input.maxTime,
    concurrency: input.concurrency,
    rate: input.rate,
    peerRounds: input.peerRounds,
    allEndpoints: input.allEndpoints,
    fingerprint: input.fingerprint ?? usualFingerprint(chain),
    allowPrivate: input.allowPrivate,
    exclude: input.exclude,
    connection: storedConnection(input),
    vantage: input.vantage,
    clientName: clientNameOf(input.contact)
  }
  const summary = yield* runCrawl({
    db: input.db,
    chain,
    progress: input.progress,
    connection: input,
    lookups: input,
    fresh: input.resume ? null : { settings, sources: yield* seedSourcesOf(chain, input) },
    exclude: input.exclude,
    suggestNext: true
  })
  if (input.differential) yield* probeDifferential({ ...input, concurrency: null })
  if (input.archive !== null && isOver(summary)) yield* archiveTo(input.db, { archive: input.archive, crawlId: null, dropOlderThanMs: null })
})).pipe(
  Command.withDescription(
    "Crawls a network: seeds, then server.peers.subscribe recursively, a visit to every host, everything into DuckDB."
  ),
  Command.withExamples([
    { command: "observatory crawl --contact https://example.org/about", description: "Crawl mainnet from the wallet's list" },
    { command: "observatory crawl --network testnet4 --seed blackie.c3-soft.com:57010:s", description: "Start from one server" },
    { command: "observatory crawl --resume", description: "Go on after an interruption or a crash" }
  ])
)
