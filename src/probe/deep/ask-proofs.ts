import { Effect } from "effect"
import type { Judged } from "../../domain/judged-answer.ts"
import { isError, type Reply } from "../../electrum/reply.ts"
import { serverVersion } from "../../electrum/methods.ts"
import type { Session } from "../../electrum/session.ts"
import type { Probe } from "../catalogue.ts"
import type { VisitTimeouts } from "../visit-timeouts.ts"
import { mostProofErrors } from "./budget.ts"
import { openRange } from "./catalogue.ts"
import type { DeepDraft } from "./deep-draft.ts"
import { outOfTime } from "./deep-reply.ts"
import { confirmed, isContradiction, judgeProofs, type ProofSubject } from "./judge-proofs.ts"
import { proofProbes, type ProofQuestions } from "./proof-questions.ts"

interface ProofConversation {
  readonly clientName: string
  readonly timeouts: VisitTimeouts
  /** By the visit's clock. */
  readonly until: number
}

const handshake = (clientName: string): Probe => ({
  name: "proofs version",
  method: serverVersion,
  params: [clientName, openRange],
  harmless: "every client begins with it; it says honestly who asks",
  tells: "that the rest may be asked"
})

/** A row of its own. */
const again = (probe: Probe): Probe => ({ ...probe, name: `${probe.name} again` })

/**
 * Asks for proofs on a session of its own, in two packets, each no larger than
 * the errors that are left for this. What contradicts itself is asked once more:
 * something may have changed in between, or been damaged on the way.
 */
export const askProofs = Effect.fnUntraced(function*(
  session: Session,
  draft: DeepDraft,
  questions: ProofQuestions,
  { clientName, timeouts, until }: ProofConversation
): Effect.fn.Return<ReadonlyArray<Judged>> {
  let leave: string | null = null
  let answeredErrors = 0
  const errorsLeft = (): number => mostProofErrors - answeredErrors - session.strayErrors

  /** Null where time or errors do not suffice. */
  const exchange = Effect.fnUntraced(function*(probes: ReadonlyArray<Probe>, timeoutMs: number) {
    for (const { method } of probes) draft.asked(method.cost)
    const replies = yield* session.exchange(probes, timeoutMs)
    replies.forEach((reply, i) => draft.answered(probes[i]!, reply))
    answeredErrors += replies.filter(isError).length
    if (session.ended !== null) leave = "the connection had ended"
    else if (draft.throttled) leave = "the server asked for less"
    else if (replies.every(({ outcome }) => outcome === "timeout")) leave = "the server had stopped answering"
    return replies
  })

  /** Asks them in packets; those that cannot be asked are left out. */
  const askAll = Effect.fnUntraced(function*(probes: ReadonlyArray<Probe>) {
    const replies: Array<Reply> = []
    while (replies.length < probes.length) {
      if (leave === null && errorsLeft() <= 0) leave = `${mostProofErrors} errors were made`
      if (leave === null && until - draft.now() < timeouts.exchangeMs) leave = outOfTime
      if (leave !== null) break
      replies.push(...(yield* exchange(probes.slice(replies.length, replies.length + errorsLeft()), timeouts.exchangeMs)))
    }
    for (const probe of probes.slice(replies.length)) draft.leaveOutQuestion(probe, leave!)
    return replies
  })

  const probes = proofProbes(questions)
  const [greeting] = yield* exchange([handshake(clientName)], timeouts.handshakeMs)
  if (greeting!.outcome !== "ok") leave ??= "the handshake was not answered"
  const replies = yield* askAll(probes)
  const byProbe = new Map(replies.map((reply, i) => [probes[i]!, reply]))
  const first = judgeProofs(questions, byProbe, leave)
  const doubted = new Set(first.filter(isContradiction).map(({ subject }) => subject as ProofSubject))
  if (doubted.size === 0) return first
  const needsHistory = doubted.has("status") || doubted.has("unspent")
  const packets = [
    [...(doubted.has("transaction") ? [questions.transaction] : []), ...(doubted.has("unspent") ? [questions.unspent] : [])],
    [...(doubted.has("status") ? [questions.status] : []), ...(doubted.has("merkle proof") ? [questions.header, questions.merkle] : [])],
    // Behind what is held against it: a history that is still the same did not change in between.
    needsHistory ? [questions.history] : []
  ]
  const second = new Map(byProbe)
  for (const packet of packets) {
    const answered = yield* askAll(packet.map(again))
    for (const [i, probe] of packet.entries()) {
      // What was not answered again cannot confirm anything.
      if (answered[i] === undefined) second.delete(probe)
      else second.set(probe, answered[i])
    }
  }
  return confirmed(first, judgeProofs(questions, second, leave))
})
