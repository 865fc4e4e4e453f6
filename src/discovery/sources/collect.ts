import { Clock, Effect, Option, Result, Stream } from "effect"
import type { Source } from "../../domain/advertisement.ts"
import type { DiscoveryReason } from "../discovery-error.ts"
import { maxSeeds } from "../seed-grammar.ts"
import type { Said, SeedSource } from "./seed-source.ts"

/** `complete`: it said all it wanted; `partial`: it failed or its time was over after it had said something; `failed`: before. */
export type CollectionOutcome = "complete" | "partial" | "failed"

/** What came of asking one source. Milliseconds since 1970. */
export interface Collection {
  readonly source: Source
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: CollectionOutcome
  readonly reason: DiscoveryReason | null
  /** A sentence for a person about the failure. */
  readonly detail: string | null
  readonly dated: number | null
  readonly sha256: string | null
  readonly notes: ReadonlyArray<string>
  /** Entries beyond our bounds, of all speakers: counted, not read. */
  readonly dropped: number
  readonly said: ReadonlyArray<Said & { readonly at: number }>
}

/** Sources asked at a time. */
const atOnce = 8

/** Who may speak in one source, e.g. nicks of a channel: each is a row, and a flood of them no finding. */
export const maxSpeakers = 5_000

interface Held {
  readonly said: Array<Said & { readonly at: number }>
  advertisements: number
  dropped: number
  origin: Pick<Collection, "dated" | "notes" | "sha256">
}

const keep = (held: Held, said: Said, at: number): void => {
  const room = held.said.length < maxSpeakers ? maxSeeds - held.advertisements : 0
  const kept = said.advertisements.slice(0, room)
  held.advertisements += kept.length
  if (room === 0) {
    held.dropped += said.advertisements.length + said.dropped
    return
  }
  held.said.push({ ...said, at, advertisements: kept, dropped: said.dropped + said.advertisements.length - kept.length })
}

/**
 * Asks one source and never fails: what it said until it failed, or until its
 * time was over, is kept with the reason. At most 50,000 announcements of 5,000
 * speakers are; the rest is counted.
 */
export const collectSource = Effect.fn("collectSource")(function*<R>({ heard, source, timeoutMs }: SeedSource<R>) {
  const startedAt = yield* Clock.currentTimeMillis
  const held: Held = { said: [], advertisements: 0, dropped: 0, origin: { dated: null, notes: [], sha256: null } }
  // Our own mistakes are not a source's failure, and an interruption is the user's: both go on from here.
  const ended = yield* Stream.runForEach(heard, (item) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      if (item._tag === "said") keep(held, item, at)
      else held.origin = { dated: item.dated, notes: item.notes, sha256: item.sha256 }
    })).pipe(Effect.timeoutOption(timeoutMs), Effect.result)
  const failure = Result.isFailure(ended) ? ended.failure : null
  const inTime = Result.isSuccess(ended) && Option.isSome(ended.success)
  const collection: Collection = {
    source,
    startedAt,
    endedAt: yield* Clock.currentTimeMillis,
    outcome: inTime ? "complete" : held.said.length > 0 ? "partial" : "failed",
    reason: inTime ? null : failure?.reason ?? "timeout",
    detail: inTime ? null : failure?.message ?? `${source.name} was not done within ${timeoutMs / 1000} seconds.`,
    ...held.origin,
    notes: held.dropped === 0 ? held.origin.notes : [...held.origin.notes, `${held.dropped} more not read`],
    dropped: held.dropped + held.said.reduce((sum, { dropped }) => sum + dropped, 0),
    said: held.said
  }
  return collection
})

/** Asks all sources, eight at a time, and answers in their order. */
export const collectSources = <R>(sources: ReadonlyArray<SeedSource<R>>): Effect.Effect<ReadonlyArray<Collection>, never, R> =>
  Effect.forEach(sources, collectSource, { concurrency: atOnce })
