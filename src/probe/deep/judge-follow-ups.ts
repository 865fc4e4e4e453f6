import { decodeBlockHeader } from "../../domain/block-header.ts"
import type { Judged } from "../../domain/judged-answer.ts"
import { replyResponse, type Verdict } from "../responses/reply-response.ts"
import { type FollowUps, type LaterQuestions, newestLaterEntry, type RangeQuestions, toldTip } from "./follow-ups.ts"
import { branchVerdict, differs, type ProofReplies, type ProofReply, unjudged } from "./judge-proofs.ts"
import type { ProofQuestions } from "./proof-questions.ts"

/** Blocks that can come while a few questions are answered, or that a server knows before it tells of them. */
const mostNews = 2

const notAsked = (because: string): Verdict => ({ response: "not asked", detail: { because } })

/** The headers of a range, 80 bytes each in hex; a rest that is no header is one that cannot be read. */
const headersOf = (reply: ProofReply): ReadonlyArray<string> => {
  const { headers, hex } = reply.result as { readonly hex?: string; readonly headers?: ReadonlyArray<string> }
  return headers ?? hex?.match(/.{1,160}/gs) ?? []
}

const judgeRange = ({ start, tip, tipAfter }: RangeQuestions, reply: ProofReply, replies: ProofReplies): Verdict => {
  if (reply.outcome !== "ok") return replyResponse(reply)
  const { count } = reply.result as { readonly count: number }
  const shown = headersOf(reply)
  const detail = { from: start, count, tip: tip.height }
  if (shown.length !== count) return differs("it counts other headers than it shows", { ...detail, contradicts: "count", shown: shown.length })
  const headers = shown.map(decodeBlockHeader)
  const unread = headers.indexOf(undefined)
  if (unread >= 0) return differs("what it shows is no header", { ...detail, contradicts: "form", height: start + unread })
  const read = headers.map((header) => header!)
  const loose = read.findIndex((header, i) => i > 0 && header.previousHash !== read[i - 1]!.hash)
  if (loose > 0) return differs("the headers do not follow each other", { ...detail, contradicts: "order", height: start + loose })
  const after = toldTip(replies.get(tipAfter))
  if (after === undefined) return unjudged("its tip was not told again")
  const last = start + read.length - 1
  if (last > Math.max(tip.height, after.height) + mostNews) {
    return differs("it has blocks above the tip that it tells", { ...detail, contradicts: "tip", last, tip_after: after.height })
  }
  const atTip = read[tip.height - start]
  if (atTip === undefined) return { response: "truncated", detail: { ...detail, last } }
  // A block that was the tip can have lost against another one meanwhile.
  if (atTip.hash !== tip.hash && after.hash === tip.hash) {
    return differs("its tip is none of the headers that it shows", { ...detail, contradicts: "tip", shown: atTip.hash, expected: tip.hash })
  }
  return { response: "ok", detail: { ...detail, last } }
}

const judgeLater = (
  questions: ProofQuestions,
  later: LaterQuestions | undefined,
  replies: ProofReplies,
  because: string | null
): Verdict => {
  const history = replies.get(questions.history)
  const entry = newestLaterEntry(questions, history)
  if (entry === undefined) return notAsked(history?.outcome === "ok" ? "its history has no later entry" : "its history was not shown")
  const tip = toldTip(replies.get(questions.tip))
  if (tip === undefined) return notAsked("it told no tip")
  const detail = { txid: entry.txid, height: entry.height }
  if (entry.height > tip.height + mostNews) return differs("it is confirmed above the tip that it tells", { ...detail, tip: tip.height })
  if (later === undefined || later.entry.txid !== entry.txid) return unjudged("its history changed meanwhile")
  const [proof, header] = [replies.get(later.merkle), replies.get(later.header)]
  if (proof === undefined) return notAsked(because ?? "it was not asked for a proof")
  // Who proves nothing at all has no index for it; who proves what is pinned can prove what is in a block.
  const pinned = replies.get(questions.merkle)
  if (proof.outcome === "error") {
    const refused = replyResponse(proof)
    return refused.response === "error" && pinned?.outcome === "ok"
      ? differs("its own history has it, and it has no proof of it", { ...detail, ...refused.detail })
      : refused
  }
  return branchVerdict({ ...entry, blockHash: undefined }, proof, header)
}

/** What does not change while a server runs: its chain, and the hosts that it has. */
const settingsOf = (reply: ProofReply): { readonly genesis_hash: string | undefined; readonly hosts: string | undefined } => {
  const { genesis_hash: genesis, hosts } = reply.result as Readonly<Record<string, unknown>>
  return {
    genesis_hash: typeof genesis === "string" ? genesis.toLowerCase() : undefined,
    hosts: typeof hosts === "object" && hosts !== null ? Object.keys(hosts).toSorted().join(" ") : undefined
  }
}

/** Characters kept of what was told. */
const mostKept = 500

const judgeFeatures = ([first, second]: FollowUps["features"], replies: ProofReplies, because: string | null): Verdict => {
  const [one, other] = [replies.get(first), replies.get(second)]
  if (one === undefined || other === undefined) return notAsked(because ?? "it did not answer for its features in the regular visit")
  if (one.outcome !== "ok" || other.outcome !== "ok") return replyResponse(one.outcome === "ok" ? other : one)
  const [told, then] = [settingsOf(one), settingsOf(other)]
  const comparable = (["genesis_hash", "hosts"] as const).filter((name) => told[name] !== undefined && then[name] !== undefined)
  if (comparable.length === 0) return unjudged("its features have neither genesis hash nor hosts")
  const changed = comparable.find((name) => told[name] !== then[name])
  return changed === undefined
    ? { response: "ok", detail: { compared: comparable } }
    : differs("something else when asked again", { contradicts: changed, expected: told[changed]!.slice(0, mostKept), shown: then[changed]!.slice(0, mostKept) })
}

/** What the answers to follow-ups say; `because` why the missing ones were not asked. */
export const judgeFollowUps = (
  questions: ProofQuestions,
  { features, later, range }: FollowUps,
  replies: ProofReplies,
  because: string | null
): ReadonlyArray<Judged> => {
  const headers = range === undefined ? undefined : replies.get(range.headers)
  return [
    {
      subject: "header range",
      scriptForm: null,
      ...(range === undefined || headers === undefined ? notAsked(because ?? "it told no tip") : judgeRange(range, headers, replies))
    },
    { subject: "later entry", scriptForm: questions.script.form, ...judgeLater(questions, later, replies, because) },
    { subject: "features twice", scriptForm: null, ...judgeFeatures(features, replies, because) }
  ]
}
