import { Effect } from "effect"
import { Flag } from "effect/cli"
import { databaseSource } from "../crawl/database-source.ts"
import { isElsewhere } from "../discovery/fetch-list.ts"
import { type Collection, collectSources } from "../discovery/sources/collect.ts"
import { dnsSource, parseDnsName } from "../discovery/sources/dns-source.ts"
import { givenSource, listSource, pageSource, type Reading, scanSource, shippedSource } from "../discovery/sources/list-sources.ts"
import { ircSource } from "../discovery/sources/irc/irc-source.ts"
import { parseIrcTarget } from "../discovery/sources/irc/irc-target.ts"
import type { SeedSource } from "../discovery/sources/seed-source.ts"
import type { Chain } from "../domain/chain.ts"
import { forDisplay } from "../domain/display.ts"
import type { Dialer } from "../transport/dialer.ts"
import type { Resolver } from "../transport/resolver.ts"
import { usageError } from "./network.ts"
import { duration } from "./flags.ts"
import { repeated, toggle } from "./option.ts"
import { Output } from "./output.ts"

/** Where a crawl learns of servers before it asks any. */
export const sourceFlags = {
  seed: repeated("seed", "Server to start from.").pipe(Flag.withMetavar("HOST:PORT:s|t")),
  seeds: repeated("seeds", "List of servers to start from: wallet servers.json, lines, or legacy real names.").pipe(Flag.withMetavar("FILE|URL")),
  embedded: toggle("embedded", "Also start from the wallet's list that ships for the network (done anyway when no source is given).", false),
  page: repeated("page", "Monitoring page whose tables of servers are read.").pipe(Flag.withMetavar("FILE|URL")),
  dnsSeed: repeated("dns-seed", "Name in the DNS of which every address is a server, on the network's default ports unless one is given.").pipe(
    Flag.withMetavar("NAME[:PORT:s|t]")
  ),
  scan: repeated("scan", "Results of a scan: JSON lines of ip and port, as masscan and zmap write them.").pipe(Flag.withMetavar("FILE")),
  fromDb: repeated("from-db", "Earlier database: the servers of the network that ever answered.").pipe(Flag.withMetavar("FILE")),
  irc: repeated("irc", "Channel where servers announce themselves; its name and the prefix of their nicks default to the network's legacy ones.").pipe(
    Flag.withMetavar("irc[s]://[ACCOUNT:PASSWORD@]HOST[:PORT][/CHANNEL][?prefix=E_]")
  ),
  ircTime: duration("irc-time", "How long to listen in a channel, for those who come later too (default 30s)").pipe(Flag.withDefault(30_000))
}

/** The source flags as parsed. */
export interface SourceInput {
  readonly seed: ReadonlyArray<string>
  readonly seeds: ReadonlyArray<string>
  readonly embedded: boolean
  readonly page: ReadonlyArray<string>
  readonly dnsSeed: ReadonlyArray<string>
  readonly scan: ReadonlyArray<string>
  readonly fromDb: ReadonlyArray<string>
  readonly irc: ReadonlyArray<string>
  readonly ircTime: number
  readonly proxy: string | null
  readonly resolver: string | null
  readonly allowPrivate: boolean
}

/** What sources need to be asked. */
export type SourceServices = Reading | Dialer | Resolver

/** The sources that the flags name, else the list that ships for the network. */
export const seedSourcesOf = Effect.fnUntraced(function*(chain: Chain, input: SourceInput) {
  if (input.proxy !== null && [...input.seeds, ...input.page].some(isElsewhere)) {
    return yield* usageError("A list or page at a URL would be fetched without --proxy: save it to a file first.")
  }
  if (input.proxy !== null && input.resolver === null && input.dnsSeed.length > 0) {
    return yield* usageError("Through a proxy only --resolver is asked for the addresses of a name: give one, or leave --dns-seed out.")
  }
  const sources: Array<SeedSource<SourceServices>> = [
    ...(input.seed.length > 0 ? [givenSource(input.seed, chain)] : []),
    ...input.seeds.map((list) => listSource(list, chain, input.allowPrivate)),
    ...input.page.map((page) => pageSource(page, chain, input.allowPrivate)),
    ...input.scan.map((file) => scanSource(file, chain)),
    ...input.fromDb.map((file) => databaseSource(file, chain))
  ]
  for (const text of input.dnsSeed) {
    const name = parseDnsName(text, chain)
    if (typeof name === "string") return yield* usageError(`--dns-seed ${text}: ${name}.`)
    sources.push(dnsSource(name, chain, input.allowPrivate))
  }
  for (const text of input.irc) {
    const target = parseIrcTarget(text, chain)
    if (typeof target === "string") return yield* usageError(`--irc ${text.replace(/^.*@/, "…@")}: ${target}.`)
    sources.push(ircSource(target, chain, input.allowPrivate, input.ircTime))
  }
  const shipped = input.embedded || sources.length === 0 ? shippedSource(chain) : undefined
  return shipped === undefined ? sources : [...sources, shipped]
})

const shownProblems = 10

/** Asks the sources and says what came of each; nothing here ends a crawl. */
export const collectSeeds = Effect.fnUntraced(function*<R>(sources: ReadonlyArray<SeedSource<R>>) {
  const output = yield* Output
  const collections: ReadonlyArray<Collection> = yield* collectSources(sources)
  for (const { detail, notes, outcome, said, source } of collections) {
    for (const note of notes) yield* output.stderr(`seeds from ${forDisplay(source.name, 120)}: ${forDisplay(note, 200)}\n`)
    if (outcome !== "complete") yield* output.stderr(`seeds from ${forDisplay(source.name, 120)}: ${outcome}: ${forDisplay(detail ?? "", 300)}\n`)
    const problems = said.flatMap(({ advertisements }) => advertisements.filter(({ problem }) => problem !== null))
    for (const { problem, raw } of problems.slice(0, shownProblems)) {
      yield* output.stderr(`seed ${forDisplay(raw, 120)}: ${problem}\n`)
    }
  }
  return collections
})
