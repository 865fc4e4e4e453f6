import type { BehaviourResponse } from "../../domain/response.ts"
import type { Reply } from "../../electrum/reply.ts"

/** As much of a reply as is judged; `raw` where something can be read of what was too long. */
export type JudgedReply = Pick<Reply, "outcome" | "result" | "unread" | "errorCode" | "errorMessage"> & Partial<Pick<Reply, "raw">>

/** A response and what was seen. */
export interface Verdict {
  readonly response: BehaviourResponse | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** Sentences by which software refuses what would cost it too much (protocol-facts 6, row 47). */
const limits: ReadonlyArray<readonly [sentence: RegExp, cause: string]> = [
  [/^history too large/, "its limit for the length of histories"],
  [/exceeds max history [0-9]/, "its limit for the length of histories"],
  [/index entries, query may take too long/, "its limit for lookups in the index"],
  [/^Too many (?:history|unspent)/, "its limit for the length of histories"],
  [/^server busy/, "too much to do"]
]

const refusal = ({ errorCode, errorMessage }: JudgedReply): string | undefined => {
  if (errorCode === -32601) return "the method is not offered"
  const sentence = errorMessage ?? ""
  return limits.find(([form]) => form.test(sentence))?.[1]
}

const cutMessage = (reply: JudgedReply): string | null => reply.errorMessage?.slice(0, 200).toWellFormed() ?? null

/** What a reply without a result of the right form says; `ok` for one that has it. */
export const replyResponse = (reply: JudgedReply): Verdict => {
  const error = { code: reply.errorCode, message: cutMessage(reply) }
  switch (reply.outcome) {
    case "ok":
      return { response: "ok", detail: {} }
    case "error": {
      const because = refusal(reply)
      return because === undefined ? { response: "error", detail: error } : { response: "refused", detail: { ...error, because } }
    }
    case "throttled":
      return { response: "refused", detail: { ...error, because: "too much asked, possibly by us" } }
    case "too large":
      return { response: null, detail: { ...error, because: "more than is read: anybody can pay to a public script" } }
    case "malformed":
      return { response: "differs", detail: { problem: cutMessage(reply) } }
    case "timeout":
      return { response: "closed", detail: { because: "no reply in time" } }
    case "closed":
      return { response: "closed", detail: { because: "the connection ended" } }
    case "not asked":
      return { response: "not asked", detail: {} }
  }
}
