import type { ScriptForm } from "./public-script.ts"
import type { BehaviourResponse } from "./response.ts"

/** What a server was asked for, in the words of table `behaviour`. */
export type Subject =
  | "balance"
  | "history"
  /** Scripts of one wallet, in its order, in one packet. */
  | "derived balances"
  | "fee estimates"
  | "fee histogram"
  | "relay fee"
  | "mempool info"
  | "features"
  /** Deep visits only, as what follows: the branch of a pinned transaction, held against the header of its block. */
  | "merkle proof"
  /** A pinned transaction, whose hash is its id. */
  | "transaction"
  /** Unspent outputs of a public script. */
  | "unspent"
  /** The status of a public script, held against the server's own history of it. */
  | "status"
  /** The headers up to the server's own tip, which have to follow each other and to end there. */
  | "header range"
  /** The newest entry that its history has beyond those known, and its proof. */
  | "later entry"
  /** Histories of public scripts that no other visit asks for. */
  | "further histories"
  /** The genesis hash and the hosts of its features, asked twice in one connection. */
  | "features twice"

/** How a server answered one kind of question, held against what is known. */
export interface Judged {
  readonly subject: Subject
  /** Null for what is not about a script of one form. */
  readonly scriptForm: ScriptForm | null
  /** Null where the reply cannot be judged; the detail says why. */
  readonly response: BehaviourResponse | null
  /** What was seen, small. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** The same, held against what the software does by default. */
export interface JudgedAnswer extends Judged {
  /** What the software that it behaves like answers by default; empty when not known. */
  readonly defaults: ReadonlyArray<BehaviourResponse>
  /** It deviates from that. Null when either is not known, or when the deviation may well be ours. */
  readonly filtered: boolean | null
  /** Innocent causes of a deviation. */
  readonly causes: ReadonlyArray<string>
}

/** What one visit measured of round trips, milliseconds; what TCP, TLS and the handshake took is in its stamps. */
export interface TimingFacts {
  /** Answered pings on an otherwise idle session; what follows is about them and null without. */
  readonly pings: number
  readonly medianMs: number | null
  /** Standard deviation of the sample; null below two. */
  readonly deviationMs: number | null
  /** Median of the distances from the median. */
  readonly madMs: number | null
  /** Replies are padded, and then held back for up to a second: waiting says nothing about the way. */
  readonly paced: boolean
  /** Why there are no pings; null when there are. */
  readonly untimed: string | null
}
