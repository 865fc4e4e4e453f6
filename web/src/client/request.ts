import { asFailure, RequestFailure } from "./failure.ts"

/** Relative, so the viewer works below any path. The browser's cache answers by ETag. */
const root = "api/v1/"

const readFailure = async (response: Response): Promise<RequestFailure> => {
  const body: unknown = await response.json().catch(() => null)
  const { _tag, message } = (body ?? {}) as { readonly _tag?: unknown; readonly message?: unknown }
  return new RequestFailure(
    typeof message === "string" && message !== "" ? message : `The observatory answered ${response.status}.`,
    response.status,
    typeof _tag === "string" ? _tag : String(response.status),
    body
  )
}

const send = async (path: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(root + path, { credentials: "same-origin", ...init }).catch((cause: unknown) => {
    throw asFailure(cause)
  })
  if (!response.ok) throw await readFailure(response)
  return response
}

/** JSON at an address below `/api/v1`. The shape is the contract of the address (`src/atlas/shapes`), not checked again. */
export const getJson = async <A>(path: string): Promise<A> =>
  (await send(path, { headers: { accept: "application/json" } })).json() as Promise<A>

export const getBytes = async (path: string): Promise<ArrayBuffer> => (await send(path, {})).arrayBuffer()

export const sendJson = async <A>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<A | null> => {
  const response = await send(path, {
    method,
    headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return text === "" ? null : JSON.parse(text) as A
}
