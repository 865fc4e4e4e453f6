import { decodeBlockHeader } from "../../domain/block-header.ts"
import type { Judged, Subject } from "../../domain/judged-answer.ts"
import { longestBranch, merkleRootOf, readRawTransaction } from "../../domain/raw-transaction.ts"
import { type HistoryLine, statusOf } from "../../domain/script-history.ts"
import type { Reply } from "../../electrum/reply.ts"
import type { Probe } from "../catalogue.ts"
import { type JudgedReply, replyResponse, type Verdict } from "../responses/reply-response.ts"
import { type HistoryVerdict, respondHistory } from "../responses/script-response.ts"
import type { ProofQuestions } from "./proof-questions.ts"

/** What is judged of the answers to proof questions. */
export const proofSubjects = ["merkle proof", "transaction", "unspent", "status", "header range", "later entry", "further histories", "features twice"] as const satisfies ReadonlyArray<Subject>
export type ProofSubject = (typeof proofSubjects)[number]

/** Replies by what was asked; without those that were left out. */
export type ProofReplies = ReadonlyMap<Probe, ProofReply>

/** With the bytes that came: of what was too large, none where another reply ended the connection. */
export type ProofReply = JudgedReply & Pick<Reply, "bytes">

interface Unspent extends HistoryLine {
  readonly tx_pos: number
  readonly value: number
}

/** Of a branch that has no end nothing is read, and nobody asks for it twice. */
const tooLong = "a branch longer than any block needs"

export const unjudged = (because: string): Verdict => ({ response: null, detail: { because } })
export const differs = (because: string, detail: Verdict["detail"] = {}): Verdict => ({ response: "differs", detail: { because, ...detail } })

/** Why nothing can be held against the history shown; null where it is as known and nothing moves. */
const unsettled = ({ later, response }: HistoryVerdict): string | null => {
  if (response !== "ok") return "its history of the script is not as known, or was not shown"
  return later === 0 ? null : "the script has later entries: it may have changed in between"
}

/** Does a branch lead from a transaction to the root in the server's own header of its block? `blockHash` where the height decides the chain. */
export const branchVerdict = (
  entry: { readonly txid: string; readonly height: number; readonly blockHash: string | undefined },
  proof: ProofReply,
  header: JudgedReply | undefined
): Verdict => {
  if (proof.outcome === "too large") {
    return proof.bytes > 0 ? differs(tooLong) : unjudged("another reply was too long to go on")
  }
  if (proof.outcome !== "ok") return replyResponse(proof)
  if (header?.outcome !== "ok") return unjudged("no header was shown to hold it against")
  const { hash, meetsOwnTarget, merkleRoot } = decodeBlockHeader(header.result as string)!
  if (entry.blockHash !== undefined && hash !== entry.blockHash) return unjudged("its header is of another chain")
  const { block_height, merkle, pos } = proof.result as { readonly block_height: number; readonly merkle: ReadonlyArray<string>; readonly pos: number }
  const detail = { txid: entry.txid, height: entry.height, block_hash: hash, expected: merkleRoot }
  if (block_height !== entry.height) return differs("it is about another block", { ...detail, block_height })
  if (merkle.length > longestBranch || pos >= 2 ** merkle.length) return differs("no block has such a place", { ...detail, branch: merkle.length, position: pos })
  const shown = merkleRootOf(entry.txid, merkle, pos)
  if (shown !== merkleRoot) return differs("the branch does not lead to the root in its own header", { ...detail, shown })
  if (!meetsOwnTarget) return differs("the header it leads to has not the work that it states", detail)
  return { response: "ok", detail: { ...detail, shown } }
}

const judgeTransaction = ({ entry }: ProofQuestions, reply: JudgedReply): Verdict => {
  if (reply.outcome !== "ok") return replyResponse(reply)
  const transaction = readRawTransaction(reply.result as string)
  if (transaction === undefined) return differs("the bytes are no transaction", { expected: entry.txid })
  return transaction.txid === entry.txid
    ? { response: "ok", detail: { expected: entry.txid, shown: transaction.txid } }
    : differs("the hash of the bytes is another one", { expected: entry.txid, shown: transaction.txid })
}

const judgeStatus = (reply: JudgedReply, history: JudgedReply | undefined, settled: string | null): Verdict => {
  if (reply.outcome !== "ok") return replyResponse(reply)
  if (settled !== null) return unjudged(settled)
  const expected = statusOf(history!.result as ReadonlyArray<HistoryLine>)
  const shown = reply.result as string | null
  return (shown?.toLowerCase() ?? null) === expected
    ? { response: "ok", detail: { expected, shown } }
    : differs("it is not the hash of its own history", { expected, shown })
}

