import { Effect, type FileSystem, Stream } from "effect"
import type { HttpClient } from "effect/http"
import type { Source } from "../../domain/advertisement.ts"
import type { Chain } from "../../domain/chain.ts"
import { sha256Hex } from "../../domain/sha256.ts"
import { ownRules, strangersRulesOn } from "../claim.ts"
import { DiscoveryError } from "../discovery-error.ts"
import { isUrl, listName, readFileOrUrl } from "../fetch-list.ts"
import { decodeText } from "../read-list.ts"
import type { ParsedSeeds } from "../seed-grammar.ts"
import { type SeedList, seedsOfFlags, seedsOfText, shippedSeeds } from "../seeds.ts"
import { parseScan } from "./scan-results.ts"
import { type Heard, readingTimeoutMs, saidBy, type SeedSource } from "./seed-source.ts"

const heardOf = (list: SeedList, origin: { readonly dated: number | null; readonly sha256: string | null }): ReadonlyArray<Heard> => [
  { _tag: "origin", ...origin, notes: list.notes },
  saidBy(list.source, list.advertisements, list.dropped)
]

/** A source whose list is at hand. */
const listAtHand = (list: SeedList, dated: number | null): SeedSource => ({
  source: list.source,
  timeoutMs: readingTimeoutMs,
  heard: Stream.fromIterable(heardOf(list, { dated, sha256: null }))
})

/** The servers of `--seed`. */
export const givenSource = (texts: ReadonlyArray<string>, chain: Chain): SeedSource => listAtHand(seedsOfFlags(texts, chain), null)

/** The list that ships for a chain; undefined where there is none. */
export const shippedSource = (chain: Chain): SeedSource | undefined => {
  const shipped = shippedSeeds(chain)
  return shipped === undefined ? undefined : listAtHand(shipped.list, shipped.dated)
}

/** What a source at a file or URL needs. */
export type Reading = FileSystem.FileSystem | HttpClient.HttpClient

/** A source that is the text of a file or URL, read when asked. */
const textSource = (
  source: Source,
  fileOrUrl: string,
  read: (text: string) => Effect.Effect<SeedList, DiscoveryError>
): SeedSource<Reading> => ({
  source,
  timeoutMs: readingTimeoutMs,
  heard: Stream.fromIterableEffect(Effect.gen(function*() {
    const got = yield* readFileOrUrl(fileOrUrl)
    const list = yield* read(decodeText(got.bytes))
    return heardOf(list, { dated: got.dated, sha256: sha256Hex(got.bytes) })
  }))
})

/**
 * A list of `--seeds FILE|URL`, in any format that `parseSeedText` knows. What a
 * file says is the user's own word, so it may name private hosts; what an
 * address serves is a stranger's.
 */
export const listSource = (fileOrUrl: string, chain: Chain, allowPrivate: boolean): SeedSource<Reading> => {
  const source: Source = { kind: "list", name: listName(fileOrUrl), detail: null }
  const rules = isUrl(fileOrUrl) ? strangersRulesOn(chain, allowPrivate) : ownRules
  return textSource(source, fileOrUrl, (text) => seedsOfText(text, source, chain, rules))
}

const seedList = (source: Source, what: string, { advertisements, dropped }: Omit<ParsedSeeds, "format">): Effect.Effect<SeedList, DiscoveryError> =>
  advertisements.length === 0
    ? Effect.fail(new DiscoveryError({ reason: "bad format", subject: source.name, message: `${source.name} has no ${what}.` }))
    : Effect.succeed({ source, advertisements, dropped, notes: [`${advertisements.length} entries, read as ${what}`] })

/** A monitoring page of `--page FILE|URL`: the servers in its tables, a stranger's word even when the page was saved. */
export const pageSource = (fileOrUrl: string, chain: Chain, allowPrivate: boolean): SeedSource<Reading> => {
  const source: Source = { kind: "page", name: listName(fileOrUrl), detail: null }
  const rules = strangersRulesOn(chain, allowPrivate)
  // Loaded here only: few commands read HTML.
  return textSource(source, fileOrUrl, (text) => Effect.flatMap(Effect.promise(() => import("./page-servers.ts")), ({ parsePage }) =>
    seedList(source, "a table of servers", parsePage(text, chain.default_ports, rules))))
}

/** Results of a scan of `--scan FILE`: what the user has seen open. */
export const scanSource = (file: string, chain: Chain): SeedSource<Reading> => {
  const source: Source = { kind: "scan", name: file, detail: null }
  return textSource(source, file, (text) => seedList(source, "results of a scan", parseScan(text, chain.default_ports, { ...ownRules, simulated: chain.simulated })))
}
