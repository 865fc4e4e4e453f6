import { Cause, Effect, type Scope } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { makeAnswerCache, type Made } from "./answer-cache.ts"
import { contentAnswer, contentOf, isKnown, notModified, tagOf, weightOf } from "./content.ts"
import { CurrentEdition, type Edition, Editions } from "./editions.ts"
import { encode } from "./encoding.ts"
import { answerOfCause, problemAnswer } from "./problem-answer.ts"
import { BadRequest } from "./problem.ts"

const cacheControl = "private, no-cache"

/** A preparation looks at what is asked for so often: the first takes longest, and others are asked for meanwhile. */
const preparationRounds = 3

/** What may differ from one time to the next, or never ends. */
const isKept = (path: string): boolean =>
  path.startsWith("/api/") && !/^\/api\/v1\/(?:events$|queries\/|about$)/.test(path)

/** Errors are JSON with a sentence, whoever makes them, and are not kept by anybody. */
const asJson = (response: HttpServerResponse.HttpServerResponse) => {
  const { body, status } = response
  if (status < 400) return response
  return body._tag !== "Empty" && /json/.test(body.contentType ?? "")
    ? HttpServerResponse.setHeader(response, "cache-control", "no-store")
    : problemAnswer(new BadRequest({ message: "The request is not of the form that /docs describes." }))
}

/** What the routes answer from an edition; errors as JSON without details of ours. */
type Routes = Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest | Scope.Scope>

/**
 * Answers requests from the newest edition, each from one edition as a whole.
 * Answers that cannot change within it are kept, and known again by their tag.
 * Before a new edition is shown, what was asked for lately of the old one is answered
 * from it, so that nobody waits because a snapshot came; until then the old one is
 * the one that everything is answered from. Answers of two editions never stand side
 * by side: who was told of a new one gets nothing older.
 */
export const makeAnswers = Effect.fnUntraced(function*<E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) {
  const editions = yield* Editions
  const services = yield* Effect.context<Exclude<R, HttpServerRequest.HttpServerRequest | Scope.Scope>>()
  const cache = makeAnswerCache(yield* Effect.scope)

  const routes = (edition: Edition): Routes =>
    app.pipe(
      Effect.provideService(CurrentEdition, edition),
      Effect.catchCause((cause) => Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause as Cause.Cause<never>) : answerOfCause(cause)),
      Effect.map(asJson),
      Effect.provideContext(services)
    ) as Routes

  const made = (edition: Edition, request: HttpServerRequest.HttpServerRequest): Effect.Effect<Made> =>
    routes(edition).pipe(
      Effect.map((response): Made => {
        const { body, status } = response
        return status === 200 && body._tag === "Uint8Array"
          ? { content: contentOf(body.body, body.contentType, tagOf(edition.id, request.url), cacheControl, edition.id) }
          : { response }
      }),
      Effect.provideService(HttpServerRequest.HttpServerRequest, request),
      Effect.scoped
    )

  const kept = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
    const { headers, url } = request
    const { id } = editions.newest()
    const tag = tagOf(id, url)
    if (isKnown(headers, tag)) return yield* Effect.as(cache.asked(id, url), notModified({ tag, cacheControl, edition: id }))
    const making = Effect.scoped(Effect.flatMap(editions.lease, (edition) => made(edition, request)))
    const answer = yield* cache.answer(id, url, making)
    return "content" in answer ? yield* contentAnswer(answer.content, headers) : answer.response
  })

  yield* editions.beforeShowing(Effect.fnUntraced(function*(next) {
    const shown = editions.newest().id
    cache.forgetAllBut(shown)
    const tried = new Set<string>()
    let bytes = 0
    for (let round = 0; round < preparationRounds; round++) {
      for (const known of yield* cache.popular(shown)) {
        if (tried.has(known.url)) continue
        tried.add(known.url)
        const again = yield* made(next, HttpServerRequest.fromWeb(new Request(`http://localhost${known.url}`)))
        if (!("content" in again)) continue
        for (const encoding of known.content.encoded.keys()) {
          again.content.encoded.set(encoding, yield* encode(again.content.bytes, encoding))
        }
        bytes += weightOf(again.content)
        // More would push out what readers are answered with meanwhile.
        if (bytes > cache.mostPrepared) return
        cache.prepared(next.id, known, again.content)
        // Readers come first: those who asked meanwhile are answered before the next piece.
        yield* Effect.yieldNow
      }
    }
  }))

  return (request: HttpServerRequest.HttpServerRequest, path: string) => {
    if ((request.method === "GET" || request.method === "HEAD") && isKept(path)) return kept(request)
    return Effect.flatMap(editions.lease, routes)
  }
})
