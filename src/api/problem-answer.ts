import { Cause, Effect } from "effect"
import { HttpServerError, HttpServerResponse } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { BadRequest, Internal, NotFound, type Problem, statusOf } from "./problem.ts"

/** A problem as a response. */
export const problemAnswer = (problem: Problem): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe({ _tag: problem._tag, message: problem.message }, {
    status: statusOf[problem._tag],
    headers: { "cache-control": "no-store", ...(problem._tag === "Unauthorized" ? { "www-authenticate": "Bearer" } : {}) }
  })

/** What went wrong as a problem, or the response that a handler threw. Details of our own faults stay here. */
const problemOf = (reason: Cause.Reason<unknown>): Problem | HttpServerResponse.HttpServerResponse | null => {
  const error = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : null
  if (HttpServerResponse.isHttpServerResponse(error)) return error
  if (HttpApiError.HttpApiSchemaError.is(error)) {
    const { cause, kind } = error
    return kind === "Body" || kind === "ResponseHeaders"
      ? new Internal({ message: "The answer could not be written; the log of the server says why." })
      : new BadRequest({ message: `${kind}: ${cause.message}`.slice(0, 2_000) })
  }
  if (!HttpServerError.isHttpServerError(error)) return null
  switch (error.reason._tag) {
    case "RouteNotFound":
      return new NotFound({ message: "There is nothing at this address; /docs lists what there is." })
    case "RequestParseError":
      return new BadRequest({ message: "The body cannot be read, or is too long." })
    default:
      return null
  }
}

/** The response to a failed request. What is our fault is logged, and only its kind is told. */
export const answerOfCause = Effect.fnUntraced(function*(cause: Cause.Cause<unknown>) {
  for (const reason of cause.reasons) {
    const found = problemOf(reason)
    if (found === null) continue
    if (HttpServerResponse.isHttpServerResponse(found)) return found
    if (found._tag === "Internal") yield* Effect.logError(`Cannot answer: ${Cause.pretty(cause)}`)
    return problemAnswer(found)
  }
  yield* Effect.logError(`Cannot answer: ${Cause.pretty(cause)}`)
  return problemAnswer(new Internal({ message: "This server failed to answer; its log says why." }))
})
