import { Deferred, Effect, type Exit, type Scope } from "effect"
import type { HttpServerResponse } from "effect/http"
import { type Content, weightOf } from "./content.ts"

/** What answering came to: bytes worth keeping, or a response of this once (an error). */
export type Made = { readonly content: Content } | { readonly response: HttpServerResponse.HttpServerResponse }

interface Kept {
  readonly edition: string
  readonly url: string
  readonly content: Content
  uses: number
}

/** Bytes of answers that are kept at the most. */
const mostBytes = 64 * 1024 * 1024

/**
 * Answers that cannot change within an edition: asked for twice they are made
 * once, also when both ask at the same time.
 */
export const makeAnswerCache = (scope: Scope.Scope, limit = mostBytes) => {
  const kept = new Map<string, Kept>()
  const coming = new Map<string, Deferred.Deferred<Made>>()
  const keyOf = (edition: string, url: string): string => `${edition} ${url}`

  const keep = (edition: string, url: string, content: Content): void => {
    kept.set(keyOf(edition, url), { edition, url, content, uses: 1 })
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
  const make = Effect.fnUntraced(function*(edition: string, url: string, answer: Effect.Effect<Made>) {
    const key = keyOf(edition, url)
    const deferred = Deferred.makeUnsafe<Made>()
    coming.set(key, deferred)
    yield* Effect.forkIn(
      Effect.onExit(answer, (exit: Exit.Exit<Made>) => {
        coming.delete(key)
        if (exit._tag === "Success" && "content" in exit.value) keep(edition, url, exit.value.content)
        return Deferred.done(deferred, exit)
      }),
      scope
    )
    return yield* Deferred.await(deferred)
  })

  return {
    answer: (edition: string, url: string, answer: Effect.Effect<Made>): Effect.Effect<Made> =>
      Effect.suspend(() => {
        const key = keyOf(edition, url)
        const known = kept.get(key)
        if (known !== undefined) {
          known.uses++
          kept.delete(key)
          kept.set(key, known)
          return Effect.succeed<Made>({ content: known.content })
        }
        const deferred = coming.get(key)
        return deferred === undefined ? make(edition, url, answer) : Deferred.await(deferred)
      }),
    /** What was asked for in an edition, the most often first, with the answers it got. */
    popular: (edition: string): ReadonlyArray<Pick<Kept, "url" | "content">> =>
      [...kept.values()].filter((one) => one.edition === edition).toSorted((a, b) => b.uses - a.uses),
    keep,
    /** Of editions before, nobody asks for anything any more. */
    forgetAllBut: (edition: string): void => {
      for (const [key, one] of kept) if (one.edition !== edition) kept.delete(key)
    }
  }
}
