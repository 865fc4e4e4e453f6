import type { Stream } from "effect"
import type { Advertisement, Source } from "../../domain/advertisement.ts"
import type { DiscoveryError } from "../discovery-error.ts"

/** What somebody said at one time. */
export interface Said {
  readonly _tag: "said"
  /** The source itself, or who spoke there, e.g. a nick in a channel. */
  readonly by: Source
  readonly advertisements: ReadonlyArray<Advertisement>
  /** Entries beyond our bounds: counted, not read. */
  readonly dropped: number
}

/** What is known of a source beside what it says. */
export interface Origin {
  readonly _tag: "origin"
  /** How old it says it is: Last-Modified of a URL, time of a file, end of a crawl (milliseconds since 1970); null where nothing says. */
  readonly dated: number | null
  /** SHA-256 of its bytes, hex; null where it is no text of one piece. */
  readonly sha256: string | null
  /** Sentences for the log: format found, entries with a problem. */
  readonly notes: ReadonlyArray<string>
}

export type Heard = Said | Origin

/**
 * Where a crawl learns of servers before it asks any: the one form of all
 * sources. What it emits before it fails or its time is over counts; a failure
 * is stored beside it and ends no crawl (`collectSource`).
 */
export interface SeedSource<R = never> {
  /** Kind and name under which it is stored: never with credentials. */
  readonly source: Source
  /** Milliseconds; a source that wants to listen ends by itself before. */
  readonly timeoutMs: number
  readonly heard: Stream.Stream<Heard, DiscoveryError, R>
}

/** Time for what is fetched or read: a list of 10 MB over a slow line, or through Tor. */
export const readingTimeoutMs = 60_000

/** A source that says all it has at once. */
export const saidBy = (by: Source, advertisements: ReadonlyArray<Advertisement>, dropped = 0): Said => ({
  _tag: "said",
  by,
  advertisements,
  dropped
})
