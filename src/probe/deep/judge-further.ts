import type { Judged } from "../../domain/judged-answer.ts"
import type { Verdict } from "../responses/reply-response.ts"
import { respondHistory } from "../responses/script-response.ts"
import { toldTip } from "./follow-ups.ts"
import { differs, type ProofReplies, unjudged } from "./judge-proofs.ts"
import type { ProofQuestions } from "./proof-questions.ts"

/** Scripts that a verdict names. */
const mostNamed = 5

/** Entries that are all there and all right, in another order, are a mistake of software, and what cannot be read says nothing. */
const isUntrue = ({ detail, response }: Verdict): boolean =>
  response === "empty" || response === "truncated" ||
  (response === "differs" && ["missing", "moved", "added", "repeated"].some((fault) => fault in detail))

/**
 * Histories of scripts that no other visit asks for, in one answer; none where no
 * such script is known. Nothing is held against who cannot show the pinned
 * transaction either: it may be of another chain.
 */
export const judgeFurther = ({ further, tip, transaction }: ProofQuestions, replies: ProofReplies, because: string | null): ReadonlyArray<Judged> => {
  if (further.length === 0) return []
  const height = toldTip(replies.get(tip))?.height ?? null
  const answers = further.flatMap(({ probe, script }) => {
    const reply = replies.get(probe)
    if (reply === undefined) return []
    const { detail, response } = respondHistory(script, reply, height)
    return [{ script: script.name, response, detail }]
  })
  const [untrue, asKnown] = [answers.filter(isUntrue), answers.filter(({ response }) => response === "ok")]
  const verdict = (): Verdict => {
    if (untrue.length > 0) {
      if (replies.get(transaction)?.outcome !== "ok") return unjudged("it did not show the pinned transaction: it may be of another chain")
      return differs("what is in the chain is left out, altered or added to", { asked: answers.length, untrue: untrue.length, scripts: untrue.slice(0, mostNamed) })
    }
    if (asKnown.length > 0) return { response: "ok", detail: { asked: answers.length, as_known: asKnown.length } }
    return answers.length === 0 ? { response: "not asked", detail: { because } } : { response: answers[0]!.response, detail: answers[0]!.detail }
  }
  return [{ subject: "further histories", scriptForm: null, ...verdict() }]
}
