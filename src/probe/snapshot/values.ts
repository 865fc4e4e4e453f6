import type { FeeHistogram, MempoolInfo, SnapshotValues, Tip, ValueReading } from "../../domain/snapshot.ts"
import { memberText } from "../../electrum/member-text.ts"
import { mempoolInfo } from "../../electrum/methods.ts"
import type { Reply } from "../../electrum/reply.ts"
import { maxReplyText } from "../../electrum/reply-text.ts"
import type { Probe } from "../catalogue.ts"
import { tipFacts } from "../tip-facts.ts"
import type { SnapshotQuestions } from "./questions.ts"

const notAsked: ValueReading<never> = { outcome: "not asked", text: null, value: null }

const tipOf = (reply: Reply | undefined): Tip | null => {
  if (reply?.outcome !== "ok") return null
  const tip = tipFacts(reply.result as { readonly hex: string; readonly height: number })
  return tip === null ? null : { height: tip.height, hash: tip.hash }
}

/** The result as it was written; null where the line was too long to be kept whole. */
const textOf = ({ bytes, raw }: Reply): string | null =>
  raw === null || bytes > maxReplyText ? null : memberText(raw, "result")

const readingOf = <A>(reply: Reply | undefined, value: (result: unknown) => A): ValueReading<A> => {
  if (reply === undefined) return notAsked
  return reply.outcome === "ok"
    ? { outcome: "ok", text: textOf(reply), value: value(reply.result) }
    : { outcome: reply.outcome, text: null, value: null }
}

/** Amounts may be written as text, e.g. by a proxy. */
const amount = (value: unknown): number | null => typeof value === "number" && Number.isFinite(value) ? value : null

const infoOf = (result: unknown): MempoolInfo => {
  const members = result as Readonly<Record<string, unknown>>
  return {
    mempoolMinFee: amount(members["mempoolminfee"]),
    minRelayFee: amount(members["minrelaytxfee"]),
    incrementalRelayFee: amount(members["incrementalrelayfee"]),
    unbroadcastCount: amount(members["unbroadcastcount"])
  }
}

/** What the replies to one round of questions say; those that were not asked have none. */
export const snapshotValues = (questions: SnapshotQuestions, replies: ReadonlyMap<Probe, Reply>): SnapshotValues => {
  const { fees, histogram, pool, tipAfter, tipBefore } = questions
  const modern = pool.method === mempoolInfo
  return {
    tipBefore: tipOf(replies.get(tipBefore)),
    tipAfter: tipOf(replies.get(tipAfter)),
    fees: fees.map((probe) => ({
      target: Number(probe.params[0]),
      ...readingOf(replies.get(probe), (result) => result as number)
    })),
    histogram: readingOf(replies.get(histogram), (result) => result as FeeHistogram),
    mempoolInfo: modern ? readingOf(replies.get(pool), infoOf) : notAsked,
    relayFee: modern ? notAsked : readingOf(replies.get(pool), (result) => result as number)
  }
}
