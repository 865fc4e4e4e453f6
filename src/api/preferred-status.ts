import { HttpServerResponse } from "effect/http"

/** The preference (RFC 7240) by which a client takes refusals as answers. */
const preference = "refusals=ok"

/** Whether it is among the preferences of a `Prefer` header. */
const isPreferred = (header: string | undefined): boolean =>
  header !== undefined && header.split(/[,;]/).some((one) => one.replace(/[\s"]/g, "").toLowerCase() === preference)

/** What the caller did, or has to wait for; our own faults stay faults. */
const isRefusal = (status: number): boolean => (status >= 400 && status < 500) || status === 503

/**
 * A refusal as status 200 for who prefers that, with the status that it has in
 * header `refusal-status`. Browsers write every other status into their console as
 * an error, and to the viewer the refusal of SQL or a server that is not there is
 * an answer. Everybody else gets the status itself.
 */
export const asPreferred = (response: HttpServerResponse.HttpServerResponse, prefer: string | undefined): HttpServerResponse.HttpServerResponse =>
  isRefusal(response.status) && isPreferred(prefer)
    ? HttpServerResponse.setStatus(response, 200).pipe(
      HttpServerResponse.setHeaders({ "refusal-status": String(response.status), "preference-applied": preference })
    )
    : response
