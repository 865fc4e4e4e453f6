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
import { followUps, type FollowUps } from "./follow-ups.ts"
import { judgeFollowUps } from "./judge-follow-ups.ts"
import { judgeFurther } from "./judge-further.ts"
import { confirmed, isContradiction, judgeProofs, type ProofReplies, type ProofSubject } from "./judge-proofs.ts"
import { proofProbes, type ProofQuestions } from "./proof-questions.ts"

interface ProofConversation {
  readonly clientName: string
  readonly timeouts: VisitTimeouts
  /** It answered for its features in the regular visit: some close the connection on the question. */
  readonly offersFeatures: boolean
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

/** What is asked once more where answers contradict, packet by packet. */
const packetsAgain = (
  doubted: ReadonlySet<ProofSubject>,
  questions: ProofQuestions,
  { later, range }: FollowUps
): ReadonlyArray<ReadonlyArray<Probe>> => {
  const some = (subject: ProofSubject, ...probes: ReadonlyArray<Probe>): ReadonlyArray<Probe> => doubted.has(subject) ? probes : []
  const needsHistory = doubted.has("status") || doubted.has("unspent") || doubted.has("later entry")
  return [
    [...some("transaction", questions.transaction), ...some("unspent", questions.unspent)],
    [...some("status", questions.status), ...some("merkle proof", questions.header, questions.merkle)],
    ...(range === undefined ? [] : [some("header range", range.headers, range.tipAfter)]),
    ...(later === undefined ? [] : [some("later entry", later.header, later.merkle)]),
    some("further histories", ...questions.further.map(({ probe }) => probe)),
    // Behind what is held against it: a history that is still the same did not change in between.
    needsHistory ? [questions.history] : []
  ]
}

/**
 * Asks for proofs on a session of its own, in packets each no larger than the
 * errors that are left for this: what is known first, then what follows from the
 * answers. What contradicts itself is asked once more: something may have
 * changed in between, or been damaged on the way. Features come last, since some
 * close the connection on them.
 */
export const askProofs = Effect.fnUntraced(function*(
  session: Session,
  draft: DeepDraft,
  questions: ProofQuestions,
  { clientName, offersFeatures, timeouts, until }: ProofConversation
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
  const replies = new Map<Probe, Reply>()
  const ask = Effect.fnUntraced(function*(some: ReadonlyArray<Probe>) {
    const answered = yield* askAll(some)
    some.slice(0, answered.length).forEach((probe, i) => replies.set(probe, answered[i]!))
  })
  yield* ask(probes)
  const follow = followUps(questions, replies)
  yield* ask(follow.range === undefined ? [] : [follow.range.headers, follow.range.tipAfter])
  yield* ask(follow.later === undefined ? [] : [follow.later.header, follow.later.merkle])
  yield* ask(questions.further.map(({ probe }) => probe))
  const judge = (some: ProofReplies): ReadonlyArray<Judged> => [
    ...judgeProofs(questions, some, leave),
    ...judgeFollowUps(questions, follow, some, leave),
    ...judgeFurther(questions, some, leave)
  ]
  const doubtedIn = (answers: ReadonlyArray<Judged>): ReadonlySet<ProofSubject> =>
    new Set(answers.filter(isContradiction).map(({ subject }) => subject as ProofSubject))
  const second = new Map<Probe, Reply>()
  const missing = new Set<Probe>()
  const askAgain = Effect.fnUntraced(function*(packets: ReadonlyArray<ReadonlyArray<Probe>>) {
    for (const packet of packets) {
      const answered = yield* askAll(packet.map(again))
      for (const [i, probe] of packet.entries()) {
        // What was not answered again cannot confirm anything.
        if (answered[i] === undefined) missing.add(probe)
        else second.set(probe, answered[i])
      }
    }
  })
  yield* askAgain(packetsAgain(doubtedIn(judge(replies)), questions, follow))
  if (offersFeatures) yield* ask(follow.features)
  const first = judge(replies)
  const doubted = doubtedIn(first)
  if (doubted.has("features twice")) yield* askAgain([[follow.features[1]]])
  if (doubted.size === 0) return first
  return confirmed(first, judge(new Map([...replies, ...second].filter(([probe]) => !missing.has(probe)))))
})
