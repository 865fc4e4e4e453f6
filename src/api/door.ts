import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { type Content, contentAnswer } from "./content.ts"
import { refusalOf } from "./guard.ts"
import { asPreferred } from "./preferred-status.ts"
import { problemAnswer } from "./problem-answer.ts"
import { Unauthorized } from "./problem.ts"
import { secured } from "./security-headers.ts"
import type { TokenKeeper } from "./token.ts"

export interface DoorOptions {
  readonly isOurHost: (header: string | undefined) => boolean
  readonly token: TokenKeeper | null
  /** Files that need no data: the viewer, its documentation. By path. */
  readonly files: ReadonlyMap<string, Content>
}

/** Sets the session's cookie and comes again without the token: a redirection by the server would not bring a strict cookie. */
const sessionAnswer = (cookie: string) =>
  HttpServerResponse.html(
    "<!doctype html><meta charset=\"utf-8\"><title>Electrum Observatory</title><meta http-equiv=\"refresh\" content=\"0; url=./\"><p><a href=\"./\">Go on</a>"
  ).pipe(HttpServerResponse.setHeaders({ "set-cookie": cookie, "cache-control": "no-store" }))

/**
 * What every request passes: who asks and by which name; then files, then what
 * `answer` says. Everything that leaves has the headers of `security-headers.ts`.
 */
export const door = <E, R>(
  answer: (request: HttpServerRequest.HttpServerRequest, path: string) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  { files, isOurHost, token }: DoorOptions
) => {
  const enter = (request: HttpServerRequest.HttpServerRequest) => {
    const { headers, method, url } = request
    const refusal = refusalOf(request, isOurHost)
    if (refusal !== null) return Effect.succeed(problemAnswer(refusal))
    const at = url.indexOf("?")
    const path = at === -1 ? url : url.slice(0, at)
    if (token !== null && !token.isAllowed(headers)) {
      const given = at === -1 ? null : new URLSearchParams(url.slice(at)).get("token")
      const cookie = given === null || path !== "/" ? null : token.begin(given)
      return Effect.succeed(cookie === null
        ? problemAnswer(new Unauthorized({ message: "This server asks for its token: as Authorization: Bearer, or once as /?token=." }))
        : sessionAnswer(cookie))
    }
    const file = method === "GET" || method === "HEAD" ? files.get(path === "/" ? "/index.html" : path) : undefined
    return file === undefined ? answer(request, path) : contentAnswer(file, headers)
  }
  return Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Effect.map(enter(request), (response) => secured(asPreferred(response, request.headers["prefer"]))))
}
