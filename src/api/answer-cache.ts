import { Clock, Deferred, Effect, type Exit, type Scope } from "effect"
import type { HttpServerResponse } from "effect/http"
import { mebibyte } from "../domain/bytes.ts"
import { type Content, weightOf } from "./content.ts"

/** What answering came to: bytes worth keeping, or a response of this once (an error). */
export type Made = { readonly content: Content } | { readonly response: HttpServerResponse.HttpServerResponse }

interface Kept {
  readonly edition: string
  readonly url: string
  readonly content: Content
  uses: number
  /** Milliseconds since 1970. */
  askedAt: number
}

/** How often and when last an answer was asked for. */
type Demand = Pick<Kept, "uses" | "askedAt">

/** Bytes of answers that are kept at the most. */
const mostBytes = 64 * mebibyte

/** What nobody asked for in so many milliseconds is not made again for a new edition. */
const lateMs = 5 * 60_000

/**
 * Answers that cannot change within an edition: asked for twice they are made
 * once, also when both ask at the same time.
 */
export const makeAnswerCache = (scope: Scope.Scope, limit = mostBytes) => {
  const kept = new Map<string, Kept>()
  const coming = new Map<string, Deferred.Deferred<Made>>()
  const keyOf = (edition: string, url: string): string => `${edition} ${url}`

  const keep = (edition: string, url: string, content: Content, { askedAt, uses }: Demand): void => {
    kept.set(keyOf(edition, url), { edition, url, content, uses, askedAt })
    let bytes = 0
    for (const one of kept.values()) bytes += weightOf(one.content)
    // The first is the one that was not used for the longest time.
    for (const [oldest, one] of kept) {
      if (bytes <= limit) return
      kept.delete(oldest)
      bytes -= weightOf(one.content)
    }
  }

  /** Made apart from who asked first: he may go away while others wait. */
  const make = Effect.fnUntraced(function*(edition: string, url: string, answer: Effect.Effect<Made>, askedAt: number) {
    const key = keyOf(edition, url)
    const deferred = Deferred.makeUnsafe<Made>()
    coming.set(key, deferred)
    yield* Effect.forkIn(
      Effect.onExit(answer, (exit: Exit.Exit<Made>) => {
        coming.delete(key)
        if (exit._tag === "Success" && "content" in exit.value) keep(edition, url, exit.value.content, { uses: 1, askedAt })
        return Deferred.done(deferred, exit)
      }),
      scope
    )
    return yield* Deferred.await(deferred)
  })

  /** The answer that is kept, now asked for once more. */
  const asked = (edition: string, url: string, now: number): Content | undefined => {
    const key = keyOf(edition, url)
    const known = kept.get(key)
    if (known === undefined) return
    known.uses++
    known.askedAt = now
    kept.delete(key)
    kept.set(key, known)
    return known.content
  }

  return {
    answer: (edition: string, url: string, answer: Effect.Effect<Made>): Effect.Effect<Made> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const content = asked(edition, url, now)
        if (content !== undefined) return Effect.succeed<Made>({ content })
        const deferred = coming.get(keyOf(edition, url))
        return deferred === undefined ? make(edition, url, answer, now) : Deferred.await(deferred)
      }),
    /** Notes that an answer was asked for by somebody who has it. */
    asked: (edition: string, url: string): Effect.Effect<void> =>
      Effect.map(Clock.currentTimeMillis, (now) => void asked(edition, url, now)),
    /** What was asked for lately in an edition, the most often first, with the answers it got. */
    popular: (edition: string): Effect.Effect<ReadonlyArray<Kept>> =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        [...kept.values()]
          .filter((one) => one.edition === edition && now - one.askedAt <= lateMs)
          .toSorted((a, b) => b.uses - a.uses || b.askedAt - a.askedAt)),
    /** Keeps an answer of the next edition; what was asked for long ago counts less from edition to edition. */
    prepared: (edition: string, { askedAt, url, uses }: Kept, content: Content): void =>
      keep(edition, url, content, { uses: Math.ceil(uses / 2), askedAt }),
    /** Bytes that answers of the next edition may take, beside those of the one that is shown. */
    mostPrepared: limit / 2,
    /** Of editions before, nobody asks for anything any more. */
    forgetAllBut: (edition: string): void => {
      for (const [key, one] of kept) if (one.edition !== edition) kept.delete(key)
    }
  }
}
