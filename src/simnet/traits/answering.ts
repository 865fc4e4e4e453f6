import type { Request } from "../implementations/implementation.ts"
import type { Session } from "../server/session.ts"
import type { Trait } from "../server/trait.ts"

/** Whether a request is the handshake. */
export const isVersion = (request: Request): boolean => request.method === "server.version"

/** Another result for one method. */
export const answering = (
  method: string,
  json: string | ((json: string, session: Session) => string)
): Pick<Trait, "result"> => ({
  result: (asked, original, session) =>
    asked !== method ? undefined : typeof json === "string" ? json : json(original, session)
})

/** Another result for one method, made from what it would have been. */
export const changing = <A>(method: string, change: (result: A, session: Session) => unknown): Pick<Trait, "result"> =>
  answering(method, (json, session) => JSON.stringify(change(JSON.parse(json) as A, session)))

/** An error instead of every reply after the handshake. */
export const failing = (message: string): Pick<Trait, "line"> => ({
  line: (_, request, session) => (isVersion(request) ? undefined : session.envelope.error(request.id, 1, message))
})