/** The outputs that cannot be, by the transaction whose bytes hash to the id. */
const contradicting = ({ entry, script }: ProofQuestions, outputs: ReadonlyArray<Unspent>, raw: string): ReadonlyArray<unknown> => {
  const transaction = readRawTransaction(raw)
  if (transaction?.txid !== entry.txid) return []
  return outputs.flatMap(({ tx_hash, tx_pos, value }) => {
    if (tx_hash.toLowerCase() !== entry.txid) return []
    const output = transaction.outputs[tx_pos]
    return output?.script === script.script && output.value === value ? [] : [{ position: tx_pos, expected: output?.script === script.script ? output.value : null, shown: value }]
  })
}

const judgeUnspent = (
  questions: ProofQuestions,
  reply: JudgedReply,
  { history, settled, transaction }: { readonly history: JudgedReply | undefined; readonly settled: string | null; readonly transaction: JudgedReply | undefined }
): Verdict => {
  if (reply.outcome !== "ok") return replyResponse(reply)
  const outputs = reply.result as ReadonlyArray<Unspent>
  const wrong = transaction?.outcome === "ok" ? contradicting(questions, outputs, transaction.result as string) : []
  if (wrong.length > 0) return differs("an output is not as the transaction has it", { contradicts: "transaction", outputs: wrong })
  if (settled !== null) return unjudged(settled)
  const known = new Set((history!.result as ReadonlyArray<HistoryLine>).map(({ tx_hash }) => tx_hash.toLowerCase()))
  const strange = outputs.filter(({ tx_hash }) => !known.has(tx_hash.toLowerCase()))
  if (strange.length > 0) {
    return differs("an output of a transaction that its own history has not", { contradicts: "history", outputs: strange.slice(0, 5) })
  }
  const { balance } = questions.script
  const shown = outputs.reduce((sum, { value }) => sum + value, 0)
  if (balance === null || shown === balance) return { response: "ok", detail: { expected: balance, shown, outputs: outputs.length } }
  const detail = { contradicts: "balance", expected: balance, shown, outputs: outputs.length }
  return outputs.length === 0 ? { response: "empty", detail } : differs("the outputs do not sum up to what is known", detail)
}

/** What the replies say, subject by subject; `because` why the missing ones were not asked. */
export const judgeProofs = (questions: ProofQuestions, replies: ProofReplies, because: string | null): ReadonlyArray<Judged> => {
  const { script } = questions
  const history = replies.get(questions.history)
  const settled = history === undefined ? "its history was not asked for" : unsettled(respondHistory(script, history, null))
  const header = replies.get(questions.header)
  const transaction = replies.get(questions.transaction)
  const judged = (subject: ProofSubject, probe: Probe, judge: (reply: ProofReply) => Verdict): Judged => {
    const reply = replies.get(probe)
    const scriptForm = subject === "unspent" || subject === "status" ? script.form : null
    const verdict: Verdict = reply === undefined ? { response: "not asked", detail: { because } } : judge(reply)
    return { subject, scriptForm, ...verdict }
  }
  return [
    judged("merkle proof", questions.merkle, (reply) => branchVerdict({ ...questions.entry, blockHash: questions.blockHash }, reply, header)),
    judged("transaction", questions.transaction, (reply) => judgeTransaction(questions, reply)),
    judged("unspent", questions.unspent, (reply) => judgeUnspent(questions, reply, { history, settled, transaction })),
    judged("status", questions.status, (reply) => judgeStatus(reply, history, settled))
  ]
}

/** Nothing was asked, and why. */
export const proofsNotAsked = (because: string): ReadonlyArray<Judged> =>
  proofSubjects.map((subject) => ({ subject, scriptForm: null, response: "not asked", detail: { because } }))

/** It says something that cannot be, rather than nothing that can be read: worth asking once more. */
export const isContradiction = ({ detail, response }: Judged): boolean =>
  response === "empty" || (response === "differs" && !("problem" in detail) && detail["because"] !== tooLong)

/** What was contradictory is so only where it was when asked again. */
export const confirmed = (first: ReadonlyArray<Judged>, again: ReadonlyArray<Judged>): ReadonlyArray<Judged> =>
  first.map((answer) => {
    if (!isContradiction(answer)) return answer
    const second = again.find(({ subject }) => subject === answer.subject)
    return second !== undefined && isContradiction(second)
      ? { ...answer, detail: { ...answer.detail, times: 2 } }
      : { ...answer, response: null, detail: { ...answer.detail, because: `not so when asked again: ${String(answer.detail["because"])}` } }
  })
