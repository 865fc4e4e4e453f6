import { asFailure, RequestFailure } from "./failure.ts"

/** Relative, so the viewer works below any path. The browser's cache answers by ETag. */
const root = "api/v1/"

/** Refusals come as answers: of any other status a browser writes an error into its console (`src/api/preferred-status.ts`). */
const prefer = { prefer: "refusals=ok" }

/** The status of an answer, also of a refusal that came as one; null for none. */
const refusalStatus = (response: Response): number | null =>
  response.ok ? Number(response.headers.get("refusal-status") ?? 0) || null : response.status

const readFailure = async (response: Response, status: number): Promise<RequestFailure> => {
  const body: unknown = await response.json().catch(() => null)
  const { _tag, message } = (body ?? {}) as { readonly _tag?: unknown; readonly message?: unknown }
  return new RequestFailure(
    typeof message === "string" && message !== "" ? message : `The observatory answered ${status}.`,
    status,
    typeof _tag === "string" ? _tag : String(status),
    body
  )
}

const send = async (path: string, init: RequestInit & { readonly headers?: Readonly<Record<string, string>> }): Promise<Response> => {
  const response = await fetch(root + path, { credentials: "same-origin", ...init, headers: { ...prefer, ...init.headers } }).catch((cause: unknown) => {
    throw asFailure(cause)
  })
  const status = refusalStatus(response)
  if (status !== null) throw await readFailure(response, status)
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
