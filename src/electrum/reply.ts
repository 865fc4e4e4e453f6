import { Result } from "effect"
import type { ProbeOutcome } from "../domain/reason.ts"
import type { LineEnd } from "../domain/visit.ts"
import type { ErrorLine, Line, NotificationLine } from "./json-rpc.ts"
import { beginsAsError } from "./long-line.ts"
import type { Method } from "./methods.ts"
import { storedReply } from "./reply-text.ts"

/** One request to be sent. */
export interface Request {
  readonly method: Method
  readonly params: ReadonlyArray<unknown>
}

/** What became of one request. Times in milliseconds by the session's clock. */
export interface Reply {
  readonly request: Request
  readonly sentMs: number
  /** From the write of the exchange to the arrival of the reply's last byte. */
  readonly latencyMs: number | null
  readonly outcome: ProbeOutcome
  /** As the method's Schema decodes it; undefined unless the outcome is `ok`. */
  readonly result: unknown
  /** What stood there where the line was JSON and the result is not what the method returns. */
  readonly unread?: unknown
  readonly errorCode: number | null
  /** The server's sentence, or ours about a reply that is odd. */
  readonly errorMessage: string | null
  /** As `storedReply` keeps it. */
  readonly raw: string | null
  /** As `storedOctets` keeps them; null without a line, and where it is UTF-8. */
  readonly octets: Uint8Array | null
  /** Of a list in a line that is no UTF-8: the bytes of each element that is none. */
  readonly elementOctets?: ReadonlyArray<Uint8Array | undefined> | undefined
  readonly bytes: number
  /** How the line ended; null without one. */
  readonly lineEnd: LineEnd | null
  /** Spaces before the closing bracket. */
  readonly padding: number
}

/** A line that answers nothing that was outstanding. */
export interface Stray {
  readonly atMs: number
  readonly problem: string
  readonly outcome: ProbeOutcome
  /** The method of a notification. */
  readonly method: string | null
  readonly raw: string
  readonly octets: Uint8Array | null
  readonly bytes: number
  readonly lineEnd: LineEnd
  readonly padding: number
}

/** A request on its way. */
export interface Sent {
  readonly request: Request
  readonly sentMs: number
}

/** A line that may answer something. */
export type AnsweringLine = Exclude<Line, NotificationLine>

/** The reply that did not come. */
export const noReply = (sent: Sent, outcome: ProbeOutcome, detail: string | null): Reply => ({
  request: sent.request,
  sentMs: sent.sentMs,
  latencyMs: null,
  outcome,
  result: undefined,
  errorCode: null,
  errorMessage: detail,
  raw: null,
  octets: null,
  bytes: 0,
  lineEnd: null,
  padding: 0
})

/** Why a line answers nothing. */
export const strayProblem = (line: AnsweringLine): string => {
  if (line._tag === "malformed") return line.problem
  return line.id === null ? line.idRemark ?? "id missing" : `id ${line.id} was never sent`
}

/** A line that answers nothing, as it is kept. */
export const strayOf = (line: Line, problem: string, atMs: number, lineEnd: LineEnd): Stray => {
  const { padding, text } = storedReply(line.text)
  return {
    atMs,
    problem,
    outcome: line._tag === "notification" ? "ok" : line._tag === "error" ? "error" : "malformed",
    method: line._tag === "notification" ? line.method : null,
    raw: text,
    octets: line.octets,
    bytes: line.bytes,
    lineEnd,
    padding
  }
}

/** -101 and -102 are ElectrumX's (aiorpcX), 3 is Fulcrum's "excessive flood" (protocol-facts section 2). */
const isThrottling = (line: ErrorLine): boolean =>
  line.code === -101 || line.code === -102 || (line.code === 3 && /flood|throttle/i.test(line.message))

/** The line is an error, however long its words are. */
export const isErrorLine = (line: Line): boolean =>
  line._tag === "error" || (line._tag === "malformed" && beginsAsError(line.text))

/** The request was answered with an error, however long its words are: servers count it as one. */
export const isError = ({ outcome, raw }: Reply): boolean =>
  outcome === "error" || outcome === "throttled" || (outcome === "too large" && raw !== null && beginsAsError(raw))

/** What a line says about the request it answers. */
export const replyOf = (sent: Sent, line: AnsweringLine, at: number, lineEnd: LineEnd): Reply => {
  const { padding, text } = storedReply(line.text)
  const said = saidBy(line, sent.request.method)
  return {
    request: sent.request,
    sentMs: sent.sentMs,
    latencyMs: at - sent.sentMs,
    outcome: said.outcome,
    result: said.result,
    unread: said.unread,
    errorCode: said.errorCode,
    errorMessage: said.errorMessage,
    raw: text,
    octets: line.octets,
    elementOctets: said.outcome === "ok" && line._tag === "result" ? line.elementOctets : undefined,
    bytes: line.bytes,
    lineEnd,
    padding
  }
}

type Said = Pick<Reply, "outcome" | "result" | "unread" | "errorCode" | "errorMessage">

const saidBy = (line: AnsweringLine, method: Method): Said => {
  const without = (outcome: ProbeOutcome, errorMessage: string, errorCode: number | null = null, unread?: unknown): Said =>
    ({ outcome, result: undefined, unread, errorCode, errorMessage })
  if (line.bytes > method.lineBound) {
    return without("too large", `${line.bytes} bytes, at most ${method.lineBound} are read of ${method.name}`)
  }
  if (line._tag === "malformed") return without("malformed", line.problem)
  if (line._tag === "error") return without(isThrottling(line) ? "throttled" : "error", line.message, line.code)
  const decoded = method.decode(line.result)
  return Result.isSuccess(decoded)
    ? { outcome: "ok", result: decoded.success, unread: undefined, errorCode: null, errorMessage: remarksOf(line) }
    : without("malformed", `not what ${method.name} returns`, null, line.result)
}

const remarksOf = (line: AnsweringLine): string | null => {
  if (line.idRemark === null) return line.octets !== null ? "invalid UTF-8" : null
  return line.octets !== null ? `${line.idRemark}; invalid UTF-8` : line.idRemark
}
