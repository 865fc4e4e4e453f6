import { Deferred, Effect, type Exit, type Scope } from "effect"
import type { HttpServerResponse } from "effect/http"
import { type Content, weightOf } from "./content.ts"

/** What answering came to: bytes worth keeping, or a response of this once (an error). */
export type Made = { readonly content: Content } | { readonly response: HttpServerResponse.HttpServerResponse }

/** Bytes of answers that are kept at the most. */
const mostBytes = 64 * 1024 * 1024

/**
 * Answers that cannot change: asked for twice they are made once, also when both
 * ask at the same time. Keys name the edition, so that answers of an older one are
 * never found again and leave when others need the room.
 */
export const makeAnswerCache = (scope: Scope.Scope, limit = mostBytes) => {
  const kept = new Map<string, Content>()
  const coming = new Map<string, Deferred.Deferred<Made>>()

  const keep = (key: string, content: Content): void => {
    kept.delete(key)
    kept.set(key, content)
    let bytes = 0
    for (const one of kept.values()) bytes += weightOf(one)
    for (const [oldest, one] of kept) {
      if (bytes <= limit) return
      kept.delete(oldest)
      bytes -= weightOf(one)
    }
  }

  /** Made apart from who asked first: he may go away while others wait. */
  const make = Effect.fnUntraced(function*(key: string, answer: Effect.Effect<Made>) {
    const deferred = Deferred.makeUnsafe<Made>()
    coming.set(key, deferred)
    yield* Effect.forkIn(
      Effect.onExit(answer, (exit: Exit.Exit<Made>) => {
        coming.delete(key)
        if (exit._tag === "Success" && "content" in exit.value) keep(key, exit.value.content)
        return Deferred.done(deferred, exit)
      }),
      scope
    )
    return yield* Deferred.await(deferred)
  })

  return {
    answer: (key: string, answer: Effect.Effect<Made>): Effect.Effect<Made> =>
      Effect.suspend(() => {
        const content = kept.get(key)
        if (content !== undefined) {
          // The least recently used goes first.
          kept.delete(key)
          kept.set(key, content)
          return Effect.succeed<Made>({ content })
        }
        const deferred = coming.get(key)
        return deferred === undefined ? make(key, answer) : Deferred.await(deferred)
      })
  }
}

export type AnswerCache = ReturnType<typeof makeAnswerCache>
