import { Effect } from "effect"
import type { Dialogue, HeardLine } from "../../electrum/dialogue.ts"
import { isErrorLine } from "../../electrum/reply.ts"
import type { VisitTimeouts } from "../visit-timeouts.ts"
import { mostErrors } from "./budget.ts"
import { type DeepDialogue, type DeepProbe, handshakeLine, openRange, pingLine } from "./catalogue.ts"
import type { DeepDraft } from "./deep-draft.ts"
import { ReplyFinder } from "./reply-finder.ts"
import { askedOf, type DeepReply, outOfTime, replyOfLine, silence, silentBehindPing } from "./deep-reply.ts"

interface DeepConversation {
  readonly clientName: string
  readonly timeouts: VisitTimeouts
  /** By the visit's clock. What could not be waited for in full before it is not asked. */
  readonly until: number
}

/** How long a reply may come after that to the good ping sent behind it: servers answer in what order they like. */
const behindPingMs = 300
/** How long a server has to close behind an error, before it counts as staying. */
const behindErrorMs = 200
/** Lines beside the reply that are kept. */
const keptLines = 4

/** Each further probe could then cost two errors. */
const badPingText = "a good ping was answered with an error"

/** Errors in a list of replies, no more than a batch asks for. */
const errorsIn = (list: string): number => Math.min(2, list.match(/"error"\s*:\s*\{/g)?.length ?? 0)

/** Requests in a text that is said: a batch has several. */
const requestsIn = (text: string): number => Math.max(1, text.match(/"method"\s*:/g)?.length ?? 0)

const nothing = (): boolean => false

const hasId = (id: number) => ({ line }: HeardLine): boolean => line._tag !== "notification" && line.id === id

/**
 * One dialogue, from the first line said to the last one heard. Ids are 1 for
 * the handshake, then 10, 20, … for probes; the good ping of probe 20 is 29.
 */
export const converseDeep = Effect.fnUntraced(function*(
  speech: Dialogue,
  draft: DeepDraft,
  dialogue: DeepDialogue,
  { clientName, timeouts, until }: DeepConversation
): Effect.fn.Return<void> {
  const finder = new ReplyFinder()
  /** Requests that nothing has answered. */
  let open = 0
  /** Lines since the last one said that have been looked at. */
  let seenLines = 0

  /** Errors that answer nothing of what was asked are on the server's books too: one at most for each request left open. */
  const chargeStrays = (lines: ReadonlyArray<HeardLine>): number => {
    const errors = lines.filter((it) => isErrorLine(it.line) && !finder.isRepeated(it)).length
    const charged = Math.min(open, errors)
    open -= charged
    if (charged > 0) draft.chargeErrors(charged)
    return charged
  }

  /** Null when it was answered, else why nothing more is asked. */
  const shakeHands = Effect.fnUntraced(function*() {
    const earlier = draft.replies.filter(({ probe }) => probe.startsWith("version") && !probe.includes("-")).length
    const asked = {
      probe: earlier === 0 ? "version" : `version#${earlier + 1}`,
      method: "server.version",
      params: [clientName, openRange],
      sentMs: draft.now()
    }
    draft.asked(0.5)
    speech.say(`${handshakeLine(1, clientName)}\n`)
    const heard = yield* speech.hear((lines) => finder.find(lines, nothing) !== undefined, timeouts.handshakeMs)
    const reply = finder.find(heard, nothing)
    open = reply === undefined ? 1 : 0
    seenLines = heard.length
    finder.done(heard, reply)
    draft.observe(reply === undefined ? noReplyOf(asked) : replyOfLine(asked, reply))
    return reply?.line._tag === "result" ? null : "the handshake was not answered"
  })

  const noReplyOf = (asked: ReturnType<typeof askedOf>): DeepReply => {
    const rest = speech.unfinishedLine()
    if (speech.ended === null) return silence(asked, "timeout", rest === null ? null : `an unfinished line: ${rest}`)
    const outcome = speech.ended === "too large" || speech.ended === "budget" ? "too large" : "closed"
    return silence(asked, outcome, rest === null ? speech.endDetail : `an unfinished line: ${rest}`)
  }

  const ask = Effect.fnUntraced(function*(probe: DeepProbe, number: number) {
    if (probe.restMs !== undefined) yield* Effect.sleep(probe.restMs)
    const asked = askedOf(probe, clientName, draft.now())
    const id = number * 10
    const pingId = id + 9
    const withPing = probe.after === "ping"
    chargeStrays(speech.heard.slice(seenLines))
    draft.asked(probe.units + (withPing ? 0.1 : 0))
    const text = probe.line(id, clientName)
    open += requestsIn(text) + (withPing ? 1 : 0)
    speech.say(`${text}\n${withPing ? `${pingLine(pingId)}\n` : ""}`)
    if (probe.after === "end") speech.sayNoMore()
    const isPing = withPing ? hasId(pingId) : nothing
    const isAnswered = (lines: ReadonlyArray<HeardLine>): boolean => finder.find(lines, isPing) !== undefined
    let heard = yield* speech.hear((lines) => withPing ? lines.some(isPing) : isAnswered(lines), timeouts.exchangeMs)
    const pinged = heard.some(isPing)
    if (pinged && !isAnswered(heard)) heard = yield* speech.hear(isAnswered, behindPingMs)
    const reply = finder.find(heard, isPing)
    const seen = reply !== undefined
      ? replyOfLine(asked, reply)
      : pinged
        ? silence(asked, "timeout", silentBehindPing)
        : noReplyOf(asked)
    draft.observe(seen)
    const isBatch = reply?.line._tag === "malformed" && reply.line.problem === "batch"
    if (isBatch) draft.chargeErrors(errorsIn(reply.line.text))
    if (seen.outcome === "error" && probe.after === "alone") yield* speech.hear(nothing, behindErrorMs)
    const others = heard.filter((it) => it !== reply && !isPing(it))
    open -= (isBatch ? requestsIn(text) : reply === undefined ? 0 : 1) + (pinged ? 1 : 0)
    const strayErrors = chargeStrays(others)
    seenLines = heard.length
    others.slice(0, keptLines).forEach((it, i) => {
      const method = it.line._tag === "notification" ? it.line.method : ""
      const seen = replyOfLine({ ...asked, probe: `${probe.name}+${i + 1}`, method, params: [] }, it)
      draft.remark(finder.isRepeated(it) ? { ...seen, errorMessage: "its id was answered before" } : seen)
    })
    finder.done(heard, reply)
    const badPing = heard.some((it) => isPing(it) && it.line._tag === "error")
    if (badPing) draft.chargeErrors(1)
    if (speech.ended !== null && probe.after !== "end") {
      draft.remark(silence({ ...asked, probe: `${probe.name} end` }, "closed", speech.endDetail ?? speech.ended))
    }
    // Without an id it may have been the ping's.
    if (badPing || (withPing && !pinged && strayErrors > 0)) return badPingText
    return reply === undefined && !pinged && speech.ended === null ? "the server had stopped answering" : null
  })

  let leave = dialogue.handshake ? yield* shakeHands() : null
  for (const [i, probe] of dialogue.probes.entries()) {
    if (leave === null && speech.ended !== null) leave = "the connection had ended"
    if (leave === null && draft.throttled) leave = "the server asked for less"
    if (leave === null && until - draft.now() < (probe.restMs ?? 0) + timeouts.exchangeMs) leave = outOfTime
    const against = leave ?? (draft.errors >= mostErrors ? `${mostErrors} errors were made` : null)
    if (against !== null) {
      draft.leaveOut(probe, against)
      continue
    }
    leave = yield* ask(probe, i + 1)
  }
})
