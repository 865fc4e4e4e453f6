import type { Transport } from "../../domain/endpoint.ts"
import type { ProbeOutcome } from "../../domain/reason.ts"
import type { LineEnd } from "../../domain/visit.ts"
import { serverPeersSubscribe } from "../../electrum/methods.ts"
import type { Reply } from "../../electrum/reply.ts"
import { listBeginning } from "../list-text.ts"

/** One request and what came back, as rules look at it. */
export interface SeenReply {
  readonly method: string
  readonly params: ReadonlyArray<unknown>
  readonly outcome: ProbeOutcome
  /** The line, padding folded, perhaps cut, of a peer list the beginning; null without one. */
  readonly raw: string | null
  readonly lineEnd: LineEnd | null
  /** Spaces before the closing bracket. */
  readonly padding: number
  /** Decoded result, of a peer list at most one entry; undefined unless `ok`. */
  readonly result: unknown
  readonly errorCode: number | null
  readonly errorMessage: string | null
  /** Milliseconds by the visit's clock; null without a line. */
  readonly arrivedMs: number | null
}

/** All that identification looks at. */
export interface Behaviour {
  readonly transport: Transport
  /** Programs that speak TLS for others and made the certificate that was shown. */
  readonly certificateMakers: ReadonlyArray<string>
  /** When dialling began for the connection whose handshake was answered, by the visit's clock; null when unknown. */
  readonly dialledMs: number | null
  /** Of a deep visit, the replies by what was asked (names of its catalogue), also of what was left out. */
  readonly deep?: ReadonlyMap<string, SeenReply>
  /** In the order asked. */
  readonly replies: ReadonlyArray<SeenReply>
}

export const seenReply = (reply: Reply): SeenReply => {
  const { raw, request: { method, params }, result } = reply
  // Of a list, which may be long, it is only asked whether there are peers, and how its line begins.
  const isList = method === serverPeersSubscribe && reply.outcome === "ok"
  return {
    method: method.name,
    params,
    outcome: reply.outcome,
    raw: isList && raw !== null ? listBeginning(raw) : raw,
    lineEnd: reply.lineEnd,
    padding: reply.padding,
    result: isList && Array.isArray(result) ? result.slice(0, 1) : result,
    errorCode: reply.errorCode,
    errorMessage: reply.errorMessage,
    arrivedMs: reply.latencyMs === null ? null : reply.sentMs + reply.latencyMs
  }
}

/** The answered `server.version`, the last one if there are several; undefined without. */
export const answeredVersion = ({ replies }: Behaviour): SeenReply | undefined =>
  replies.findLast(({ method, outcome }) => method === "server.version" && outcome === "ok")

/** Replies to a method that came as its result. */
export const answered = ({ replies }: Behaviour, method: string): ReadonlyArray<SeenReply> =>
  replies.filter((reply) => reply.method === method && reply.outcome === "ok")

/** Whether padding and pacing show: they are for lines, WebSocket messages have neither. */
export const hasLines = ({ transport }: Behaviour): boolean => transport === "tcp" || transport === "tls"
