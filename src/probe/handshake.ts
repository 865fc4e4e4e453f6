import { Effect } from "effect"
import { remembering } from "../domain/remembering.ts"
import type { Reply } from "../electrum/reply.ts"
import type { Session } from "../electrum/session.ts"
import { cutText } from "../electrum/reply-text.ts"
import { protocolRange, versionProbe } from "./catalogue.ts"
import type { Failure, VisitDraft } from "./visit-draft.ts"

/** A crawl asks all servers by one name. */
const firstProbe = remembering(16, (clientName: string) => versionProbe(clientName, protocolRange, 1))

/** The protocol version that old servers understand when they do not understand a range. */
const oldProtocol = "1.4"

/** A handshake without a version. */
export interface Refusal extends Failure {
  /** Another try with plain "1.4" may help. */
  readonly again: boolean
}

/** How often a handshake is tried: with the range, then with plain "1.4". */
export type Attempt = 1 | 2

const maxSoftware = 1024
const maxProtocol = 64

/**
 * `server.version`, first and alone. Null when it was answered; then the draft
 * knows software and protocol. A refusal otherwise: `again` for an empty close,
 * which is how ElectrumX 1.18.0 refuses a version (its error is lost in the
 * padding buffer, surprise 6), and for an error about the version.
 */
export const shakeHands = Effect.fnUntraced(function*(
  session: Session,
  draft: VisitDraft,
  clientName: string,
  attempt: Attempt,
  timeoutMs: number
): Effect.fn.Return<Refusal | null> {
  const probe = attempt === 1 ? firstProbe(clientName) : versionProbe(clientName, oldProtocol, attempt)
  const replies = yield* session.exchange([probe], timeoutMs, true)
  const reply = replies[0]!
  if (reply.outcome === "ok") {
    draft.observe(probe, reply)
    const result = reply.result as string | readonly [string, string, ...Array<unknown>]
    if (typeof result === "string") draft.handshakeDone(cutText(result, maxSoftware), null)
    else draft.handshakeDone(cutText(result[0], maxSoftware), cutText(result[1], maxProtocol))
    return null
  }
  const refusal = refusalOf(session, reply)
  const again = refusal.again && attempt === 1
  draft.observe(probe, again
    ? { ...reply, errorMessage: `${refusal.detail ?? "refused"}; asked again with ${oldProtocol}` }
    : reply)
  return { ...refusal, again }
})

const refusalOf = (session: Session, reply: Reply): Refusal => {
  const refusal = (reason: Failure["reason"], detail: string | null, again = false): Refusal =>
    ({ reason, phase: "handshake", detail, again })
  const sentence = [reply.errorCode, reply.errorMessage].filter((part) => part !== null).join(" ")
  switch (reply.outcome) {
    case "throttled":
      return refusal("throttled", sentence)
    case "error":
      // Unknown method: it is no Electrum server, asking differently will not make it one.
      return refusal("protocol", sentence, reply.errorCode !== -32601)
    case "malformed":
      return refusal("protocol", reply.raw === null ? reply.errorMessage : `${sentence}: ${cutText(reply.raw, 200)}`)
    case "too large":
      return session.ended === "budget" ? refusal("us", session.endDetail) : refusal("too large", sentence)
    case "closed":
      return closedRefusal(session, refusal)
    default:
      return timeoutRefusal(session, refusal)
  }
}

type MakeRefusal = (reason: Failure["reason"], detail: string | null, again?: boolean) => Refusal

const closedRefusal = (session: Session, refusal: MakeRefusal): Refusal => {
  if (session.ended === "reset" || session.ended === "tls") return refusal(session.ended, session.endDetail)
  if (session.bytesIn === 0) return refusal("closed", session.endDetail ?? "closed without a byte", true)
  return unanswered(session, refusal) ?? refusal("closed", session.endDetail ?? `closed after ${session.bytesIn} bytes`)
}

const timeoutRefusal = (session: Session, refusal: MakeRefusal): Refusal =>
  unanswered(session, refusal) ??
    refusal("handshake timeout", session.bytesIn === 0 ? "no byte" : `${session.bytesIn} bytes, no reply`)

/** The refusal of a server that said something, though not what the protocol says; null when it said nothing wrong. */
const unanswered = (session: Session, refusal: MakeRefusal): Refusal | null => {
  const wrong = session.strays.find((stray) => stray.outcome !== "ok")
  if (wrong !== undefined) return refusal("protocol", `${wrong.problem}: ${cutText(wrong.raw, 200)}`)
  const unfinished = session.unfinishedLine()
  // What begins like a reply may only be slow, as long as the connection stands.
  if (unfinished === null || (session.ended === null && /^\s*(?:\{|$)/.test(unfinished))) return null
  return refusal("protocol", `no line: ${unfinished}`)
}
