import type { ServerTraits } from "../traits/server-traits.ts"

/**
 * What an agreement is about. They are different things: people rent nodes,
 * share proxies and machines, and a hostile server has no other operator for it.
 */
export type Question = "same server" | "same machine" | "shared infrastructure" | "same operator"

/** How a stranger could bring about an agreement with somebody else's server. */
export type Forgeability =
  /** Needs a private key that both hold. */
  | "possession"
  /** A private key that both hold, in a certificate that does not name both: whoever made their image may have put it there. */
  | "image"
  /** Both sides state it, each for itself, or a third party that checks did. */
  | "two-sided"
  /** Anybody can write, claim or name the same. */
  | "copyable"
  /** Money rents the same place. */
  | "hosting"
  /** The node or proxy behind: rented out, or relayed. */
  | "backend"
  /** What one software image sets. */
  | "software"

/** One outcome of a comparison that is evidence, with its documented priors. */
export interface Level {
  readonly name: string
  /** P(outcome | one operator, both values known), before anything is learnt from this crawl. */
  readonly m: number
  /**
   * P(outcome | strangers, both values known) by coincidence, copying aside.
   * With `measured` it is the least that measurement may come down to: what
   * chance cannot show in a sample can still happen.
   */
  readonly u: number
  /** u is measured on random pairs, and by the value's own frequency where the outcome has a value. */
  readonly measured: boolean
}

/** What a comparison found of two servers. */
export interface Outcome {
  /** Index into `levels`. */
  readonly level: number
  /** The value they share, one of the keys of both, for its frequency; undefined where the outcome has none. */
  readonly value?: string
  /** What is shown as evidence: the raw values of both, small. Made when asked for, since of most pairs compared nothing is shown. */
  readonly detail: () => Readonly<Record<string, unknown>>
}

/**
 * A pure, symmetric function over two servers. Missing values and inequality of
 * what changes by itself are no evidence (undefined); nulls never match.
 */
export interface Comparison {
  /** As in tables and options, e.g. `same key`. */
  readonly name: string
  /** One sentence for the reader of evidence. */
  readonly definition: string
  readonly question: Question
  readonly forgeability: Forgeability
  /**
   * Comparisons of one bundle look at one decision of somebody; of those that
   * agree, one counts.
   */
  readonly bundle: string
  readonly levels: ReadonlyArray<Level>
  /** What else explains an agreement. */
  readonly innocent: ReadonlyArray<string>
  /**
   * Values under which two servers may agree: those that share one are compared,
   * and only those can agree. Empty for all servers: never a reason to compare,
   * and any two may agree.
   */
  readonly keys: (server: ServerTraits) => ReadonlyArray<string>
  /**
   * Its value was seen, though it may have no key: a default, or none of its own.
   * Frequencies are shares of such servers. Absent: those that have keys.
   */
  readonly known?: (server: ServerTraits) => boolean
  /** undefined: no evidence either way. */
  readonly compare: (a: ServerTraits, b: ServerTraits) => Outcome | undefined
}
