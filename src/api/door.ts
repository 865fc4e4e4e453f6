import { Cause, Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { type AnswerCache, type Made } from "./answer-cache.ts"
import { type Content, contentAnswer, contentOf, isKnown, notModified, tagOf } from "./content.ts"
import { CurrentEdition, Editions } from "./editions.ts"
import { refusalOf } from "./guard.ts"
import { answerOfCause, problemAnswer } from "./problem-answer.ts"
import { BadRequest, Unauthorized } from "./problem.ts"
import { secured } from "./security-headers.ts"
import type { TokenKeeper } from "./token.ts"

export interface DoorOptions {
  readonly isOurHost: (header: string | undefined) => boolean
  readonly token: TokenKeeper | null
  /** Files that need no data: the viewer, its documentation. By path. */
  readonly files: ReadonlyMap<string, Content>
  readonly cache: AnswerCache
}

const cacheControl = "private, no-cache"

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

/** Sets the session's cookie and comes again without the token: a redirection by the server would not bring a strict cookie. */
const sessionAnswer = (cookie: string) =>
  HttpServerResponse.html(
    "<!doctype html><meta charset=\"utf-8\"><title>Electrum Observatory</title><meta http-equiv=\"refresh\" content=\"0; url=./\"><p><a href=\"./\">Go on</a>"
  ).pipe(HttpServerResponse.setHeaders({ "set-cookie": cookie, "cache-control": "no-store" }))

/**
 * What every request passes: who asks and by which name, then files, answers that
 * are known already, and only then the routes; errors become JSON without details
 * of ours, and everything that leaves has the headers of `security-headers.ts`.
 */
export const door = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>, options: DoorOptions) => {
  const { cache, files, isOurHost, token } = options

  const enter = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
    const { headers, method, url } = request
    const refusal = refusalOf(request, isOurHost)
    if (refusal !== null) return problemAnswer(refusal)
    const at = url.indexOf("?")
    const path = at === -1 ? url : url.slice(0, at)
    if (token !== null && !token.isAllowed(headers)) {
      const given = at === -1 ? null : new URLSearchParams(url.slice(at)).get("token")
      const cookie = given === null || path !== "/" ? null : token.begin(given)
      return cookie === null
        ? problemAnswer(new Unauthorized({ message: "This server asks for its token: as Authorization: Bearer, or once as /?token=." }))
        : sessionAnswer(cookie)
    }
    const isReading = method === "GET" || method === "HEAD"
    const file = isReading ? files.get(path === "/" ? "/index.html" : path) : undefined
    if (file !== undefined) return yield* contentAnswer(file, headers)
    if (!isReading || !isKept(path)) return asJson(yield* answered)
    return yield* keptAnswer(request)
  })

  const editions = Editions
  /** The routes, on the newest edition. */
  const answered = Effect.gen(function*() {
    const edition = yield* (yield* editions).lease
    return yield* Effect.provideService(app, CurrentEdition, edition)
  }).pipe(Effect.catchCause((cause) => Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause as Cause.Cause<never>) : answerOfCause(cause)))

  const keptAnswer = Effect.fnUntraced(function*({ headers, url }: HttpServerRequest.HttpServerRequest) {
    const { id } = (yield* editions).newest()
    if (isKnown(headers, tagOf(id, url))) return notModified(tagOf(id, url), cacheControl)
    const services = yield* Effect.context<R | Editions | HttpServerRequest.HttpServerRequest>()
    const made = yield* cache.answer(`${id} ${url}`, Effect.scoped(make(url)).pipe(Effect.provideContext(services)) as Effect.Effect<Made>)
    return "content" in made ? yield* contentAnswer(made.content, headers) : made.response
  })

  const make = Effect.fnUntraced(function*(url: string) {
    const edition = yield* (yield* editions).lease
    const response = asJson(yield* Effect.provideService(app, CurrentEdition, edition).pipe(Effect.catchCause(answerOfCause)))
    const { body, status } = response
    const made: Made = status === 200 && body._tag === "Uint8Array"
      ? { content: contentOf(body.body, body.contentType, tagOf(edition.id, url), cacheControl) }
      : { response }
    return made
  })

  return Effect.map(Effect.flatMap(HttpServerRequest.HttpServerRequest, enter), secured)
}
