import { jsonText } from "../../domain/json-text.ts"
import type { Observation } from "../../domain/visit.ts"
import type { SeenReply } from "../identification/behaviour.ts"
import type { HeardLine } from "../../electrum/dialogue.ts"
import { storedReply } from "../../electrum/reply-text.ts"
import type { ProbeOutcome } from "../../domain/reason.ts"
import type { DeepProbe } from "./catalogue.ts"

/** What a deep probe brought: as identification looks at replies, with the probe's name. */
export interface DeepReply extends SeenReply {
  /** Without `deep/`; several handshakes of a visit are `version`, `version#2` … */
  readonly probe: string
  readonly sentMs: number
  readonly bytes: number
  /** As `storedOctets` keeps them; null without a line, and where it is UTF-8. */
  readonly octets: Uint8Array | null
}

/** ElectrumX's -101 and -102, Fulcrum's 3 (protocol-facts section 2). */
const isThrottling = (code: number | null, message: string): boolean =>
  code === -101 || code === -102 || (code === 3 && /flood|throttle/i.test(message))

/** A line as a reply. A list, which a batch brings, is its own result. */
export const replyOfLine = (
  asked: { readonly probe: string; readonly method: string; readonly params: ReadonlyArray<unknown>; readonly sentMs: number },
  { atMs, crlf, line }: HeardLine
): DeepReply => {
  const { padding, text } = storedReply(line.text)
  const reply = (outcome: ProbeOutcome, more: Partial<DeepReply> = {}): DeepReply => ({
    ...asked,
    outcome,
    raw: text,
    octets: line.octets,
    bytes: line.bytes,
    lineEnd: crlf ? "crlf" : "lf",
    padding,
    result: undefined,
    errorCode: null,
    errorMessage: null,
    arrivedMs: atMs,
    ...more
  })
  switch (line._tag) {
    case "result":
      return reply("ok", { result: line.result, errorMessage: line.idRemark })
    case "notification":
      return reply("ok", { errorMessage: "a notification" })
    case "error":
      return reply(isThrottling(line.code, line.message) ? "throttled" : "error", {
        errorCode: line.code,
        errorMessage: line.message
      })
    case "malformed":
      return line.problem === "batch" ? reply("ok", { errorMessage: "a list" }) : reply("malformed", { errorMessage: line.problem })
  }
}

/** Why a probe was not asked: a reply that our own clock cuts off would look like silence. */
export const outOfTime = "the visit had taken its time"

/** Said of the silence that is an answer: what was asked behind it was answered. */
export const silentBehindPing = "no reply; a ping behind it was answered"

/** The reply that did not come. */
export const silence = (
  asked: { readonly probe: string; readonly method: string; readonly params: ReadonlyArray<unknown>; readonly sentMs: number },
  outcome: ProbeOutcome,
  why: string | null
): DeepReply => ({
  ...asked,
  outcome,
  raw: null,
  octets: null,
  bytes: 0,
  lineEnd: null,
  padding: 0,
  result: undefined,
  errorCode: null,
  errorMessage: why,
  arrivedMs: null
})

export const askedOf = (probe: DeepProbe, clientName: string, sentMs: number) =>
  ({ probe: probe.name, method: probe.method, params: probe.params(clientName), sentMs })

/** As stored. */
export const deepObservation = (reply: DeepReply): Observation => ({
  probe: `deep/${reply.probe}`,
  method: reply.method,
  params: reply.outcome === "not asked" ? null : jsonText(reply.params),
  sentMs: reply.sentMs,
  latencyMs: reply.arrivedMs === null ? null : reply.arrivedMs - reply.sentMs,
  outcome: reply.outcome,
  errorCode: reply.errorCode,
  errorMessage: reply.errorMessage,
  replyRaw: reply.raw,
  replyOctets: reply.octets,
  replyBytes: reply.bytes,
  lineEnd: reply.lineEnd,
  padding: reply.padding,
  value: null
})

/** Whose replies are of another form than the connection's others. */
const otherForms: ReadonlySet<string> = new Set(["no-jsonrpc", "jsonrpc-1.0", "batch", "empty-batch"])

/**
 * Replies as if of one ordinary session, which is what the rules of
 * identification know: without other dialects and lists, and with one answered
 * handshake, unless it was answered twice on one connection.
 */
export const ordinaryReplies = (replies: ReadonlyArray<DeepReply>): ReadonlyArray<DeepReply> =>
  replies.filter(({ method, outcome, probe }) =>
    !otherForms.has(probe)
    && (method !== "server.version" || outcome !== "ok" || probe === "version" || probe === "version-twice")
  )
