import type { FeeHistogram, MempoolInfo, SnapshotValues, Tip, ValueReading } from "../../domain/snapshot.ts"
import { memberText } from "../../electrum/member-text.ts"
import { mempoolInfo } from "../../electrum/methods.ts"
import type { Reply } from "../../electrum/reply.ts"
import { maxReplyText } from "../../electrum/reply-text.ts"
import { tipFacts } from "../tip-facts.ts"

const notAsked: ValueReading<never> = { outcome: "not asked", text: null, value: null }

const tipOf = (reply: Reply | undefined): Tip | null => {
  if (reply?.outcome !== "ok") return null
  const tip = tipFacts(reply.result as { readonly hex: string; readonly height: number })
  return tip === null ? null : { height: tip.height, hash: tip.hash }
}

/** The result as it was written; null where the line was too long to be kept whole. */
const textOf = ({ bytes, raw }: Reply): string | null =>
  raw === null || bytes > maxReplyText ? null : memberText(raw, "result")

const readingOf = <A>(reply: Reply, value: (result: unknown) => A): ValueReading<A> =>
  reply.outcome === "ok"
    ? { outcome: "ok", text: textOf(reply), value: value(reply.result) }
    : { outcome: reply.outcome, text: null, value: null }

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

/** The replies of one round, in the order of the questions; `after` is missing where it was not asked any more. */
export interface SnapshotReplies {
  readonly tipBefore: Reply
  readonly fees: ReadonlyArray<Reply>
  readonly histogram: Reply
  readonly pool: Reply
  readonly tipAfter: Reply | undefined
}

/** What the replies say. */
export const snapshotValues = (replies: SnapshotReplies): SnapshotValues => {
  const { fees, histogram, pool, tipAfter, tipBefore } = replies
  const modern = pool.request.method === mempoolInfo
  return {
    tipBefore: tipOf(tipBefore),
    tipAfter: tipOf(tipAfter),
    fees: fees.map((reply) => ({
      target: Number(reply.request.params[0]),
      ...readingOf(reply, (result) => result as number)
    })),
    histogram: readingOf(histogram, (result) => result as FeeHistogram),
    mempoolInfo: modern ? readingOf(pool, infoOf) : notAsked,
    relayFee: modern ? notAsked : readingOf(pool, (result) => result as number)
  }
}
