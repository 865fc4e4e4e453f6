import type { EntryTable } from "./entry-table.ts"
import { maxDepth, scanJson } from "./json-scan.ts"
import { cutText, storedOctets } from "./reply-text.ts"

/** What is common to everything a server sends. */
interface Received {
  /** The line as text; bytes that are no UTF-8 are replaced. */
  readonly text: string
  /** Bytes of the line. */
  readonly bytes: number
  /** As `storedOctets` keeps them where the line is no UTF-8; else null. */
  readonly octets: Uint8Array | null
}

/** A line that carries the outcome of one request. */
interface Answering extends Received {
  /** The number of the request it answers; null when its id is missing, null or nothing we could have sent. */
  readonly id: number | null
  /** What is odd about the id, e.g. `id came back as "1"`; null when nothing is. */
  readonly idRemark: string | null
  /** There was no id, or null: it may be about any request. An id that we never sent is not anonymous. */
  readonly anonymous: boolean
}

/** What is read of a line's id. */
type IdFacts = Pick<Answering, "id" | "idRemark" | "anonymous">

/** The reply to a request. */
export interface ResultLine extends Answering {
  readonly _tag: "result"
  readonly result: unknown
  /** Of a list in a line that is no UTF-8: the bytes of each element that is none, undefined for the others. */
  readonly elementOctets?: ReadonlyArray<Uint8Array | undefined> | undefined
}

/** The refusal of a request. */
export interface ErrorLine extends Answering {
  readonly _tag: "error"
  /** Null for servers whose errors are bare strings (Blockstream electrs) or have no numeric code. */
  readonly code: number | null
  readonly message: string
}

/** What a server says without being asked. `params` is undefined where the line has none (ElectrumX does that). */
export interface NotificationLine extends Received {
  readonly _tag: "notification"
  readonly method: string
  readonly params: unknown
}

/** A line that is none of these. */
export interface MalformedLine extends Answering {
  readonly _tag: "malformed"
  readonly problem: string
}

export type Line = ResultLine | ErrorLine | NotificationLine | MalformedLine

const maxMessage = 1024

/** As `idToken` would give it, in one of the two ways in which all servers known write it. */
const hasIdToken = (text: string, token: string): boolean => {
  const at = text.lastIndexOf("\"id\"")
  if (at === -1 || text[at + 4] !== ":") return false
  const start = text[at + 5] === " " ? at + 6 : at + 5
  return text.startsWith(token, start) && !/[0-9.eE+-]/.test(text.charAt(start + token.length))
}

/** The number token after the last `"id":`, which is the envelope's for every server known; null without one. */
const idToken = (text: string): string | null => {
  const at = text.lastIndexOf("\"id\"")
  if (at === -1) return null
  const token = /\s*:\s*(-?[0-9][0-9.eE+-]{0,39})/y
  token.lastIndex = at + 4
  return token.exec(text)?.[1] ?? null
}

const readId = (id: unknown, text: string): IdFacts => {
  if (typeof id === "number" && Number.isSafeInteger(id)) {
    const token = hasIdToken(text, String(id)) ? null : idToken(text)
    const changed = token !== null && token !== String(id)
    return { id, idRemark: changed ? `id came back as ${token}` : null, anonymous: false }
  }
  if (typeof id === "string" && /^[0-9]{1,9}(?:\.0+)?$/.test(id)) {
    return { id: Number(id), idRemark: `id came back as ${JSON.stringify(id)}`, anonymous: false }
  }
  if (id === undefined) return { id: null, idRemark: "id missing", anonymous: true }
  if (id === null) return { id: null, idRemark: "id is null", anonymous: true }
  return { id: null, idRemark: "id is no number of ours", anonymous: false }
}

const messageOf = (value: unknown): string =>
  cutText(typeof value === "string" ? value : JSON.stringify(value) ?? String(value), maxMessage)

const readError = (error: unknown): Pick<ErrorLine, "code" | "message"> => {
  if (typeof error !== "object" || error === null || Array.isArray(error)) {
    return { code: null, message: messageOf(error) }
  }
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  return {
    code: typeof code === "number" && Number.isSafeInteger(code) ? code : null,
    message: messageOf(message === undefined ? error : message)
  }
}

/** The line's JSON, except that the elements of the list that is the result come from the table. */
const parseWithEntries = (line: Buffer, text: string, cuts: Int32Array, entries: EntryTable): unknown => {
  const start = cuts[0]!
  const end = cuts.at(-1)! - 1
  const json = JSON.parse(line.toString("utf8", 0, start) + line.toString("utf8", end)) as { result?: unknown } | null
  if (cuts.length < 3 || !Array.isArray(json?.result)) return JSON.parse(text)
  json.result = entries.values(line, cuts)
  return json
}

/** Bytes of elements that are no UTF-8; undefined where elements are not where the scan saw them. */
const elementOctets = (line: Buffer, cuts: Int32Array, result: unknown): ResultLine["elementOctets"] =>
  Array.isArray(result) && result.length === cuts.length - 1
    ? result.map((_, i) => storedOctets(line.subarray(cuts[i], cuts[i + 1]! - 1)) ?? undefined)
    : undefined

/**
 * Read one line of JSON-RPC as Electrum servers speak it (2.0, 1.0, or neither),
 * never throwing. Nesting is bounded before parsing; invalid UTF-8 is replaced
 * in the text and kept as it came beside it; a batch is malformed, as we send none. With a table, elements of
 * a list are shared objects.
 */
export const decodeLine = (line: Buffer, entries?: EntryTable): Line => {
  const text = line.toString("utf8")
  const bytes = line.length
  const octets = storedOctets(line)
  const malformed = (problem: string, id?: IdFacts): MalformedLine => ({
    _tag: "malformed",
    text,
    bytes,
    octets,
    ...(id ?? { id: null, idRemark: null, anonymous: true }),
    problem
  })
  const { cuts, tooDeep } = scanJson(line, entries)
  if (tooDeep) return malformed(`nested deeper than ${maxDepth}`)
  let json: unknown
  try {
    json = entries === undefined || cuts === null
      ? JSON.parse(text)
      : parseWithEntries(line, text, cuts, entries)
  } catch {
    return malformed("not JSON")
  }
  if (Array.isArray(json)) return malformed("batch")
  if (typeof json !== "object" || json === null) return malformed("not an object")
  const message = json as {
    readonly id?: unknown
    readonly method?: unknown
    readonly params?: unknown
    readonly result?: unknown
    readonly error?: unknown
  }
  const answers = message.result !== undefined || (message.error !== undefined && message.error !== null)
  if (typeof message.method === "string" && !answers) {
    return { _tag: "notification", text, bytes, octets, method: cutText(message.method, 256), params: message.params }
  }
  const id = readId(message.id, text)
  if (message.error !== undefined && message.error !== null) {
    return { _tag: "error", text, bytes, octets, ...id, ...readError(message.error) }
  }
  if (message.result === undefined) return malformed("neither result nor error", id)
  return {
    _tag: "result",
    text,
    bytes,
    octets,
    id: id.id,
    idRemark: id.idRemark,
    anonymous: id.anonymous,
    result: message.result,
    elementOctets: octets === null || cuts === null ? undefined : elementOctets(line, cuts, message.result)
  }
}

/** One request as a line. `id` is a small integer: every server echoes those (surprise 18). */
export const encodeRequest = (id: number, method: string, params: ReadonlyArray<unknown>): string =>
  `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}\n`
