import { decodeBlockHeader } from "../../domain/block-header.ts"
import { headersAroundTip } from "../../domain/header-range.ts"
import type { HistoryEntry } from "../../domain/public-script.ts"
import { blockHeader, blockHeaders, transactionGetMerkle } from "../../electrum/methods.ts"
import { featuresProbe, type Probe } from "../catalogue.ts"
import type { ProofReplies } from "./judge-proofs.ts"
import type { ProofQuestions } from "./proof-questions.ts"

/** A tip as the server tells it. */
export interface ToldTip {
  readonly height: number
  readonly hash: string
}

/** Headers around its own tip, and the tip once more behind them. */
export interface RangeQuestions {
  readonly tip: ToldTip
  /** Height of the first header asked for. */
  readonly start: number
  readonly headers: Probe
  readonly tipAfter: Probe
}

/** A proof of an entry that the server itself tells of. */
export interface LaterQuestions {
  readonly entry: HistoryEntry
  readonly merkle: Probe
  readonly header: Probe
}

/**
 * Well-formed questions that follow from the answers to the others: what a
 * server says of its own tip and in its own histories has to go together.
 */
export interface FollowUps {
  /** Undefined where it told no tip. */
  readonly range: RangeQuestions | undefined
  /** The newest confirmed entry beyond those known; undefined where there is none, or where it lies above its tip. */
  readonly later: LaterQuestions | undefined
  /** The same twice. */
  readonly features: readonly [Probe, Probe]
}

/** Above every height that a chain could have reached. */
const highestTip = 10_000_000

/** The tip of a reply; undefined where it is none. */
export const toldTip = (reply: { readonly outcome: string; readonly result: unknown } | undefined): ToldTip | undefined => {
  if (reply?.outcome !== "ok") return undefined
  const { height, hex } = reply.result as { readonly hex: string; readonly height: number }
  const hash = decodeBlockHeader(hex)?.hash
  return hash === undefined ? undefined : { height, hash }
}

const rangeOf = (tip: ToldTip, again: Probe): RangeQuestions => {
  const start = Math.max(0, tip.height - headersAroundTip + 1)
  return {
    tip,
    start,
    headers: {
      name: "header range",
      method: blockHeaders,
      params: [start, tip.height - start + 1 + headersAroundTip],
      harmless: "sixteen headers, where wallets ask for two thousand at once",
      tells: "whether they follow each other and end where it says that the chain does"
    },
    tipAfter: { ...again, name: "tip after" }
  }
}

/** The newest confirmed entry of its history that is not known; undefined without one. */
export const newestLaterEntry = ({ script }: ProofQuestions, history: { readonly outcome: string; readonly result: unknown } | undefined): HistoryEntry | undefined => {
  if (history?.outcome !== "ok") return undefined
  const known = new Set(script.entries.map(({ txid }) => txid))
  return (history.result as ReadonlyArray<{ readonly tx_hash: string; readonly height: number }>)
    .map(({ height, tx_hash }) => ({ height, txid: tx_hash.toLowerCase() }))
    .filter(({ height, txid }) => height >= script.below && !known.has(txid))
    .toSorted((a, b) => b.height - a.height)[0]
}

const laterOf = ({ height, txid }: HistoryEntry): LaterQuestions => ({
  entry: { height, txid },
  merkle: {
    name: "later merkle proof",
    method: transactionGetMerkle,
    params: [txid, height],
    harmless: "what wallets ask of each of their transactions",
    tells: "whether it can prove what it says itself"
  },
  header: {
    name: "later header",
    method: blockHeader,
    params: [height],
    harmless: "80 bytes of public chain data, read from a file without asking the node",
    tells: "the root that the proof has to lead to"
  }
})

const features = [
  { ...featuresProbe, name: "features" },
  { ...featuresProbe, name: "features again" }
] as const

/** What follows from what was answered. */
export const followUps = (questions: ProofQuestions, replies: ProofReplies): FollowUps => {
  const tip = toldTip(replies.get(questions.tip))
  const later = newestLaterEntry(questions, replies.get(questions.history))
  return {
    range: tip === undefined || tip.height > highestTip ? undefined : rangeOf(tip, questions.tip),
    later: later === undefined || tip === undefined || later.height > tip.height ? undefined : laterOf(later),
    features
  }
}
