import { Effect, type FileSystem, Stream } from "effect"
import type { HttpClient } from "effect/http"
import type { Source } from "../../domain/advertisement.ts"
import type { Chain } from "../../domain/chain.ts"
import { sha256Hex } from "../../domain/sha256.ts"
import { ownRules, strangersRules } from "../claim.ts"
import type { DiscoveryError } from "../discovery-error.ts"
import { fetchList, isUrl } from "../fetch-list.ts"
import { decodeText, type ListBytes, readListFile } from "../read-list.ts"
import { type SeedList, seedsOfFlags, seedsOfText, shippedSeeds } from "../seeds.ts"
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
export const textSource = (
  source: Source,
  read: (text: string) => Effect.Effect<SeedList, DiscoveryError>
): SeedSource<Reading> => ({
  source,
  timeoutMs: readingTimeoutMs,
  heard: Stream.fromIterableEffect(Effect.gen(function*() {
    const got: ListBytes = yield* (isUrl(source.name) ? fetchList(source.name) : readListFile(source.name))
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
  const source: Source = { kind: "list", name: fileOrUrl, detail: null }
  const rules = isUrl(fileOrUrl) ? { ...strangersRules, allowPrivate, simulated: chain.simulated } : ownRules
  return textSource(source, (text) => seedsOfText(text, source, chain, rules))
}
